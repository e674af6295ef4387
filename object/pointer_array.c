#include "object/pointer_array.h"

#include <string.h>

#include "base/text.h"
#include "object/claim.h"

enum {
	/* Fewer are the members of a structure. */
	MIN_POINTERS = 8,
	MIN_DIFFERENT = 4,
	MOST_PERCENT = 90,
};

struct tally {
	uint32_t type;
	uint64_t num, num_different, num_other;
	uint64_t last;
};

/* The label of the typed block that begins at @word; 0: none does. */
static uint32_t type_at(const struct cw_typing *typing, uint64_t word)
{
	uint64_t granule = cw_block_index_granule(typing->index, word);

	if (granule == CW_NO_GRANULE || word & 15 ||
	    !cw_bit_test(typing->index->starts, granule) ||
	    cw_bit_test(typing->index->unused, granule))
		return 0;
	uint32_t number = cw_block_index_block(typing->index, granule);
	return typing->facts[number].confidence >= CW_CONFIDENCE_DERIVED
		       ? typing->types[number]
		       : 0;
}

/* False: the words are no pointers to one type. */
static bool words_tally(const struct cw_typing *typing,
			const unsigned char *bytes, uint64_t size,
			struct tally *ret)
{
	*ret = (struct tally){0};
	for (uint64_t at = 0; at + 8 <= size; at += 8) {
		uint64_t word;
		memcpy(&word, bytes + at, 8);
		if (word == 0)
			continue;
		uint32_t type = type_at(typing, word);
		/* The first may be what does not belong. */
		if (type != 0 && ret->num < 2 && type != ret->type) {
			ret->num_other += ret->num;
			ret->num = 0;
			ret->type = type;
		}
		if (type == 0 || type != ret->type) {
			/* Most blocks say soon that they are something else. */
			if (++ret->num_other * 10 > ret->num + 2 * MIN_POINTERS)
				return false;
			continue;
		}
		ret->num++;
		ret->num_different += word != ret->last;
		ret->last = word;
	}
	return ret->num >= MIN_POINTERS &&
	       ret->num_different >= MIN_DIFFERENT &&
	       ret->num * 100 >= (ret->num + ret->num_other) * MOST_PERCENT;
}

/* The id for "item *", made when first wanted. */
static uint32_t pointer_to(struct cw_typing *typing, struct cw_map *names,
			   uint32_t type)
{
	uint32_t id;

	if (cw_map_get(names, type, &id))
		return id;
	cw_cleanup_text struct cw_text text = {0};
	const char *name = cw_typing_label_name(typing, type);
	size_t length = strlen(name);

	cw_text_addf(&text, "%s%s", name,
		     length && name[length - 1] == '*' ? "*" : " *");
	id = cw_typing_name_id(typing,
			       cw_arena_strdup(&typing->arena, text.chars));
	cw_map_set(names, type, id);
	return id;
}

struct seeker {
	struct cw_typing *typing;
	struct cw_map names; /* of pointers, by id of what they point to */
};

static void block_look(void *context, const struct cw_block *block)
{
	struct seeker *seeker = context;
	struct cw_typing *typing = seeker->typing;
	uint32_t number = cw_block_index_block(typing->index, block->granule);
	struct tally tally;

	if (block->size < MIN_POINTERS * 8)
		return;
	const unsigned char *bytes =
		cw_target_bytes(typing->target, block->address, block->size);
	if (!bytes || !words_tally(typing, bytes, block->size, &tally))
		return;
	typing->types[number] = pointer_to(typing, &seeker->names, tally.type);
	typing->live[number] = CW_ALL_LIVE;
	typing->facts[number] = (struct cw_facts){
		.shape = CW_SHAPE_POINTERS,
		.confidence = CW_CONFIDENCE_LIKELY,
		.provenance = CW_PROVENANCE_CONTENT,
	};
}

struct cw_error *cw_pointer_arrays_seek(struct cw_typing *typing,
					struct cw_progress *progress)
{
	struct seeker seeker = {.typing = typing};

	cw_map_init(&seeker.names);
	struct cw_error *err =
		cw_typing_each_unknown(typing, progress, block_look, &seeker);
	cw_map_deinit(&seeker.names);
	return err;
}
