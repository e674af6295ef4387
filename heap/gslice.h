/*
 * Gslice: GLib's slices, which are blocks within blocks of malloc().
 *
 * Before 2.76, g_slice_alloc() cut its blocks from slabs, which it got from
 * malloc(): chunks of one size, and the slab's own words at its end.  What a
 * thread freed it keeps in a magazine, and full magazines go to a depot.
 *
 * Layout, GLib 2.10 to 2.74 on 64 bits (glib/gslice.c):
 *
 *	slab	a power of two of bytes without the last 16, aligned to that:
 *for 8 chunks at least.  Where the chunks begin within what is left over
 *		differs from slab to slab: a free one says it, or what leads
 *		to most of them
 *	info	48 before the slab's end: 0 first free chunk, linked by their
 *		first words, 8 int number of others, 16 next, 24 previous info
 *of chunks of that size, in a ring
 *	stack	by size: an info, or NULL		63 words
 *	depot	by size: the first chunk of a magazine	63 words
 *	thread	0 the address 16 behind, 8 the address 1,024 behind; then 63
 *		magazines: first chunk, number; and 63 more
 *	free	a chunk in a magazine: 0 the next, 8 a list of others, or NULL
 *	depot's	a magazine there has in its first chunks, in word 8: the one
 *		before, a time, the one behind, and how many there are
 *
 * Not here: GLib since 2.76, whose slices are malloc()'s.
 */
#ifndef HEAP_GSLICE_H
#define HEAP_GSLICE_H

#include "heap/allocator.h"

enum {
	GSLICE_CLASSES = 63,
	GSLICE_ALIGN = 16,
	GSLICE_INFO = 48,
	GSLICE_TABLE = 8 * GSLICE_CLASSES,
	GSLICE_MAGAZINES = 16 * GSLICE_CLASSES, /* a thread has two of these */
	GSLICE_THREAD = 16 + 2 * GSLICE_MAGAZINES,
};

struct gslice_slab {
	cw_addr address, end;
	uint32_t chunk_size;
	uint32_t num_chunks;
	uint32_t offset; /* of the first chunk */
	uint32_t num_taken;
	cw_addr free;	/* the first of its own */
	bool is_placed; /* it is known where they begin */
	bool is_walked;
};

struct gslice {
	CW_ARRAY(struct gslice_slab) slabs; /* sorted by address */
	CW_ARRAY(cw_addr) tables; /* blocks of the depot and threads */
	CW_ARRAY(cw_addr) cached; /* chunks in magazines */
	uint64_t num_chunks;
};

/* Fills @gslice; malloc()'s blocks must be in the index. */
void gslice_find_slabs(struct cw_heap *heap, struct gslice *gslice);

/* The chunks in magazines of the depot and of threads. */
void gslice_find_magazines(struct cw_heap *heap, struct gslice *gslice);

/* Where the chunks of a slab begin: where the free ones do. */
void gslice_place_by_free(struct gslice *gslice);

/*
 * The same of the others, once what is free is out of use: so that words lead
 * there as they lead to used chunks of that size elsewhere.  Where none do, or
 * it is not clear, the slab is not placed.
 */
void gslice_place_by_leads(struct cw_heap *heap, struct gslice *gslice);

#endif
