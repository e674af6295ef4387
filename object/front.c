#include "object/front.h"

#include "base/memory.h"

enum {
	WORD = 8,
	MAX_SAMPLES = 1 << 16,
	/* By accident, first words of some blocks are such numbers. */
	MIN_PERCENT = 20,
};

/* A word of a front: how large the front is, and where in it the word. */
static const struct front {
	uint64_t size, at;
} fronts[] = {{8, 0}, {16, 0}, {16, 8}};

static struct cw_room whole_room(const struct cw_block *block)
{
	return (struct cw_room){
		.size = block->size,
		.kind = block->region->kind,
	};
}

static bool front_read(const struct cw_typing *typing,
		       const struct cw_block *block, const struct front *front,
		       uint64_t *ret)
{
	return cw_target_read_word(typing->target, block->address + front->at,
				   ret) &&
	       *ret > 0 && *ret < block->size;
}

void cw_fronts_find(struct cw_typing *typing)
{
	uint64_t step = typing->index->num_blocks / MAX_SAMPLES + 1;
	uint64_t num = 0, num_seen = 0;
	uint64_t num_fit[cw_num_elements(fronts)] = {0};
	struct cw_block_cursor cursor = cw_heap_blocks(typing->heap);
	struct cw_block block;

	while (cw_block_cursor_next(&cursor, &block)) {
		if (block.state != CW_BLOCK_USED || num++ % step != 0)
			continue;
		struct cw_room room = whole_room(&block);
		num_seen++;
		for (unsigned i = 0; i < cw_num_elements(fronts); i++) {
			uint64_t size;
			num_fit[i] +=
				front_read(typing, &block, &fronts[i], &size) &&
				cw_room_is_class(&room, size + fronts[i].size);
		}
	}
	for (unsigned i = 0; i < cw_num_elements(fronts); i++)
		if (num_fit[i] * 100 > num_seen * MIN_PERCENT)
			typing->fronts |= 1 << i;
}

/* What a word of the front says was asked for; 0: none does. */
static uint64_t asked_for(const struct cw_typing *typing,
			  const struct cw_block *block, uint64_t size)
{
	struct cw_room room = whole_room(block);

	for (unsigned i = 0; i < cw_num_elements(fronts); i++) {
		uint64_t asked;
		if (typing->fronts & 1 << i && fronts[i].size == size &&
		    front_read(typing, block, &fronts[i], &asked) &&
		    cw_room_is_near(&room, asked + size))
			return asked;
	}
	return 0;
}

bool cw_front_is_start(const struct cw_typing *typing,
		       const struct cw_block *block, cw_addr address)
{
	uint32_t number = cw_block_index_block(typing->index, block->granule);
	uint64_t front = address - block->address;

	if (front == 0)
		return true;
	if (typing->types[number] != 0 && typing->headers[number] != front)
		return false;
	return asked_for(typing, block, front) > 0;
}

struct cw_room cw_front_room(const struct cw_typing *typing,
			     const struct cw_block *block, uint64_t header)
{
	return (struct cw_room){
		.size = block->size - header,
		.header = header,
		.asked = asked_for(typing, block, header),
		.kind = block->region->kind,
	};
}
