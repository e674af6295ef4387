libcorewalk_la_SOURCES += \
	target/backing.c target/backing.h \
	target/call_check.c target/call_check.h \
	target/call_filter.c target/call_filter.h \
	target/breakpoint.c target/breakpoint.h \
	target/core.c \
	target/core_header.c target/core_header.h \
	target/core_notes.c target/core_notes.h \
	target/core_write.c target/core_write.h \
	target/debug_file.c target/debug_file.h \
	target/debuginfod.c target/debuginfod.h \
	target/elf_file.c target/elf_file.h \
	target/elf_note.c target/elf_note.h \
	target/elf_layout.c target/elf_layout.h \
	target/far_memory.c target/far_memory.h \
	target/fork_check.c target/fork_check.h \
	target/fork_copy.c target/fork_copy.h \
	target/free_memory.c target/free_memory.h \
	target/hold.c target/hold.h \
	target/link_map.c target/link_map.h \
	target/live.c target/live.h \
	target/map_line.c target/map_line.h \
	target/mapped_file.c target/mapped_file.h \
	target/mapping.c target/mapping.h \
	target/memory_room.c target/memory_room.h \
	target/mini_debug.c \
	target/module.h \
	target/module_file.c \
	target/module_find.c target/module_find.h \
	target/pace.c target/pace.h \
	target/page_copy.c target/page_copy.h \
	target/page_scan.c target/page_scan.h \
	target/proc_file.c target/proc_file.h \
	target/process.c target/process.h \
	target/process_memory.c target/process_memory.h \
	target/process_thread.c target/process_thread.h \
	target/remote.c target/remote.h \
	target/refusal.c target/refusal.h \
	target/segment.h \
	target/symbol.c target/symbol.h \
	target/symbol_table.c target/symbol_table.h \
	target/target.c target/target.h target/target_private.h \
	target/thread.c target/thread.h \
	target/trampoline.c target/trampoline.h \
	target/urge.c target/urge.h
