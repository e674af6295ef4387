/*
 * Leak, private: what the search for leaked goroutines keeps.
 *
 * What they wait for: leak_wait.c; who may go on: leak.c.
 */
#ifndef HANG_LEAK_PRIVATE_H
#define HANG_LEAK_PRIVATE_H

#include "base/map.h"
#include "hang/leak.h"
#include "object/extent.h"

enum {
	CW_LEAK_MAX_LINKS = 1 << 16, /* channels of one select */
	CW_LEAK_MAIN_ID = 1,
};

struct cw_leak_state {
	enum cw_go_wait wait;
	bool is_live;  /* it may go on, for all that is known */
	bool was_live; /* from the start */
	bool is_suspect;
	cw_addr connection; /* block that has it; 0: waits for none */
	uint32_t first_sudog, num_sudogs;
	uint32_t first_root; /* number + 1 */
	/* Were it and those before it to go on, too. */
	struct cw_heap_count retained;
};

struct cw_leak_finder {
	const struct cw_go *go;
	const struct cw_goroutines *goroutines;
	const struct cw_heap *heap;
	const struct cw_roots *roots;
	struct cw_progress *progress;
	struct cw_extents extents;
	size_t hint;
	size_t bitmap_size;
	uint64_t *marks;
	/* Blocks that are read otherwise: of goroutines and sudogs. */
	uint64_t *is_special;
	struct cw_map owners; /* of these by granule: number of goroutine */
	struct cw_map ids;    /* of goroutines: their numbers */
	struct cw_leak_state *states;
	uint32_t *next_root; /* of the same goroutine: number + 1, by root */
	CW_ARRAY(struct cw_go_sudog) sudogs;
	CW_ARRAY(uint64_t) stack; /* granules to be scanned */
	struct cw_heap_count marked;
};

static inline uint64_t cw_leak_block_of(const struct cw_leak_finder *finder,
					cw_addr address)
{
	return cw_pointer_used(&finder->heap->index, address);
}

/* What the goroutine of that number waits for; live is one of which that is not
 * known, or whose wait ends by itself. */
void cw_leak_look_at(struct cw_leak_finder *finder, uint32_t number);

/*
 * The runtime.notifyList of a condition: before 1.26 the sudog does not tell,
 * but the function that waits has it at hand.
 */
cw_addr cw_leak_list_of(const struct cw_leak_finder *finder,
			const struct cw_goroutine *goroutine,
			const struct cw_go_sudog *sudog);

#endif
