#include "object/thread_block.h"

#include <string.h>

enum {
	PAGE = 4096,
	SELF_OFFSET = 0x10,
	TID_OFFSET = 0x2d0,
	/* Where stackblock is: 0x690 in 2.36. */
	MIN_STACK_OFFSET = 0x640,
	MAX_STACK_OFFSET = 0x7f0,
	/* joinid, which is the control block itself in detached threads. */
	MIN_JOIN_OFFSET = 0x600,
	MAX_JOIN_OFFSET = 0x640,
	/* The control block is at the end of a page, as far as it fits. */
	MAX_CONTROL_OFFSET = 0x900,
	CONTROL_ALIGN = 64,
	MIN_CONTROL_SIZE = 0x700,
	MAX_BLOCK_TAIL = 2 * PAGE,
};

/* pthread_join() sets this. */
static const uint32_t tid_joined = UINT32_MAX;

static void read_bounds(const struct cw_target *target,
			struct cw_thread_block *block)
{
	uint64_t words[3];
	cw_addr control = block->control;

	for (unsigned at = MIN_STACK_OFFSET; at < MAX_STACK_OFFSET; at += 8) {
		if (!cw_target_read(target, control + at, words, sizeof(words)))
			return;

		uint64_t start = words[0], size = words[1], guard = words[2];
		if (start % PAGE || size % PAGE || guard % PAGE ||
		    start > control || size > (UINT64_C(1) << 40) ||
		    guard >= size)
			continue;
		if (start + size < control + MIN_CONTROL_SIZE ||
		    start + size > control + MAX_BLOCK_TAIL)
			continue;
		block->start = start + guard;
		block->end = start + size;
		return;
	}
}

static bool is_detached(const struct cw_target *target, cw_addr control)
{
	uint64_t word;

	for (unsigned at = MIN_JOIN_OFFSET; at < MAX_JOIN_OFFSET; at += 8)
		if (cw_target_read_word(target, control + at, &word) &&
		    word == control)
			return true;
	return false;
}

bool cw_thread_block_read(const struct cw_target *target, cw_addr control,
			  struct cw_thread_block *ret)
{
	uint64_t words[SELF_OFFSET / 8 + 1];
	uint32_t tid;

	if (control % 16 ||
	    !cw_target_read(target, control, words, sizeof(words)) ||
	    words[0] != control || words[SELF_OFFSET / 8] != control ||
	    !cw_target_read(target, control + TID_OFFSET, &tid, sizeof(tid)))
		return false;

	struct cw_thread_block block = {.control = control};
	read_bounds(target, &block);
	block.has_ended = tid == 0 || tid == tid_joined;
	block.has_result = tid == 0 && !is_detached(target, control);
	*ret = block;
	return true;
}

void cw_thread_blocks_find(const struct cw_heap *heap,
			   const struct cw_segment *segment,
			   struct cw_thread_blocks *blocks)
{
	cw_addr page = segment->start & ~(cw_addr)(PAGE - 1);

	if (!segment->bytes)
		return;
	if (page < segment->start)
		page += PAGE;
	for (; page + PAGE <= segment->end; page += PAGE) {
		const struct cw_heap_region *region =
			cw_heap_region_at(heap, page);
		if (region) {
			page = (region->end - 1) & ~(cw_addr)(PAGE - 1);
			continue;
		}
		cw_addr data = cw_target_skip_hole(heap->target, page);
		if (data > page) {
			page = data - PAGE;
			continue;
		}
		const unsigned char *bytes =
			segment->bytes + (page - segment->start);
		for (unsigned at = 0; at < MAX_CONTROL_OFFSET;
		     at += CONTROL_ALIGN) {
			struct cw_thread_block block;
			uint64_t word;

			memcpy(&word, bytes + at, sizeof(word));
			if (word == page + at &&
			    cw_thread_block_read(heap->target, page + at,
						 &block) &&
			    block.start < block.end)
				*cw_array_push(&blocks->items) = block;
		}
	}
}
