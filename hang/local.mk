libcorewalk_la_SOURCES += \
	hang/call.c hang/call.h \
	hang/futex.c hang/futex.h \
	hang/hint.c hang/hint.h \
	hang/stack_group.c hang/stack_group.h \
	hang/task.c hang/task.h \
	hang/waits.c hang/waits.h
