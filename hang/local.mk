libcorewalk_la_SOURCES += \
	hang/activity.c hang/activity.h \
	hang/call.c hang/call.h hang/call_name.c \
	hang/descriptor.c hang/descriptor.h \
	hang/detail.c hang/detail.h \
	hang/file_lock.c hang/file_lock.h \
	hang/futex.c hang/futex.h \
	hang/goroutine_wait.c hang/goroutine_wait.h \
	hang/guard.c hang/guard.h \
	hang/held.c hang/held.h \
	hang/hint.c hang/hint.h \
	hang/infer.c hang/infer.h \
	hang/label_sum.c hang/label_sum.h \
	hang/layout.h \
	hang/leak.c hang/leak.h \
	hang/leak_private.h hang/leak_wait.c \
	hang/likeness.c hang/likeness.h \
	hang/neighbour.c hang/neighbour.h \
	hang/outside.c hang/outside.h \
	hang/runner.c hang/runner.h \
	hang/socket.c hang/socket.h \
	hang/stack_group.c hang/stack_group.h \
	hang/task.c hang/task.h \
	hang/thread_number.c hang/thread_number.h \
	hang/timeout.c hang/timeout.h \
	hang/waits.c hang/waits.h
