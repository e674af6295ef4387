/* Verify: what a walk does not look at, the links of free chunks. */
#include "heap/ptmalloc.h"

#define STEP_BLOCKS 65536

/*
 * A free chunk is in a list of two directions: the next one's link back and
 * the previous one's link on lead to it.  Links are its first two words.
 */
static void verify_links(struct cw_heap *heap, const struct cw_block *block)
{
	cw_addr chunk = block->address - PTMALLOC_HEADER;
	cw_addr next, previous, back = 0, on = 0;

	if (!cw_target_read_word(heap->target, block->address, &next) ||
	    !cw_target_read_word(heap->target, block->address + 8, &previous))
		return;
	cw_target_read_word(heap->target, next + 24, &back);
	cw_target_read_word(heap->target, previous + 16, &on);
	if (back != chunk)
		ptmalloc_corrupt(heap, block->address, 0, block->address,
				 "link 0x%llx of a free block leads to nothing "
				 "that links back",
				 (unsigned long long)next);
	if (on != chunk)
		ptmalloc_corrupt(heap, block->address + 8, 0, block->address,
				 "link 0x%llx back of a free block leads to "
				 "nothing that links to it",
				 (unsigned long long)previous);
}

/* The heads of an arena's lists. */
static void verify_bins(struct cw_heap *heap,
			const struct ptmalloc_arena *arena)
{
	for (unsigned i = 0; i < PTMALLOC_NUM_BINS; i++) {
		cw_addr head = arena->bins + i * 16 - 16;
		cw_addr next = 0, previous = 0, back = 0, on = 0;

		cw_target_read_word(heap->target, head + 16, &next);
		cw_target_read_word(heap->target, head + 24, &previous);
		cw_target_read_word(heap->target, next + 24, &back);
		cw_target_read_word(heap->target, previous + 16, &on);
		if (back != head || on != head)
			ptmalloc_corrupt(
				heap, head + 16, 0, 0,
				"bin %u of arena %u: its first and "
				"last chunk, 0x%llx and 0x%llx, do not "
				"link back",
				i + 1, arena->number, (unsigned long long)next,
				(unsigned long long)previous);
	}
}

static bool is_top(const struct ptmalloc_all *all, cw_addr block)
{
	cw_array_foreach(arena, &all->arenas)
	{
		if (arena->top + PTMALLOC_HEADER == block)
			return true;
	}
	return false;
}

struct cw_error *ptmalloc_verify(struct cw_heap *heap, void *state,
				 struct cw_progress *progress)
{
	const struct ptmalloc_all *all = state;
	struct cw_block_cursor cursor = cw_heap_blocks(heap);
	struct cw_block block;
	uint64_t num = 0;

	cw_progress_begin(progress, "verifying free blocks",
			  heap->index.num_granules);
	cw_array_foreach(arena, &all->arenas) verify_bins(heap, arena);
	while (cw_block_cursor_next(&cursor, &block)) {
		if (++num % STEP_BLOCKS == 0) {
			struct cw_error *err =
				cw_progress_step(progress, block.granule);
			if (err)
				return err;
		}
		if (block.state == CW_BLOCK_FREE &&
		    block.region->kind != CW_REGION_MMAPPED &&
		    block.region->kind != CW_REGION_POOLS &&
		    !is_top(all, block.address))
			verify_links(heap, &block);
	}
	return NULL;
}
