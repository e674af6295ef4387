libcorewalk_la_SOURCES += \
	golang/flow.c golang/flow.h golang/flow_call.c golang/flow_node.c \
	golang/flow_private.h golang/flow_scan.c golang/flow_state.c \
	golang/frame.c golang/frame.h \
	golang/collector.c golang/collector.h \
	golang/descriptor.c golang/descriptor.h \
	golang/descriptor_layout.h golang/descriptor_name.c \
	golang/function.c golang/function.h \
	golang/goroutine.c golang/goroutine.h \
	golang/heap_bits.c golang/heap_bits.h \
	golang/label.c golang/label.h \
	golang/layout.c golang/layout.h \
	golang/profile.c golang/profile.h \
	golang/lock.c golang/lock.h golang/lock_private.h \
	golang/lock_site.c \
	golang/module_data.c golang/module_data.h \
	golang/release.c golang/release.h \
	golang/release_1_19.inc golang/release_1_21.inc golang/release_1_22.inc \
	golang/release_1_23.inc golang/release_1_24.inc golang/release_1_25.inc \
	golang/release_1_26.inc golang/release_1_27.inc \
	golang/runtime.c golang/runtime.h \
	golang/size_class.c golang/size_class.h \
	golang/span.c golang/span.h \
	golang/special.c golang/special.h \
	golang/stack_map.c golang/stack_map.h \
	golang/type.c golang/type.h golang/type_make.c golang/type_make.h \
	golang/type_mask.c golang/type_mask.h \
	golang/wait.c golang/wait.h
