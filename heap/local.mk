libcorewalk_la_SOURCES += \
	heap/allocator.h \
	heap/block_index.c heap/block_index.h \
	heap/heap.h
