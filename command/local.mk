libcorewalk_la_SOURCES += \
	command/address.c command/address.h \
	command/alias.c command/alias.h \
	command/aliases.c \
	command/analyze.c \
	command/check_text.c command/check_text.h \
	command/command.h \
	command/commands.c \
	command/condition.c command/condition.h \
	command/cycles.c \
	command/deadlock_text.c command/deadlock_text.h \
	command/describe.c command/describe.h \
	command/dominators.c \
	command/fields.c command/fields.h \
	command/filter.c command/filter.h \
	command/gap.c command/gap.h \
	command/hang_analyze.c \
	command/hang_deadlocks.c \
	command/hang_locks.c \
	command/hang_stacks.c \
	command/hang_tasks.c \
	command/hang_text.c command/hang_text.h \
	command/hang_waits.c \
	command/gc.c \
	command/growth.c command/growth.h \
	command/goroutine_text.c command/goroutine_text.h \
	command/task_labels.c command/task_labels.h \
	command/heading.c command/heading.h \
	command/held_stacks.c command/held_stacks.h command/held_stacks_text.c \
	command/help.c \
	command/histogram.c command/histogram.h \
	command/holders.c command/holders.h \
	command/json.c command/json.h \
	command/leak_members.c command/leak_members.h \
	command/leak_text.c command/leak_text.h \
	command/leaks.c \
	command/list.c \
	command/manual.c command/manual.h \
	command/memory.c \
	command/meter.c command/meter.h \
	command/object.c \
	command/option.c command/option.h \
	command/output.c command/output.h \
	command/path.c \
	command/profile.c command/profile_rows.c command/profile_rows.h \
	command/profile_samples.c command/profile_samples.h \
	command/merged_path.c command/merged_path.h \
	command/path_text.c command/path_text.h \
	command/place.c command/place.h \
	command/reference_table.c command/reference_table.h \
	command/refs.c \
	command/request.c command/request.h \
	command/ring_audit.c command/ring_audit.h \
	command/root_share.c command/root_share.h \
	command/run.c command/run.h \
	command/search.c \
	command/session.c command/session.h \
	command/stat.c \
	command/stack_tree.c command/stack_tree.h \
	command/suggest.c command/suggest.h \
	command/summary.c \
	command/suspect.c command/suspect.h \
	command/table.c command/table.h \
	command/verify.c \
	command/version.c \
	command/wait_text.c command/wait_text.h \
	command/watch.c
