/*
 * Heap bits: which words of Go's heap the collector takes for pointers.
 *
 * Each release has them at other places: beside the heap (up to 1.21), at the
 * end of a span, or in the type that stands before an object or in the span of
 * a large one.  Words of objects without pointers, headers, and what nothing
 * was put in yet are no pointers.
 *
 * Not here: pointers in globals (object/go_roots.h) and on stacks.
 */
#ifndef GOLANG_HEAP_BITS_H
#define GOLANG_HEAP_BITS_H

#include "golang/span.h"
#include "golang/type_mask.h"

struct cw_go_heap_bits {
	const struct cw_go *go;
	struct cw_go_masks masks;
	bool has_inline_marks;
	/* Objects whose pointers are not known, with all words taken. */
	struct {
		uint64_t blocks, bytes;
	} unknown;
	/* Private: bits beside the heap, for [view_start, view_end). */
	cw_addr view_start, view_end;
	const unsigned char *view, *view_no_more;
};

void cw_go_heap_bits_init(struct cw_go_heap_bits *bits, const struct cw_go *go,
			  const struct cw_go_spans *spans);
void cw_go_heap_bits_deinit(struct cw_go_heap_bits *bits);

/*
 * Sets the bits of the words of allocated elements that are pointers; bits of
 * other elements mean nothing.  @ret has a bit for each 8 bytes of the span.
 */
void cw_go_heap_bits_read(struct cw_go_heap_bits *bits,
			  const struct cw_go_span *span, uint64_t *ret);

#endif
