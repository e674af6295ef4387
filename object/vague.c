#include "object/vague.h"

#include <string.h>

#include "base/bits.h"
#include "base/memory.h"
#include "object/kin.h"
#include "object/packed.h"

enum {
	MAX_UNION = 3,
	MAX_OF_PURPOSE = 2,
	ELEMENTS = 255, /* instead of the number of a word */
	NOT_ASKED = 0,
	NO_FIELD = 1,
	FIRST_FIELD,
};

/* No hash of a place is expected to be this. */
#define HELD (UINT64_C(0x68656c64) << 32)

static size_t containers_size(const struct cw_typing *typing)
{
	return ((size_t)typing->index->num_blocks + 1) * sizeof(uint32_t);
}

struct cw_error *cw_vagues_init(struct cw_vagues *fields,
				struct cw_typing *typing,
				const struct cw_evidence *evidence)
{
	*fields = (struct cw_vagues){.typing = typing, .evidence = evidence};
	cw_map_init(&fields->by_place);
	cw_map_init(&fields->of_containers);
	cw_map_init(&fields->handlers);
	cw_arena_init(&fields->arena);
	return cw_bulk_alloc(containers_size(typing), &fields->containers);
}

void cw_vagues_deinit(struct cw_vagues *fields)
{
	cw_map_deinit(&fields->by_place);
	cw_map_deinit(&fields->of_containers);
	cw_map_deinit(&fields->handlers);
	cw_bulk_free(fields->containers, containers_size(fields->typing));
	cw_array_deinit(&fields->fields);
	cw_array_deinit(&fields->by_layout);
	cw_arena_deinit(&fields->arena);
}

static bool is_any_of_many(const struct cw_type *type)
{
	const struct cw_member *members;

	return type->kind == CW_TYPE_UNION &&
	       cw_type_members(type, &members) > MAX_UNION;
}

static void candidate_put(struct cw_vague *field, const struct cw_type *type,
			  uint32_t num_direct, uint32_t num_indirect)
{
	/* A union of everything is nothing. */
	if (type->size == 0 || type->kind == CW_TYPE_FUNCTION ||
	    is_any_of_many(type))
		return;
	for (uint32_t i = 0; i < field->num_candidates; i++) {
		if (field->candidates[i].type != type)
			continue;
		field->candidates[i].num_direct += num_direct;
		field->candidates[i].num_indirect += num_indirect;
		return;
	}
	if (field->num_candidates < CW_MAX_CANDIDATES)
		field->candidates[field->num_candidates++] =
			(struct cw_candidate){type, num_direct, num_indirect};
}

static void candidate_add(struct cw_vague *field, const struct cw_type *type,
			  uint32_t num_direct, uint32_t num_indirect)
{
	type = cw_type_strip(type);
	/* What a whole type is declared for, code seldom means otherwise. */
	if (cw_type_is_aggregate(field->declared) &&
	    field->declared->kind != CW_TYPE_UNION &&
	    field->declared->size > 0 &&
	    !cw_type_begins_with(type, field->declared))
		return;
	candidate_put(field, type, num_direct, num_indirect);
}

static void candidates_add(struct cw_vague *field, struct cw_candidates found)
{
	for (size_t i = 0; i < found.num; i++)
		candidate_add(field, found.items[i].type,
			      found.items[i].num_direct,
			      found.items[i].num_indirect);
}

/* Types that begin with the declared one, and are larger. */
static void extensions_add(struct cw_vagues *fields, struct cw_vague *field)
{
	const struct cw_type *declared = field->declared;
	const struct cw_holding *holdings;

	if (!cw_type_is_aggregate(declared) || declared->size == 0)
		return;
	size_t num = cw_family_holders(&fields->typing->family, declared, 0,
				       &holdings);
	for (size_t i = 0; i < num; i++) {
		const struct cw_type *holder = cw_debug_type(
			fields->typing->debug, holdings[i].holder);
		if (holder->size <= declared->size ||
		    holder->kind == CW_TYPE_UNION)
			continue;
		candidate_add(field, holder, 0, 0);
		for (uint32_t k = 0; k < field->num_candidates; k++)
			if (field->candidates[k].type == holder)
				cw_bit_set(&field->extensions, k);
	}
}

/* Of a union, each member may be what is there. */
static void members_add(struct cw_vague *field)
{
	const struct cw_member *members;
	size_t num = cw_type_members(field->declared, &members);

	for (size_t i = 0; i < num; i++) {
		const struct cw_type *type = cw_type_strip(members[i].type);
		if (cw_type_is_aggregate(type))
			candidate_add(field, type, 1, 0);
	}
}

/* What a union's members say of the same word, its own among them. */
static void siblings_add(struct cw_vague *field, const struct cw_layout *layout,
			 const struct cw_slot *slot)
{
	for (uint32_t i = 0; i < layout->num_slots; i++) {
		const struct cw_slot *other = &layout->slots[i];
		if (other->is_in_union && other->offset == slot->offset)
			candidate_put(field, other->target, 1, 0);
	}
}

/* What is known of all pointers that are declared like the field. */
static void type_fill(struct cw_vagues *fields, struct cw_vague *field)
{
	if (cw_type_is_aggregate(field->declared))
		candidates_add(field, cw_evidence_casts(fields->evidence,
							field->declared));
	if (is_any_of_many(field->declared))
		members_add(field);
	extensions_add(fields, field);
}

static void field_fill(struct cw_vagues *fields, struct cw_vague *field,
		       const struct cw_layout *layout,
		       const struct cw_slot *slot, cw_addr address)
{
	const struct cw_evidence *evidence = fields->evidence;

	field->declared = slot->target;
	if (address)
		candidates_add(field,
			       cw_evidence_of_variable(evidence, address));
	if (cw_packed_is_slot(layout, slot)) {
		field->is_packed = true;
		candidates_add(field,
			       cw_evidence_of_bytes(evidence, layout->type));
		return;
	}
	candidates_add(field, cw_evidence_of_field(evidence, layout->type,
						   slot->offset));
	type_fill(fields, field);
	if (slot->is_in_union)
		siblings_add(field, layout, slot);
	if (slot->target->kind == CW_TYPE_BASE)
		candidate_add(field, slot->target, 1, 0);
	if (field->num_candidates == 0)
		return;
	field->num_tags = cw_tags_of(layout->type, false, field->tags, 0);
	field->handlers =
		cw_arena_alloc(&fields->arena, sizeof(*field->handlers));
	field->handlers->holder = layout;
}

/* What was filled, kept under @key: its number. */
static uint32_t field_keep(struct cw_vagues *fields, uint64_t key,
			   const struct cw_vague *field)
{
	uint32_t number = NO_FIELD;

	if (field->num_candidates > 0) {
		struct cw_vague *kept =
			cw_arena_alloc(&fields->arena, sizeof(*kept));
		*kept = *field;
		kept->id = fields->fields.num;
		*cw_array_push(&fields->fields) = kept;
		number = FIRST_FIELD + kept->id;
	}
	cw_map_set(&fields->by_place, key, number);
	return number;
}

static struct cw_vague *field_of(const struct cw_vagues *fields,
				 uint32_t number)
{
	return number == NO_FIELD ? NULL
				  : fields->fields.items[number - FIRST_FIELD];
}

static uint32_t field_find(struct cw_vagues *fields,
			   const struct cw_layout *layout,
			   const struct cw_slot *slot, cw_addr address)
{
	uint64_t key = address ? address
			       : cw_hash_mix((uint64_t)layout->type->id << 32 ^
					     slot->offset) ^
					 slot->target->id;
	uint32_t number;

	/* Functions for several types, which are one in the machine's code,
	 * say of each other's pointers what is not so. */
	if (slot->is_strict)
		return NO_FIELD;
	if (cw_map_get(&fields->by_place, key, &number))
		return number;
	struct cw_vague field = {0};
	field_fill(fields, &field, layout, slot, address);
	return field_keep(fields, key, &field);
}

/* Where the number of a layout's slot is kept; NULL: it is none of these. */
static uint32_t *slot_place(struct cw_vagues *fields,
			    const struct cw_layout *layout,
			    const struct cw_slot *slot)
{
	uint32_t id = layout->type->id;

	if (slot < layout->slots || slot >= layout->slots + layout->num_slots)
		return NULL;
	while (fields->by_layout.num <= id)
		*cw_array_push(&fields->by_layout) = NULL;
	uint32_t **numbers = &fields->by_layout.items[id];
	if (!*numbers)
		*numbers = cw_arena_alloc(
			&fields->arena, layout->num_slots * sizeof(**numbers));
	return *numbers + (slot - layout->slots);
}

struct cw_vague *cw_vague_of(struct cw_vagues *fields,
			     const struct cw_layout *layout,
			     const struct cw_slot *slot, cw_addr address)
{
	uint32_t *place = address ? NULL : slot_place(fields, layout, slot);

	if (!place)
		return field_of(fields,
				field_find(fields, layout, slot, address));
	if (*place == NOT_ASKED)
		*place = field_find(fields, layout, slot, 0);
	return field_of(fields, *place);
}

struct cw_vague *cw_vague_of_type(struct cw_vagues *fields,
				  const struct cw_type *type)
{
	/* No slot has an offset so large. */
	uint64_t key = cw_hash_mix((uint64_t)type->id << 32 ^ UINT32_MAX);
	uint32_t number;

	if (!cw_map_get(&fields->by_place, key, &number)) {
		struct cw_vague field = {.declared = type};
		type_fill(fields, &field);
		number = field_keep(fields, key, &field);
	}
	return field_of(fields, number);
}

/* No place's own hash is expected to be the same. */
static uint64_t held_key(const struct cw_pointer_place *place, uint64_t number)
{
	if (!place)
		return HELD + number;
	uint64_t key = cw_hash_mix(HELD ^ number << 32);
	return place->type
		       ? cw_hash_mix(key ^ (uint64_t)place->type->id << 32) +
				 place->offset
		       : cw_hash_mix(key) + place->address;
}

static bool is_byte(const struct cw_type *type)
{
	return type->kind == CW_TYPE_BASE && type->size == 1;
}

/* A function that is for all kinds takes bytes; others say more. */
static void takers_add(struct cw_vagues *fields, struct cw_vague *field,
		       const cw_addr *functions, size_t num, bool wants_bytes)
{
	for (size_t i = 0; i < num; i++) {
		struct cw_candidates found = cw_evidence_of_parameter(
			fields->evidence, functions[i], 0);
		for (size_t k = 0; k < found.num; k++)
			if (is_byte(found.items[k].type) == wants_bytes)
				candidate_add(field, found.items[k].type,
					      found.items[k].num_direct,
					      found.items[k].num_indirect);
	}
}

struct cw_vague *cw_vague_of_held(struct cw_vagues *fields,
				  const struct cw_pointer_place *place,
				  unsigned number, const cw_addr *functions,
				  size_t num_functions)
{
	const struct cw_evidence *evidence = fields->evidence;
	struct cw_vague field = {
		.declared = cw_debug_void(fields->typing->debug),
		.is_packed = true,
	};
	uint64_t key = held_key(place, number);
	uint32_t kept;

	for (size_t i = 0; i < num_functions; i++)
		key = cw_hash_mix(key ^ functions[i]);
	if (cw_map_get(&fields->by_place, key, &kept))
		return field_of(fields, kept);
	takers_add(fields, &field, functions, num_functions, false);
	if (place)
		candidates_add(&field,
			       cw_evidence_of_held(evidence, place, number));
	if (field.num_candidates == 0)
		takers_add(fields, &field, functions, num_functions, true);
	if (field.num_candidates == 0)
		candidates_add(&field,
			       cw_evidence_of_any_table(evidence, number));
	return field_of(fields, field_keep(fields, key, &field));
}

struct cw_vague *cw_vague_of_word(struct cw_vagues *fields,
				  const struct cw_pointer_place *place,
				  unsigned number,
				  const struct cw_type *declared)
{
	struct cw_vague field = {.declared = declared, .is_packed = true};
	uint64_t key = cw_hash_mix(held_key(place, number) ^ declared->id);
	uint32_t kept;

	if (cw_map_get(&fields->by_place, key, &kept))
		return field_of(fields, kept);
	candidates_add(&field,
		       cw_evidence_of_held(fields->evidence, place, number));
	/* It leads to containers of all kinds. */
	if (field.num_candidates > MAX_OF_PURPOSE)
		field.num_candidates = 0;
	if (field.num_candidates > 0 && declared->kind == CW_TYPE_BASE)
		candidate_add(&field, declared, 1, 0);
	return field_of(fields, field_keep(fields, key, &field));
}

struct cw_vague *cw_vague_of_elements(struct cw_vagues *fields,
				      const struct cw_pointer_place *place,
				      const struct cw_pointer_place *array)
{
	const struct cw_evidence *evidence = fields->evidence;
	struct cw_vague field = {
		.declared = cw_debug_void(fields->typing->debug),
		.is_packed = true,
	};
	uint64_t key = cw_hash_mix(held_key(array, ELEMENTS) ^
				   (place ? held_key(place, ELEMENTS) : 0));
	uint32_t kept;

	if (cw_map_get(&fields->by_place, key, &kept))
		return field_of(fields, kept);
	if (place)
		candidates_add(&field,
			       cw_evidence_of_held_elements(evidence, place,
							    array->offset / 8));
	if (field.num_candidates > MAX_OF_PURPOSE)
		field.num_candidates = 0;
	if (field.num_candidates == 0)
		candidates_add(&field,
			       cw_evidence_of_elements(evidence, array->type,
						       array->offset));
	return field_of(fields, field_keep(fields, key, &field));
}
