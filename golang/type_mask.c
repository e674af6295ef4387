#include "golang/type_mask.h"

#include <string.h>

#include "base/bits.h"
#include "golang/descriptor.h"
#include "golang/descriptor_layout.h"

enum {
	TYPE_END = 72, /* of an array or struct */
	MAX_DEPTH = 128,
	MAX_BUILT = 1 << 28, /* bytes */
};

#define NO_MASK UINT32_MAX

void cw_go_masks_init(struct cw_go_masks *masks, const struct cw_go *go)
{
	*masks = (struct cw_go_masks){.go = go};
	cw_map_init(&masks->numbers);
	cw_arena_init(&masks->arena);
}

void cw_go_masks_deinit(struct cw_go_masks *masks)
{
	cw_map_deinit(&masks->numbers);
	cw_array_deinit(&masks->items);
	cw_arena_deinit(&masks->arena);
}

static uint64_t word_at(const unsigned char *bytes, uint64_t offset)
{
	uint64_t word;

	memcpy(&word, bytes + offset, sizeof(word));
	return word;
}

static uint64_t mask_size(const struct cw_go_mask *mask)
{
	return (mask->num_words + 7) / 8;
}

enum outcome { DONE, DAMAGED, TO_BUILD };

static bool is_on_demand(const struct cw_go *go, const unsigned char *type)
{
	return go->minor >= CW_GO_ON_DEMAND_SINCE &&
	       type[CW_GO_TYPE_FLAGS] & CW_GO_FLAG_ON_DEMAND;
}

/* A mask that the target has. */
static enum outcome mask_read(const struct cw_go *go, cw_addr descriptor,
			      struct cw_go_mask *ret)
{
	const unsigned char *type =
		cw_target_bytes(go->target, descriptor, CW_GO_TYPE_SIZE);

	if (!type)
		return DAMAGED;
	uint64_t with_pointers = word_at(type, CW_GO_TYPE_WITH_POINTERS);
	cw_addr bits = word_at(type, CW_GO_TYPE_MASK);
	*ret = (struct cw_go_mask){
		.size = word_at(type, 0),
		.num_words = with_pointers / 8,
	};
	if (with_pointers > ret->size)
		return DAMAGED;
	if (ret->num_words == 0)
		return DONE;
	if (is_on_demand(go, type)) {
		/* While it is built, the word is the address of a global. */
		if (!cw_target_read_word(go->target, bits, &bits))
			return DAMAGED;
		if (bits == 0 ||
		    (bits >= go->module->start && bits < go->module->end))
			return TO_BUILD;
	} else if (go->minor < CW_GO_ON_DEMAND_SINCE &&
		   type[CW_GO_TYPE_KIND] & CW_GO_KIND_PROGRAM) {
		return DAMAGED;
	}
	ret->bits = cw_target_bytes(go->target, bits, mask_size(ret));
	return ret->bits ? DONE : DAMAGED;
}

/* A mask is being built from those of the parts. */
struct building {
	struct cw_go_masks *masks;
	uint64_t *bits;
	uint64_t num_words;
	cw_addr missing; /* the part that is to be built before, or 0 */
};

static uint32_t keep(struct cw_go_masks *masks, cw_addr descriptor,
		     const struct cw_go_mask *mask)
{
	uint32_t number = NO_MASK;

	if (mask) {
		number = masks->items.num;
		*cw_array_push(&masks->items) = *mask;
	}
	cw_map_set(&masks->numbers, descriptor, number);
	return number;
}

/* The number of a mask that is known or needs no building. */
static enum outcome mask_look(struct cw_go_masks *masks, cw_addr descriptor,
			      uint32_t *ret)
{
	struct cw_go_mask mask;

	if (cw_map_get(&masks->numbers, descriptor, ret))
		return *ret == NO_MASK ? DAMAGED : DONE;
	enum outcome outcome = mask_read(masks->go, descriptor, &mask);
	if (outcome != TO_BUILD)
		*ret = keep(masks, descriptor, outcome == DONE ? &mask : NULL);
	return outcome;
}

/* @count parts side by side; false: damaged, or a part is missing. */
static bool parts_add(struct building *building, cw_addr descriptor,
		      uint64_t offset, uint64_t count)
{
	uint32_t number;
	enum outcome outcome = mask_look(building->masks, descriptor, &number);

	if (outcome != DONE) {
		building->missing = outcome == TO_BUILD ? descriptor : 0;
		return false;
	}
	const struct cw_go_mask *part = &building->masks->items.items[number];
	if (part->num_words == 0)
		return true;
	for (uint64_t i = 0; i < count; i++) {
		uint64_t at = offset / 8 + i * (part->size / 8);

		if (part->size % 8 != 0 || at > building->num_words ||
		    part->num_words > building->num_words - at)
			return false;
		cw_bits_merge(building->bits, at, part->bits, part->num_words);
	}
	return true;
}

static bool fields_add(struct building *building, const unsigned char *type)
{
	uint64_t num = word_at(type, CW_GO_TYPE_NUM_FIELDS);
	const unsigned char *field;

	if (num == 0 || num > CW_GO_MAX_FIELDS)
		return false;
	field = cw_target_bytes(building->masks->go->target,
				word_at(type, CW_GO_TYPE_FIELDS),
				num * CW_GO_FIELD_SIZE);
	for (uint64_t i = 0; field && i < num; i++, field += CW_GO_FIELD_SIZE)
		if (!parts_add(building, word_at(field, CW_GO_FIELD_TYPE),
			       word_at(field, CW_GO_FIELD_OFFSET), 1))
			return false;
	return field != NULL;
}

/* False: damaged, or *ret_missing is to be built before. */
static bool mask_build(struct cw_go_masks *masks, cw_addr descriptor,
		       cw_addr *ret_missing)
{
	const unsigned char *type =
		cw_target_bytes(masks->go->target, descriptor, TYPE_END);
	struct building building = {.masks = masks};

	*ret_missing = 0;
	if (!type)
		return false;
	building.num_words = word_at(type, CW_GO_TYPE_WITH_POINTERS) / 8;
	uint64_t size = cw_bits_words(building.num_words) * 8;
	if (size > MAX_BUILT - masks->built_size)
		return false;
	masks->built_size += size;
	building.bits = cw_arena_alloc(&masks->arena, size);
	memset(building.bits, 0, size);

	unsigned kind = type[CW_GO_TYPE_KIND] & CW_GO_KIND_MASK;
	if (!(kind == CW_GO_KIND_STRUCT && fields_add(&building, type)) &&
	    !(kind == CW_GO_KIND_ARRAY &&
	      parts_add(&building, word_at(type, CW_GO_TYPE_ELEMENT), 0,
			word_at(type, CW_GO_TYPE_LENGTH)))) {
		*ret_missing = building.missing;
		return false;
	}
	keep(masks, descriptor,
	     &(struct cw_go_mask){
		     .size = word_at(type, 0),
		     .num_words = building.num_words,
		     .bits = (const unsigned char *)building.bits,
	     });
	return true;
}

/* Builds parts first, which are smaller; their own parts before them. */
static void build(struct cw_go_masks *masks, cw_addr descriptor)
{
	cw_addr stack[MAX_DEPTH];
	unsigned depth = 0;

	stack[depth++] = descriptor;
	while (depth > 0) {
		cw_addr missing;

		if (mask_build(masks, stack[depth - 1], &missing)) {
			depth--;
		} else if (missing && depth < MAX_DEPTH) {
			stack[depth++] = missing;
		} else {
			keep(masks, stack[--depth], NULL);
		}
	}
}

const struct cw_go_mask *cw_go_mask_at(struct cw_go_masks *masks,
				       cw_addr descriptor)
{
	uint32_t number;
	enum outcome outcome = mask_look(masks, descriptor, &number);

	if (outcome == TO_BUILD) {
		build(masks, descriptor);
		outcome = mask_look(masks, descriptor, &number);
	}
	return outcome == DONE ? &masks->items.items[number] : NULL;
}
