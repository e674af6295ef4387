/*
 * Search: where a value stands in memory.
 *
 * A value is a run of bytes at addresses that are multiples of @alignment: a
 * number of 4 bytes at multiples of 4, a text at any.  What is looked through
 * is all that the target holds of writable memory, and the registers; each
 * hit says what it is in.
 *
 * Not here: what field a hit is in.
 */
#ifndef OBJECT_SEARCH_H
#define OBJECT_SEARCH_H

#include "object/roots.h"

struct cw_search {
	const void *bytes;
	size_t size;	    /* at least 1 */
	uint64_t alignment; /* a power of two */
	/* Also free and cached blocks, dead stack, read-only memory: all that
	 * has bytes.  Else used blocks and roots only. */
	bool is_everywhere;
	/* Any pointer into [low, high) is a hit instead of bytes; then @size
	 * is 8.  Both 0: not asked for. */
	cw_addr low, high;
};

struct cw_search_hit {
	cw_addr address; /* 0 in a register */
	uint64_t value;	 /* the first 8 bytes there, zeros behind the end */
	/* What holds it: a block (has_block), else a root, else a usage. */
	bool has_block;
	struct cw_block block;
	const struct cw_root *root;   /* or NULL */
	const struct cw_usage *usage; /* NULL in a register */
	uint64_t offset;	      /* in block, root or usage */
};

struct cw_search_hits {
	CW_ARRAY(struct cw_search_hit)
	items; /* registers first, then in
		* address order */
	uint64_t num_total;
};

/* At most @max hits are listed, all are counted. */
struct cw_error *cw_search_run(const struct cw_search *search,
			       const struct cw_heap *heap,
			       const struct cw_roots *roots, uint64_t max,
			       struct cw_progress *progress,
			       struct cw_search_hits *ret) cw_must_check;
void cw_search_hits_deinit(struct cw_search_hits *hits);

#endif
