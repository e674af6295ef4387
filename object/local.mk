libcorewalk_la_SOURCES += \
	object/edges.h object/name.h object/label.h object/leak.h object/path.h \
	object/reach.h object/reference.h object/ring.h object/roots.h \
	object/search.h object/typing.h
libcorewalk_la_SOURCES += \
	object/layout.c object/layout.h \
	object/static_storage.c object/static_storage.h \
	object/typing.c \
	object/vtable.c object/vtable.h
libcorewalk_la_SOURCES += object/name.c
