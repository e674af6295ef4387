libcorewalk_la_SOURCES += \
	dwarf/debug.c dwarf/debug.h \
	dwarf/demangle.c dwarf/libiberty.h \
	dwarf/die.c dwarf/die.h \
	dwarf/file.c dwarf/file.h \
	dwarf/index.c dwarf/index.h \
	dwarf/index_walk.c dwarf/index_walk.h \
	dwarf/library.c dwarf/library.h \
	dwarf/line.c dwarf/line.h \
	dwarf/location.c dwarf/location.h \
	dwarf/reader.c dwarf/reader.h \
	dwarf/record.c dwarf/record.h \
	dwarf/scope.h \
	dwarf/section.c dwarf/section.h \
	dwarf/type.c dwarf/type.h \
	dwarf/variant.c dwarf/variant.h

libcorewalk_la_SOURCES += \
	dwarf/cfi.c dwarf/cfi.h \
	dwarf/cfi_file.c dwarf/cfi_file.h \
	dwarf/expression.c dwarf/expression.h \
	dwarf/frame.h dwarf/frame_variable.h \
	dwarf/unwind.c dwarf/unwind.h
