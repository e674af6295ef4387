libcorewalk_la_SOURCES += dwarf/debug.h dwarf/type.h
