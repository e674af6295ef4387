/*
 * Size class: the sizes of objects that Go's allocator has spans for.
 */
#ifndef GOLANG_SIZE_CLASS_H
#define GOLANG_SIZE_CLASS_H

#include <stdint.h>

/* Bytes that a request of @size is given; larger ones have whole pages. */
uint64_t cw_go_class_size(uint64_t size);

#endif
