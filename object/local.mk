libcorewalk_la_SOURCES += \
	object/edges.h object/name.h object/label.h object/leak.h object/path.h \
	object/reach.h object/reference.h object/ring.h object/roots.h \
	object/search.h object/typing.h
