libcorewalk_la_SOURCES += \
	object/alternative.c object/alternative.h \
	object/audit.c object/audit.h \
	object/coroutine.c object/coroutine.h \
	object/counter.c object/counter.h \
	object/edges.c object/edges.h \
	object/extent.c object/extent.h \
	object/field_path.c object/field_path.h \
	object/label.h \
	object/leak.c object/leak.h \
	object/link.c object/link.h \
	object/lock_type.c object/lock_type.h \
	object/marker.c object/marker.h \
	object/marks.c object/marks.h \
	object/merged_path.c object/merged_path.h \
	object/outline.c object/outline.h \
	object/path.c object/path.h \
	object/pattern.c object/pattern.h \
	object/name.h \
	object/pointees.c object/pointees.h \
	object/reach.c object/reach.h \
	object/reference.c object/reference.h \
	object/ring.c object/ring.h \
	object/roots.c object/roots.h \
	object/rule.c object/rule.h \
	object/search.c object/search.h \
	object/slab.c object/slab.h \
	object/tail.c object/tail.h \
	object/thread_block.c object/thread_block.h \
	object/typing.h \
	object/usage.c object/usage.h \
	object/usage_claim.c object/usage_claim.h \
	object/uthash.c object/uthash.h \
	object/value.c object/value.h \
	object/verdict.c object/verdict.h
libcorewalk_la_SOURCES += \
	object/behind.c object/behind.h \
	object/bytes.c object/bytes.h \
	object/candidate.c object/candidate.h \
	object/rank.c object/rank.h \
	object/rating.c object/rating.h \
	object/chain.c object/chain.h \
	object/check_plan.c object/check_plan.h \
	object/claim.c object/claim.h \
	object/cohort.c object/cohort.h \
	object/content.c object/content.h \
	object/elements.c object/elements.h \
	object/ending.c object/ending.h \
	object/exception_pool.c object/exception_pool.h \
	object/packed.c object/packed.h \
	object/family.c object/family.h \
	object/fit.c object/fit.h \
	object/front.c object/front.h \
	object/go.c \
	object/go_map.c \
	object/go_pool.c \
	object/go_roots.c object/go_roots.h object/go_rule.h \
	object/gobject.c object/gobject.h \
	object/gtable.c object/gtable.h \
	object/held.c object/held.h \
	object/go_flow.c object/go_flow.h \
	object/go_header.c object/go_header.h \
	object/handler.c object/handler.h \
	object/interior.c object/interior.h \
	object/kin.c object/kin.h \
	object/layout.c object/layout.h \
	object/learning.c object/learning.h \
	object/lesser.c object/lesser.h \
	object/local_storage.c object/local_storage.h \
	object/mined.c object/mined.h \
	object/open_pointer.c object/open_pointer.h \
	object/pointer_run.c object/pointer_run.h \
	object/shape.c object/shape.h \
	object/operations.c object/operations.h \
	object/owned.c object/owned.h \
	object/pointer_array.c object/pointer_array.h \
	object/python.c object/python.h \
	object/self_check.c object/self_check.h \
	object/spread.c object/spread.h \
	object/start.c object/start.h \
	object/number.c object/number.h \
	object/number_word.c object/number_word.h \
	object/static_storage.c object/static_storage.h \
	object/swiss_table.c object/swiss_table.h \
	object/tag.c object/tag.h \
	object/tally.c object/tally.h \
	object/typed.c \
	object/typing.c object/typing_private.h \
	object/vague.c object/vague.h \
	object/visit.c \
	object/virtual_base.c object/virtual_base.h \
	object/vtable.c object/vtable.h \
	object/vtable_type.c object/vtable_type.h \
	object/weak.c object/weak.h \
	object/walk.c object/walk.h \
	object/why.c
libcorewalk_la_SOURCES += object/name.c
libcorewalk_la_SOURCES += \
	object/cxx.c object/cxx.h \
	object/cxx_callable.c \
	object/cxx_container.c \
	object/cxx_control.c object/cxx_control.h \
	object/cxx_deque.c \
	object/cxx_node.c \
	object/cxx_pointer.c \
	object/cxx_sequence.c \
	object/cxx_state.c \
	object/cxx_string.c \
	object/cxx_wrapper.c \
	object/place.c object/place.h
libcorewalk_la_SOURCES += object/absl.c object/boost.c object/protobuf.c
libcorewalk_la_SOURCES += \
	object/qt.c object/qt.h \
	object/qt_array.c \
	object/qt_list.c \
	object/qt_map.c
libcorewalk_la_SOURCES += \
	object/dyn.c object/dyn.h \
	object/rc_block.c object/rc_block.h \
	object/rust.c object/rust.h \
	object/rust_channel.c \
	object/rust_enum.c \
	object/rust_map.c \
	object/rust_once.c \
	object/rust_pointer.c \
	object/rust_rc.c \
	object/rust_tree.c \
	object/rust_vec.c
libcorewalk_la_SOURCES += \
	object/frame_place.c object/frame_place.h
