#include "object/gtable.h"

#include <string.h>

#include "base/memory.h"
#include "object/claim.h"
#include "object/content.h"
#include "object/start.h"
#include "target/symbol.h"

enum {
	MAX_SHIFT = 30,
	SLACK = 32,	/* of a block behind what was asked for */
	FIRST_HASH = 2, /* 0 is none, 1 a tombstone */
};

/*
 * On 64 bits (glib/ghash.c).  Of arrays of small numbers the elements have 4
 * bytes since 2.60; a set's values are its keys.
 */
static const struct layout {
	const char *version;
	unsigned size, size_size; /* of the table, and of its first member */
	unsigned mask, nodes, occupied;
	unsigned keys, hashes, values, hash_function;
} layouts[] = {
	{"2.64 and later", 96, 8, 12, 16, 20, 32, 40, 48, 56},
	{"2.30 to 2.62", 88, 4, 8, 12, 16, 24, 32, 40, 48},
};

struct seeker {
	struct cw_typing *typing;
	struct cw_gtables *tables;
	cw_addr text_hash; /* g_str_hash(), or 0 */
	uint32_t table_id, keys_id, hashes_id, values_id, text_id;
};

static uint32_t int_at(const unsigned char *bytes, unsigned offset)
{
	uint32_t value;

	memcpy(&value, bytes + offset, sizeof(value));
	return value;
}

static uint64_t word_at(const unsigned char *bytes, unsigned offset)
{
	uint64_t value;

	memcpy(&value, bytes + offset, sizeof(value));
	return value;
}

/* A used block that was made for @size bytes, at @address. */
static bool is_array(const struct cw_typing *typing, cw_addr address,
		     uint64_t size, struct cw_block *ret)
{
	if (!cw_start_is(typing->index, address) ||
	    !cw_heap_block_at(typing->heap, address, ret) || ret->size < size)
		return false;
	struct cw_room room = {
		.size = ret->size,
		.kind = ret->region->kind,
	};
	return ret->size - size < SLACK || cw_room_is_near(&room, size);
}

/* Of pointers, or of numbers that are small. */
static bool is_array_of_any(const struct cw_typing *typing, cw_addr address,
			    uint64_t num, bool *ret_pointers)
{
	struct cw_block block;

	*ret_pointers = is_array(typing, address, 8 * num, &block);
	return *ret_pointers || is_array(typing, address, 4 * num, &block);
}

static bool hashes_agree(const struct cw_typing *typing, cw_addr hashes,
			 uint64_t size, uint32_t num_nodes,
			 uint32_t num_occupied)
{
	const unsigned char *bytes =
		cw_target_bytes(typing->target, hashes, 4 * size);
	uint32_t num_live = 0, num_dead = 0;

	for (uint64_t i = 0; bytes && i < size; i++) {
		uint32_t hash = int_at(bytes, 4 * i);
		num_live += hash >= FIRST_HASH;
		num_dead += hash == FIRST_HASH - 1;
	}
	return bytes && num_live == num_nodes &&
	       num_live + num_dead == num_occupied;
}

static bool table_read(const struct seeker *seeker, const struct layout *layout,
		       const struct cw_block *block, struct cw_gtable *ret)
{
	const struct cw_typing *typing = seeker->typing;
	const unsigned char *bytes =
		cw_target_bytes(typing->target, block->address, layout->size);
	struct cw_block array;

	if (!bytes)
		return false;
	uint64_t size =
		layout->size_size == 8 ? word_at(bytes, 0) : int_at(bytes, 0);
	uint32_t num_nodes = int_at(bytes, layout->nodes);
	*ret = (struct cw_gtable){
		.address = block->address,
		.size = size,
		.keys = word_at(bytes, layout->keys),
		.hashes = word_at(bytes, layout->hashes),
		.values = word_at(bytes, layout->values),
		.hash = word_at(bytes, layout->hash_function),
		.equal = word_at(bytes, layout->hash_function + 8),
		.destroy_key = word_at(bytes, layout->size - 16),
		.destroy_value = word_at(bytes, layout->size - 8),
	};
	ret->has_texts = seeker->text_hash && ret->hash == seeker->text_hash;
	return size >= 2 && size <= UINT64_C(1) << MAX_SHIFT &&
	       (size & (size - 1)) == 0 &&
	       int_at(bytes, layout->mask) == size - 1 && num_nodes <= size &&
	       is_array(typing, ret->hashes, 4 * size, &array) &&
	       is_array_of_any(typing, ret->keys, size, &ret->has_big_keys) &&
	       is_array_of_any(typing, ret->values, size,
			       &ret->has_big_values) &&
	       hashes_agree(typing, ret->hashes, size, num_nodes,
			    int_at(bytes, layout->occupied));
}

static bool is_settled(const struct cw_typing *typing, uint32_t number)
{
	return typing->facts[number].confidence >= CW_CONFIDENCE_DERIVED;
}

static void name(struct seeker *seeker, const struct cw_block *block,
		 uint32_t id, cw_addr holder)
{
	struct cw_typing *typing = seeker->typing;
	uint32_t number = cw_block_index_block(typing->index, block->granule);

	if (is_settled(typing, number))
		return;
	cw_typing_name_block(typing, block, id, 0, CW_PROVENANCE_RULE);
	typing->holders[number] = holder;
}

/* A key that g_str_hash() made the hash of. */
static void text_claim(struct seeker *seeker, cw_addr slot)
{
	struct cw_typing *typing = seeker->typing;
	uint64_t text, length;
	struct cw_block block;

	if (!cw_target_read_word(typing->target, slot, &text) ||
	    !cw_start_is(typing->index, text) ||
	    !cw_heap_block_at(typing->heap, text, &block))
		return;
	const unsigned char *bytes =
		cw_target_bytes(typing->target, text, block.size);
	uint32_t number = cw_block_index_block(typing->index, block.granule);
	if (!bytes || is_settled(typing, number) ||
	    !cw_content_is_text(bytes, block.size, &length) || length == 0 ||
	    block.size - length > SLACK)
		return;
	cw_claim_make(typing,
		      &(struct cw_claim){
			      .id = seeker->text_id,
			      .address = text,
			      .live = CW_ALL_LIVE,
			      .holder = slot,
			      .confidence = CW_CONFIDENCE_DERIVED,
			      .provenance = CW_PROVENANCE_RULE,
			      .is_text = true,
		      },
		      &block);
}

bool cw_gtable_next(const struct cw_typing *typing,
		    const struct cw_gtable *table, uint64_t *index)
{
	const unsigned char *hashes =
		cw_target_bytes(typing->target, table->hashes, 4 * table->size);

	while (hashes && *index < table->size &&
	       int_at(hashes, 4 * *index) < FIRST_HASH)
		++*index;
	return hashes && *index < table->size;
}

static void keys_look(struct seeker *seeker, const struct cw_gtable *table)
{
	for (uint64_t i = 0; cw_gtable_next(seeker->typing, table, &i); i++)
		text_claim(seeker, table->keys + 8 * i);
}

static void table_take(struct seeker *seeker, const struct layout *layout,
		       const struct cw_block *block,
		       const struct cw_gtable *table)
{
	const struct cw_typing *typing = seeker->typing;
	const struct {
		cw_addr address;
		unsigned slot;
		uint32_t id;
	} arrays[] = {
		{table->keys, layout->keys, seeker->keys_id},
		{table->hashes, layout->hashes, seeker->hashes_id},
		{table->values, layout->values, seeker->values_id},
	};
	struct cw_block array;

	name(seeker, block, seeker->table_id, block->address);
	for (size_t i = 0; i < cw_num_elements(arrays); i++)
		if (cw_heap_block_at(typing->heap, arrays[i].address, &array))
			name(seeker, &array, arrays[i].id,
			     block->address + arrays[i].slot);
	if (table->has_big_keys && table->has_texts)
		keys_look(seeker, table);
	cw_map_set(&seeker->tables->by_address, table->address,
		   seeker->tables->all.num);
	*cw_array_push(&seeker->tables->all) = *table;
}

static void block_look(void *context, const struct cw_block *block)
{
	struct seeker *seeker = context;
	struct cw_gtable table;

	for (size_t i = 0; i < cw_num_elements(layouts); i++) {
		const struct layout *layout = &layouts[i];
		if (block->size < layout->size ||
		    block->size - layout->size >= SLACK ||
		    !table_read(seeker, layout, block, &table))
			continue;
		table_take(seeker, layout, block, &table);
		return;
	}
}

void cw_gtables_init(struct cw_gtables *tables)
{
	*tables = (struct cw_gtables){0};
	cw_map_init(&tables->by_address);
}

void cw_gtables_deinit(struct cw_gtables *tables)
{
	cw_array_deinit(&tables->all);
	cw_map_deinit(&tables->by_address);
}

struct cw_error *cw_gtables_find(struct cw_gtables *tables,
				 struct cw_typing *typing,
				 struct cw_progress *progress)
{
	struct cw_target *target = (struct cw_target *)typing->target;
	const struct cw_symbol *hash;

	if (!cw_symbol_find(target, "g_hash_table_new"))
		return NULL;
	hash = cw_symbol_find(target, "g_str_hash");
	struct seeker seeker = {
		.typing = typing,
		.tables = tables,
		.text_hash = hash ? hash->address : 0,
		.table_id = cw_typing_name_id(typing, "GHashTable"),
		.keys_id = cw_typing_name_id(typing, "GHashTable.keys"),
		.hashes_id = cw_typing_name_id(typing, "GHashTable.hashes"),
		.values_id = cw_typing_name_id(typing, "GHashTable.values"),
		.text_id = cw_typing_name_id(typing, "char"),
	};
	return cw_typing_each_used(typing, progress, block_look, &seeker);
}

struct cw_gtable *cw_gtables_at(struct cw_gtables *tables, cw_addr address)
{
	uint32_t number;

	return tables->all.num > 0 &&
			       cw_map_get(&tables->by_address, address, &number)
		       ? &tables->all.items[number]
		       : NULL;
}
