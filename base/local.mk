libcorewalk_la_SOURCES += \
	base/alike.c base/alike.h \
	base/arena.c base/arena.h \
	base/array.c base/array.h \
	base/bits.h \
	base/cache.c base/cache.h \
	base/clock.h \
	base/error.c base/error.h \
	base/map.c base/map.h \
	base/memory.c base/memory.h \
	base/parallel.c base/parallel.h \
	base/progress.c base/progress.h \
	base/search.h \
	base/sort.c base/sort.h \
	base/text.c base/text.h
