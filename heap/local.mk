libcorewalk_la_SOURCES += \
	heap/allocator.h \
	heap/block_cursor.c \
	heap/block_index.c heap/block_index.h \
	heap/go_spans.c \
	heap/gslice.c heap/gslice.h \
	heap/gslice_find.c \
	heap/heap.c heap/heap.h \
	heap/pymalloc.c heap/pymalloc.h \
	heap/pymalloc_find.c \
	heap/ptmalloc.c heap/ptmalloc.h \
	heap/ptmalloc_cache.c \
	heap/ptmalloc_find.c \
	heap/ptmalloc_mmapped.c \
	heap/ptmalloc_orphan.c \
	heap/ptmalloc_region.c \
	heap/ptmalloc_resync.c \
	heap/ptmalloc_tcache.c \
	heap/ptmalloc_verify.c \
	heap/ptmalloc_version.c \
	heap/ptmalloc_walk.c
