/*
 * Go header: types of Go's blocks by what its allocator wrote for the collector
 * (since 1.22): before each object of more than 512 bytes, and in the span of a
 * large one.
 */
#ifndef OBJECT_GO_HEADER_H
#define OBJECT_GO_HEADER_H

#include "object/spread.h"

/* Nothing happens where there is no Go program. */
struct cw_error *cw_go_headers_follow(struct cw_spread *spread) cw_must_check;

#endif
