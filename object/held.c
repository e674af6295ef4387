#include "object/held.h"

#include "base/memory.h"
#include "code/spot.h"

enum {
	MAX_CHAIN = 64, /* nodes up to one that is known */
	MAX_WORDS = 16, /* of a node */
	NOWHERE = UINT32_MAX,
};

static uint64_t places_size(const struct cw_typing *typing)
{
	return ((size_t)typing->index->num_blocks + 1) * sizeof(uint32_t);
}

struct cw_error *cw_helds_init(struct cw_helds *helds, struct cw_vagues *vagues,
			       struct cw_progress *progress)
{
	*helds = (struct cw_helds){.typing = vagues->typing, .vagues = vagues};
	cw_gtables_init(&helds->tables);
	cw_map_init(&helds->by_place);
	struct cw_error *err =
		cw_bulk_alloc(places_size(helds->typing), &helds->of_blocks);
	return err ? err
		   : cw_gtables_find(&helds->tables, helds->typing, progress);
}

void cw_helds_deinit(struct cw_helds *helds)
{
	cw_gtables_deinit(&helds->tables);
	cw_map_deinit(&helds->by_place);
	cw_array_deinit(&helds->places);
	if (helds->of_blocks)
		cw_bulk_free(helds->of_blocks, places_size(helds->typing));
}

/* --- Hash tables. */

/* What live elements of the table's array lead to. */
static void elements_tell(struct cw_helds *helds, const struct cw_gtable *table,
			  cw_addr array, struct cw_vague *vague)
{
	const struct cw_typing *typing = helds->typing;
	uint64_t word;

	for (uint64_t i = 0; vague && cw_gtable_next(typing, table, &i); i++)
		if (cw_target_read_word(typing->target, array + 8 * i, &word) &&
		    cw_block_index_granule(typing->index, word) !=
			    CW_NO_GRANULE)
			helds->element(helds->context, vague, array + 8 * i,
				       word);
}

/* @place: of the pointer to it; NULL: it is not known. */
static void table_tell(struct cw_helds *helds, struct cw_gtable *table,
		       const struct cw_pointer_place *place)
{
	const cw_addr on_keys[] = {
		table->hash,
		table->equal,
		table->destroy_key,
	};

	table->is_met = true;
	if (table->has_big_keys && !table->has_texts)
		elements_tell(helds, table, table->keys,
			      cw_vague_of_held(helds->vagues, place,
					       CW_TABLE_KEYS, on_keys,
					       cw_num_elements(on_keys)));
	if (table->has_big_values && table->values != table->keys)
		elements_tell(helds, table, table->values,
			      cw_vague_of_held(helds->vagues, place,
					       CW_TABLE_VALUES,
					       &table->destroy_value, 1));
}

bool cw_helds_meet(struct cw_helds *helds, const struct cw_layout *layout,
		   const struct cw_slot *slot, cw_addr slot_address,
		   bool is_variable, uint64_t word)
{
	struct cw_typing *typing = helds->typing;
	struct cw_gtable *table = cw_gtables_at(&helds->tables, word);
	struct cw_pointer_place place = {
		.type = is_variable ? NULL : layout->type,
		.offset = slot->offset,
		.address = slot_address,
	};

	if (!table || table->is_met)
		return table != NULL;
	uint32_t number = cw_block_index_used(typing->index, word);
	if (number != CW_NO_BLOCK)
		typing->holders[number] = slot_address;
	table_tell(helds, table, &place);
	return true;
}

void cw_helds_rest(struct cw_helds *helds)
{
	cw_array_foreach(table, &helds->tables.all)
	{
		if (!table->is_met)
			table_tell(helds, table, NULL);
	}
}

/* --- Nodes. */

static uint32_t place_keep(struct cw_helds *helds,
			   const struct cw_pointer_place *place)
{
	uint64_t key = place->type
			       ? cw_hash_mix((uint64_t)place->type->id << 32) ^
					 place->offset
			       : place->address;
	uint32_t *number =
		cw_map_place(&helds->by_place, key, helds->places.num);

	if (*number == helds->places.num)
		*cw_array_push(&helds->places) = *place;
	return *number;
}

/* The place of a pointer at @holder, which is in block @number or in none. */
static uint32_t place_of(struct cw_helds *helds, uint32_t number,
			 cw_addr holder)
{
	const struct cw_typing *typing = helds->typing;
	struct cw_pointer_place place = {.address = holder};
	struct cw_block block;

	if (number == CW_NO_BLOCK)
		return place_keep(helds, &place);
	place.type = cw_typing_type(typing, typing->types[number]);
	if (!place.type || !cw_type_is_aggregate(place.type) ||
	    place.type->size == 0 ||
	    !cw_heap_block_at(typing->heap, holder, &block))
		return NOWHERE;
	uint64_t start = block.address + typing->headers[number];
	if (holder < start)
		return NOWHERE;
	place.offset = (holder - start) % place.type->size;
	place.address = 0;
	return place_keep(helds, &place);
}

/* Of the pointer that the node, or the first that leads to it, hangs on. */
static uint32_t place_of_node(struct cw_helds *helds, cw_addr node)
{
	const struct cw_typing *typing = helds->typing;
	uint32_t first = cw_block_index_used(typing->index, node);
	uint32_t number = first, place = NOWHERE;

	for (unsigned i = 0; number != CW_NO_BLOCK && i < MAX_CHAIN; i++) {
		if (helds->of_blocks[number]) {
			place = helds->of_blocks[number] - 1;
			break;
		}
		cw_addr holder = typing->holders[number];
		uint32_t next = cw_block_index_used(typing->index, holder);
		if (holder == 0)
			break;
		if (next == CW_NO_BLOCK ||
		    typing->types[next] != typing->types[number]) {
			place = place_of(helds, next, holder);
			break;
		}
		number = next;
	}
	if (place != NOWHERE)
		helds->of_blocks[first] = place + 1;
	return place;
}

/*
 * How many elements live of an array that the object at @address has, by its
 * members that are called so; 0: none is.
 */
static uint64_t live_num(struct cw_helds *helds, const struct cw_type *type,
			 cw_addr address)
{
	struct cw_typing *typing = helds->typing;
	const struct cw_layout *layout = cw_layout_of(&typing->layouts, type);
	const unsigned char *bytes =
		cw_target_bytes(typing->target, address, type->size);
	uint64_t num = UINT64_MAX;

	for (uint32_t i = 0; bytes && i < layout->num_lengths; i++) {
		if (!layout->lengths[i].is_named)
			continue;
		uint64_t value = cw_length_read(&layout->lengths[i], bytes);
		if (value < num)
			num = value;
	}
	return num == UINT64_MAX ? 0 : num;
}

/*
 * Elements of an array of `void *`, by who has the array.  Behind the live ones
 * is what was there before.
 */
static struct cw_vague *of_element(struct cw_helds *helds, cw_addr element)
{
	const struct cw_typing *typing = helds->typing;
	uint32_t number = cw_block_index_used(typing->index, element);
	uint32_t place = NOWHERE;
	struct cw_block block;

	if (number == CW_NO_BLOCK ||
	    !cw_heap_block_at(typing->heap, element, &block))
		return NULL;
	cw_addr holder = typing->holders[number];
	uint32_t owner = cw_block_index_used(typing->index, holder);
	uint32_t array =
		owner == CW_NO_BLOCK ? NOWHERE : place_of(helds, owner, holder);
	if (array == NOWHERE)
		return NULL;
	const struct cw_pointer_place *of = &helds->places.items[array];
	if ((element - block.address - typing->headers[number]) / 8 >=
	    live_num(helds, of->type, holder - of->offset))
		return NULL;
	holder = typing->holders[owner];
	if (holder)
		place = place_of(helds,
				 cw_block_index_used(typing->index, holder),
				 holder);
	return cw_vague_of_elements(
		helds->vagues,
		place == NOWHERE ? NULL : &helds->places.items[place],
		&helds->places.items[array]);
}

struct cw_vague *cw_helds_of_node(struct cw_helds *helds,
				  const struct cw_layout *layout,
				  const struct cw_slot *slot, cw_addr object)
{
	unsigned number = slot->offset / 8;

	if (layout->type->kind == CW_TYPE_POINTER &&
	    slot->target->kind == CW_TYPE_VOID)
		return of_element(helds, object);
	if (!layout->is_self_linked || slot->is_in_union || slot->is_strict ||
	    slot->count != 1 || slot->offset % 8 != 0 || number >= MAX_WORDS ||
	    !cw_pointee_is_generic(slot->target))
		return NULL;
	uint32_t place = place_of_node(helds, object);
	return place == NOWHERE ? NULL
				: cw_vague_of_word(helds->vagues,
						   &helds->places.items[place],
						   number, slot->target);
}
