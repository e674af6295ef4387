libcorewalk_la_SOURCES += \
	target/core.c \
	target/core_header.c target/core_header.h \
	target/core_notes.c target/core_notes.h \
	target/debug_file.c target/debug_file.h \
	target/elf_file.c target/elf_file.h \
	target/elf_note.c target/elf_note.h \
	target/mapped_file.c target/mapped_file.h \
	target/mapping.c target/mapping.h \
	target/module.c target/module.h \
	target/segment.h \
	target/symbol.h \
	target/target.c target/target.h target/target_private.h \
	target/thread.c target/thread.h
