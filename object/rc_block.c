#include "object/rc_block.h"

#include <string.h>

#include "base/map.h"
#include "object/extent.h"
#include "target/elf_file.h"

enum {
	STEP = 4096,
	/* More references than this to one lost block are not looked for. */
	MAX_COUNT = 1 << 24,
	COUNTS_SIZE = 16,
};

/* The compilers' names are in .comment, which strip leaves. */
static bool is_made_by_rustc(const struct cw_target *target)
{
	static const char maker[] = "rustc version";

	cw_array_foreach(module, &target->modules)
	{
		struct cw_elf_section section;
		const unsigned char *bytes;
		uint64_t size;

		if (module->file &&
		    cw_elf_file_section(module->file, ".comment", &section) &&
		    cw_elf_file_section_bytes(module->file, &section, &bytes,
					      &size) &&
		    memmem(bytes, size, maker, strlen(maker)))
			return true;
	}
	return false;
}

struct search {
	struct cw_rc_blocks *blocks;
	const struct cw_heap *heap;
	const struct cw_reach *reach;
	struct cw_progress *progress;
	struct cw_map by_address;
	uint64_t num_seen;
};

/* A lost block is taken note of when its first words may be counts. */
static void candidate_note(struct search *search, const struct cw_block *block)
{
	uint64_t words[2];

	if (block->size < COUNTS_SIZE)
		return;
	const unsigned char *bytes = cw_target_bytes(
		search->heap->target, block->address, COUNTS_SIZE);
	if (!bytes)
		return;
	memcpy(words, bytes, sizeof(words));
	if (words[0] == 0 || words[0] > MAX_COUNT || words[1] == 0 ||
	    words[1] > MAX_COUNT)
		return;
	cw_map_set(&search->by_address, block->address,
		   search->blocks->items.num);
	*cw_array_push(&search->blocks->items) = (struct cw_rc_block){
		.address = block->address,
		.strong = words[0],
		.weak = words[1],
	};
}

static void words_count(struct search *search, const struct cw_block *block)
{
	const unsigned char *bytes = cw_target_bytes(
		search->heap->target, block->address, block->size);
	uint32_t number;

	for (uint64_t i = 0; bytes && i + 8 <= block->size; i += 8) {
		uint64_t word;
		memcpy(&word, bytes + i, sizeof(word));
		if (!(word & 15) &&
		    cw_map_get(&search->by_address, word, &number))
			search->blocks->items.items[number].num_found++;
	}
}

static struct cw_error *
lost_blocks_do(struct search *search,
	       void (*act)(struct search *search, const struct cw_block *block))
{
	struct cw_block_cursor cursor = cw_heap_blocks(search->heap);
	struct cw_block block;

	while (cw_block_cursor_next(&cursor, &block)) {
		if (++search->num_seen % STEP == 0) {
			struct cw_error *err = cw_progress_step(
				search->progress, search->num_seen);
			if (err)
				return err;
		}
		if (block.state == CW_BLOCK_USED &&
		    !cw_reach_has(search->reach, block.granule))
			act(search, &block);
	}
	return NULL;
}

/* Keeps those whose counts agree with what was found. */
static void blocks_sift(struct cw_rc_blocks *blocks)
{
	size_t num = 0;

	for (size_t i = 0; i < blocks->items.num; i++) {
		struct cw_rc_block *block = &blocks->items.items[i];
		if (block->strong + block->weak - 1 == block->num_found)
			blocks->items.items[num++] = *block;
	}
	blocks->items.num = num;
}

static int block_compare(const void *a, const void *b)
{
	const struct cw_rc_block *x = a, *y = b;

	return (x->address > y->address) - (x->address < y->address);
}

struct cw_error *cw_rc_blocks_init(struct cw_rc_blocks *blocks,
				   const struct cw_heap *heap,
				   const struct cw_reach *reach,
				   struct cw_progress *progress)
{
	struct search search = {
		.blocks = blocks,
		.heap = heap,
		.reach = reach,
		.progress = progress,
	};

	*blocks = (struct cw_rc_blocks){0};
	if (reach->unreachable.blocks == 0 || !is_made_by_rustc(heap->target))
		return NULL;
	cw_progress_begin(progress, "counting references",
			  2 * heap->count[CW_BLOCK_USED].blocks);
	cw_map_init(&search.by_address);
	struct cw_error *err = lost_blocks_do(&search, candidate_note);
	if (!err)
		err = lost_blocks_do(&search, words_count);
	cw_map_deinit(&search.by_address);
	if (err) {
		cw_rc_blocks_deinit(blocks);
		return err;
	}
	blocks_sift(blocks);
	if (blocks->items.num > 1)
		qsort(blocks->items.items, blocks->items.num,
		      sizeof(*blocks->items.items), block_compare);
	return NULL;
}

void cw_rc_blocks_deinit(struct cw_rc_blocks *blocks)
{
	cw_array_deinit(&blocks->items);
}

const struct cw_rc_block *cw_rc_block_at(const struct cw_rc_blocks *blocks,
					 cw_addr address)
{
	struct cw_rc_block key = {.address = address};

	if (blocks->items.num == 0)
		return NULL;
	return bsearch(&key, blocks->items.items, blocks->items.num,
		       sizeof(key), block_compare);
}
