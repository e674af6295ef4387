#include "object/number_word.h"

#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/search.h"
#include "object/extent.h"
#include "object/number.h"
#include "object/typing_private.h"

enum {
	WORD = 8,
	/* Objects of which one may hold a number that looks like a pointer. */
	ONE_IN = 64,
	/* Words of a type behind that are not judged: what they lead to counts
	 * as reachable, as it does by all words that are not known better. */
	MAX_OFFSET = 1 << 14,
};

/* A word of a type that is declared as a number. */
struct member {
	uint32_t offset;
	enum cw_number_kind kind;
	uint64_t num, num_leading; /* that are not 0, that lead to blocks */
};

/* Of a type: its members, side by side. */
struct plan {
	uint32_t first, num;
};

struct finder {
	struct cw_typing *typing;
	struct cw_map numbers; /* by id of the type: in plans */
	CW_ARRAY(struct plan) plans;
	CW_ARRAY(struct member) members;
	struct member floats;	       /* of arrays of these */
	struct cw_number_words *words; /* NULL: members are counted */
};

static struct plan plan_make(struct finder *finder, const struct cw_type *type)
{
	struct plan plan = {.first = finder->members.num};
	uint64_t size = type->size < MAX_OFFSET ? type->size : MAX_OFFSET;

	/* Else words are not at the same places in all elements. */
	if (type->size % WORD)
		return plan;
	for (uint64_t offset = 0; offset < size; offset += WORD) {
		enum cw_number_kind kind =
			cw_type_number_at(type, (int64_t)offset);
		if (kind)
			*cw_array_push(&finder->members) = (struct member){
				.offset = offset,
				.kind = kind,
			};
	}
	plan.num = finder->members.num - plan.first;
	return plan;
}

static struct plan plan_of(struct finder *finder, const struct cw_type *type)
{
	uint32_t number;

	if (!cw_map_get(&finder->numbers, type->id, &number)) {
		struct plan plan = plan_make(finder, type);
		number = finder->plans.num;
		*cw_array_push(&finder->plans) = plan;
		cw_map_set(&finder->numbers, type->id, number);
	}
	return finder->plans.items[number];
}

static bool is_number(const struct member *member)
{
	return member->num_leading > 0 &&
	       (member->kind == CW_NUMBER_FLOAT ||
		member->num_leading * ONE_IN <= member->num);
}

static void slot_add(struct finder *finder, const struct cw_block *block,
		     cw_addr slot)
{
	*cw_array_push(&finder->words->slots) = slot;
	cw_bit_set(finder->words->holders, block->granule);
}

static void member_look(struct finder *finder, struct member *member,
			const struct cw_block *block, cw_addr slot,
			uint64_t value)
{
	if (value == 0)
		return;
	bool leads =
		cw_pointer_used(finder->typing->index, value) != CW_NO_GRANULE;
	if (!finder->words) {
		member->num++;
		member->num_leading += leads;
	} else if (leads && is_number(member)) {
		slot_add(finder, block, slot);
	}
}

/* How many elements of the type live in the block for sure. */
static uint64_t num_living(const struct cw_typing *typing, uint32_t number,
			   const struct cw_type *type, uint64_t room)
{
	uint64_t most = room / type->size, live = typing->live[number];

	if (typing->facts[number].shape != CW_SHAPE_ARRAY)
		return most > 0;
	if (live == CW_ALL_LIVE && cw_type_is_float(type))
		live = most;
	else if (live == CW_ALL_LIVE)
		live = 1;
	return live < most ? live : most;
}

static void floats_look(struct finder *finder, const struct cw_block *block,
			cw_addr start, const unsigned char *bytes,
			uint64_t size)
{
	for (uint64_t at = 0; at + WORD <= size; at += WORD) {
		uint64_t value;

		memcpy(&value, bytes + at, WORD);
		member_look(finder, &finder->floats, block, start + at, value);
	}
}

static void objects_look(struct finder *finder, const struct cw_block *block,
			 const struct cw_type *type, cw_addr start,
			 const unsigned char *bytes, uint64_t num)
{
	struct plan plan = plan_of(finder, type);
	struct member *members = &finder->members.items[plan.first];

	for (uint64_t i = 0; plan.num && i < num; i++) {
		for (uint32_t j = 0; j < plan.num; j++) {
			uint64_t value, at = i * type->size + members[j].offset;
			memcpy(&value, bytes + at, WORD);
			member_look(finder, &members[j], block, start + at,
				    value);
		}
	}
}

/* Whether nothing but what is declared is in the block. */
static bool is_certain(struct cw_facts facts)
{
	return facts.confidence == CW_CONFIDENCE_EXACT && !facts.is_local &&
	       !facts.has_rivals && !facts.is_scattered &&
	       (facts.shape == CW_SHAPE_EXACT ||
		facts.shape == CW_SHAPE_ARRAY ||
		facts.shape == CW_SHAPE_FLEXIBLE);
}

static void block_look(void *context, const struct cw_block *block)
{
	struct finder *finder = context;
	struct cw_typing *typing = finder->typing;
	uint32_t number = cw_block_index_block(typing->index, block->granule);
	const struct cw_type *type =
		cw_typing_type(typing, typing->types[number]);
	uint64_t header = typing->headers[number];

	if (!type || type->size == 0 || header >= block->size ||
	    header % WORD || !is_certain(typing->facts[number]))
		return;
	uint64_t num = num_living(typing, number, type, block->size - header);
	cw_addr start = block->address + header;
	const unsigned char *bytes =
		num ? cw_target_bytes(typing->target, start, num * type->size)
		    : NULL;
	if (!bytes)
		return;
	if (cw_type_is_float(type))
		floats_look(finder, block, start, bytes, num * type->size);
	else
		objects_look(finder, block, type, start, bytes, num);
}

static bool has_numbers(const struct finder *finder)
{
	cw_array_foreach(member, &finder->members)
	{
		if (is_number(member))
			return true;
	}
	return is_number(&finder->floats);
}

static struct cw_error *look(struct finder *finder,
			     struct cw_progress *progress)
{
	struct cw_typing *typing = finder->typing;

	cw_progress_begin(progress, "looking for numbers",
			  typing->heap->count[CW_BLOCK_USED].blocks);
	return cw_typing_each_used(typing, progress, block_look, finder);
}

static size_t holders_size(const struct cw_number_words *words)
{
	return cw_bits_words(words->num_granules) * sizeof(uint64_t);
}

/* First all objects are counted, then the words of some are taken. */
struct cw_error *cw_number_words_find(struct cw_typing *typing,
				      struct cw_progress *progress,
				      struct cw_number_words *ret)
{
	struct finder finder = {
		.typing = typing,
		.floats.kind = CW_NUMBER_FLOAT,
	};
	struct cw_number_words words = {
		.num_granules = typing->index->num_granules,
	};

	cw_map_init(&finder.numbers);
	struct cw_error *err = look(&finder, progress);
	if (!err && has_numbers(&finder)) {
		err = cw_bulk_alloc(holders_size(&words), &words.holders);
		finder.words = &words;
		if (!err)
			err = look(&finder, progress);
	}
	cw_map_deinit(&finder.numbers);
	cw_array_deinit(&finder.plans);
	cw_array_deinit(&finder.members);
	if (err) {
		cw_number_words_deinit(&words);
		return cw_error_in(err, "numbers in blocks");
	}
	*ret = words;
	return NULL;
}

void cw_number_words_deinit(struct cw_number_words *words)
{
	cw_array_deinit(&words->slots);
	if (words->holders)
		cw_bulk_free(words->holders, holders_size(words));
	words->holders = NULL;
}

size_t cw_number_words_before(const struct cw_number_words *words,
			      cw_addr address)
{
	return cw_search_first(i, 0, words->slots.num,
			       words->slots.items[i] < address);
}

bool cw_number_words_has(const struct cw_number_words *words, cw_addr slot)
{
	if (!words || !words->holders)
		return false;
	size_t i = cw_number_words_before(words, slot);
	return i < words->slots.num && words->slots.items[i] == slot;
}
