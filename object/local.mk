libcorewalk_la_SOURCES += \
	object/edges.h object/reach.h object/roots.h object/typing.h
