#include "object/shape.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "object/typing_private.h"

enum {
	MAX_WORDS = 64,
	/* What is less is a number. */
	MIN_ADDRESS = 1 << 16,
	/* Shapes of one size that others may be part of. */
	MAX_WHOLES = 32,
	MAX_SHOWN_WORDS = 6,
};

/* What a word is, apart from its value. */
#define TOKEN_CODE     (UINT64_C(1) << 60)
#define TOKEN_MEMORY   (UINT64_C(2) << 60)
#define TOKEN_BLOCK    (UINT64_C(3) << 60)
#define TOKEN_INTERIOR (UINT64_C(1) << 32)

void cw_shapes_deinit(struct cw_shapes *shapes)
{
	cw_array_deinit(&shapes->all);
	cw_array_deinit(&shapes->by_number);
}

/* 0: no address, or one of what is free. */
static uint64_t token_of(const struct cw_typing *typing, uint64_t word)
{
	if (word < MIN_ADDRESS || word >> 47)
		return 0;
	if (cw_heap_region_at(typing->heap, word)) {
		struct cw_block block;
		if (!cw_heap_block_at(typing->heap, word, &block) ||
		    block.state != CW_BLOCK_USED)
			return 0;
		uint32_t number =
			cw_block_index_block(typing->index, block.granule);
		return TOKEN_BLOCK | typing->types[number] |
		       (block.address != word ? TOKEN_INTERIOR : 0);
	}
	const struct cw_segment *segment =
		cw_target_segment(typing->target, word);
	if (!segment)
		return 0;
	return segment->flags & CW_SEGMENT_EXEC ? TOKEN_CODE : TOKEN_MEMORY;
}

struct words {
	uint64_t num;
	uint64_t pointers, zeros; /* bits */
	uint64_t tokens[MAX_WORDS];
};

static bool words_read(const struct cw_typing *typing, cw_addr address,
		       uint64_t size, struct words *ret)
{
	uint64_t num = size / 8 < MAX_WORDS ? size / 8 : MAX_WORDS;
	const unsigned char *bytes =
		cw_target_bytes(typing->target, address, num * 8);

	*ret = (struct words){.num = num};
	for (uint64_t i = 0; bytes && i < num; i++) {
		uint64_t word;
		memcpy(&word, bytes + i * 8, 8);
		ret->tokens[i] = token_of(typing, word);
		if (word == 0)
			ret->zeros |= UINT64_C(1) << i;
		if (ret->tokens[i])
			ret->pointers |= UINT64_C(1) << i;
	}
	return bytes;
}

static uint64_t key_of(const struct words *words, uint64_t size)
{
	uint64_t key = cw_hash_mix(size);

	for (uint64_t left = words->pointers; left; left &= left - 1) {
		unsigned i = __builtin_ctzll(left);
		key = cw_hash_mix(key ^ words->tokens[i] ^ (uint64_t)i << 48);
	}
	return key;
}

/* --- Shapes of equal pointers. */

struct adder {
	struct cw_typing *typing;
	struct cw_map by_key; /* to indices */
};

static void block_add(void *context, const struct cw_block *block)
{
	struct adder *adder = context;
	struct cw_typing *typing = adder->typing;
	struct cw_shapes *shapes = &typing->shapes;
	uint32_t number = cw_block_index_block(typing->index, block->granule);
	struct words words;

	if (shapes->all.num >= UINT32_MAX - 1 ||
	    !words_read(typing, block->address, block->size, &words))
		return;
	uint32_t at = *cw_map_place(&adder->by_key, key_of(&words, block->size),
				    shapes->all.num);
	if (at == shapes->all.num)
		*cw_array_push(&shapes->all) = (struct cw_form){
			.size = block->size,
			.pointers = words.pointers,
			.zeros = words.zeros,
			.example = block->address,
			.whole = at,
		};
	struct cw_form *shape = &shapes->all.items[at];
	shape->zeros &= words.zeros;
	shape->count.blocks++;
	shape->count.bytes += block->size;
	typing->live[number] = at + 1;
}

static struct cw_error *blocks_add(struct cw_typing *typing,
				   struct cw_progress *progress)
{
	struct adder adder = {.typing = typing};

	cw_map_init(&adder.by_key);
	struct cw_error *err =
		cw_typing_each_unknown(typing, progress, block_add, &adder);
	cw_map_deinit(&adder.by_key);
	return err;
}

/* --- Parts of others: some pointers are null. */

/* By size, then many pointers first, then many blocks. */
static int compare_wholes(const void *left, const void *right, void *context)
{
	const struct cw_form *all = context;
	const struct cw_form *a = &all[*(const uint32_t *)left],
			     *b = &all[*(const uint32_t *)right];
	int x = cw_bits_count(a->pointers), y = cw_bits_count(b->pointers);

	if (a->size != b->size)
		return a->size < b->size ? -1 : 1;
	if (x != y)
		return x > y ? -1 : 1;
	if (a->count.blocks != b->count.blocks)
		return a->count.blocks > b->count.blocks ? -1 : 1;
	return (a->example > b->example) - (a->example < b->example);
}

static bool is_part(const struct cw_typing *typing, const struct cw_form *part,
		    const struct cw_form *whole)
{
	uint64_t missing = whole->pointers & ~part->pointers;
	struct words a, b;

	if (part->pointers == 0 || part->pointers & ~whole->pointers ||
	    missing & ~part->zeros ||
	    !words_read(typing, part->example, part->size, &a) ||
	    !words_read(typing, whole->example, whole->size, &b))
		return false;
	for (uint64_t left = part->pointers; left; left &= left - 1) {
		unsigned i = __builtin_ctzll(left);
		if (a.tokens[i] != b.tokens[i])
			return false;
	}
	return true;
}

static void part_settle(const struct cw_typing *typing, struct cw_form *all,
			const uint32_t *order, size_t first, size_t at)
{
	struct cw_form *part = &all[order[at]];
	uint64_t num_tried = 0;

	for (size_t i = first; i < at && num_tried < MAX_WHOLES; i++) {
		struct cw_form *whole = &all[order[i]];
		if (whole->whole != order[i])
			continue;
		num_tried++;
		if (whole->pointers == part->pointers ||
		    !is_part(typing, part, whole))
			continue;
		part->whole = order[i];
		whole->count.blocks += part->count.blocks;
		whole->count.bytes += part->count.bytes;
		return;
	}
}

static void parts_settle(struct cw_typing *typing, uint32_t *order)
{
	struct cw_form *all = typing->shapes.all.items;
	size_t num = typing->shapes.all.num, first = 0;

	qsort_r(order, num, sizeof(*order), compare_wholes, all);
	for (size_t i = 0; i < num; i++) {
		if (all[order[i]].size != all[order[first]].size)
			first = i;
		part_settle(typing, all, order, first, i);
	}
}

/* --- Numbers. */

static int compare_bytes(const void *left, const void *right, void *context)
{
	const struct cw_form *all = context;
	const struct cw_form *a = &all[*(const uint32_t *)left],
			     *b = &all[*(const uint32_t *)right];

	if (a->count.bytes != b->count.bytes)
		return a->count.bytes > b->count.bytes ? -1 : 1;
	return (a->example > b->example) - (a->example < b->example);
}

static void shapes_number(struct cw_shapes *shapes)
{
	for (size_t i = 0; i < shapes->all.num; i++)
		if (shapes->all.items[i].whole == i &&
		    shapes->all.items[i].count.blocks > 1)
			*cw_array_push(&shapes->by_number) = i;
	if (shapes->by_number.num > 1)
		qsort_r(shapes->by_number.items, shapes->by_number.num,
			sizeof(*shapes->by_number.items), compare_bytes,
			shapes->all.items);
	for (size_t i = 0; i < shapes->by_number.num; i++)
		shapes->all.items[shapes->by_number.items[i]].number = i + 1;
}

struct cw_error *cw_shapes_find(struct cw_typing *typing,
				struct cw_progress *progress)
{
	struct cw_shapes *shapes = &typing->shapes;
	struct cw_error *err = blocks_add(typing, progress);

	if (err || shapes->all.num == 0)
		return err;
	cw_cleanup_free uint32_t *order =
		cw_alloc(shapes->all.num * sizeof(*order));
	for (size_t i = 0; i < shapes->all.num; i++)
		order[i] = i;
	parts_settle(typing, order);
	shapes_number(shapes);
	return NULL;
}

/* --- Questions. */

static uint32_t number_of(const struct cw_typing *typing, uint32_t block)
{
	const struct cw_shapes *shapes = &typing->shapes;
	uint32_t at = typing->live[block];

	if (typing->types[block] != 0 || at == 0 || at > shapes->all.num)
		return 0;
	return shapes->all.items[shapes->all.items[at - 1].whole].number;
}

uint32_t cw_shape_of(const struct cw_typing *typing,
		     const struct cw_block *block)
{
	return number_of(typing,
			 cw_block_index_block(typing->index, block->granule));
}

static void target_describe(struct cw_typing *typing, uint64_t word,
			    uint64_t token, struct cw_text *text)
{
	struct cw_block block;

	if (token == TOKEN_CODE || token == TOKEN_MEMORY) {
		cw_text_add(text, token == TOKEN_CODE ? "code" : "memory");
		return;
	}
	if (!cw_heap_block_at(typing->heap, word, &block))
		return;
	if (token & TOKEN_INTERIOR)
		cw_text_add(text, "into ");
	uint32_t shape = cw_shape_of(typing, &block);
	if (shape)
		cw_text_addf(text, "shape#%" PRIu32, shape);
	else
		cw_text_add(text,
			    cw_typing_label_name(typing, (uint32_t)token));
}

void cw_shape_describe(struct cw_typing *typing, uint32_t number,
		       struct cw_text *text)
{
	const struct cw_shapes *shapes = &typing->shapes;
	unsigned num = 0;
	struct words words;

	if (number == 0 || number > shapes->by_number.num)
		return;
	const struct cw_form *shape =
		&shapes->all.items[shapes->by_number.items[number - 1]];
	cw_text_addf(text, "%" PRIu64 " B", shape->size);
	if (!words_read(typing, shape->example, shape->size, &words))
		return;
	for (uint64_t left = words.pointers; left; left &= left - 1) {
		unsigned i = __builtin_ctzll(left);
		uint64_t word;
		if (num++ == MAX_SHOWN_WORDS) {
			cw_text_add(text, ", ...");
			return;
		}
		if (!cw_target_read_word(typing->target, shape->example + i * 8,
					 &word))
			return;
		cw_text_addf(text, ", +%u ", i * 8);
		target_describe(typing, word, words.tokens[i], text);
	}
}
