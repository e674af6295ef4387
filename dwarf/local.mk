libcorewalk_la_SOURCES += dwarf/debug.h dwarf/type.h

libcorewalk_la_SOURCES += \
	dwarf/cfi.h \
	dwarf/expression.c dwarf/expression.h \
	dwarf/frame.h \
	dwarf/unwind.c dwarf/unwind.h
