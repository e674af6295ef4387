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

struct table {
	uint64_t size;
	cw_addr keys, hashes, values;
	bool has_texts; /* for keys */
};

struct seeker {
	struct cw_typing *typing;
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

/* A used block of @size bytes at @address. */
static bool is_array(const struct cw_typing *typing, cw_addr address,
		     uint64_t size, struct cw_block *ret)
{
	return cw_start_is(typing->index, address) &&
	       cw_heap_block_at(typing->heap, address, ret) &&
	       ret->size >= size && ret->size - size < SLACK;
}

/* Of pointers, or of numbers that are small. */
static bool is_array_of_any(const struct cw_typing *typing, cw_addr address,
			    uint64_t num)
{
	struct cw_block block;

	return is_array(typing, address, 8 * num, &block) ||
	       is_array(typing, address, 4 * num, &block);
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
		       const struct cw_block *block, struct table *ret)
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
	*ret = (struct table){
		.size = size,
		.keys = word_at(bytes, layout->keys),
		.hashes = word_at(bytes, layout->hashes),
		.values = word_at(bytes, layout->values),
	};
	cw_addr function = word_at(bytes, layout->hash_function);
	ret->has_texts = seeker->text_hash && function == seeker->text_hash;
	return size >= 2 && size <= UINT64_C(1) << MAX_SHIFT &&
	       (size & (size - 1)) == 0 &&
	       int_at(bytes, layout->mask) == size - 1 && num_nodes <= size &&
	       is_array(typing, ret->hashes, 4 * size, &array) &&
	       is_array_of_any(typing, ret->keys, size) &&
	       is_array_of_any(typing, ret->values, size) &&
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

static void text_claim(struct seeker *seeker, cw_addr slot, bool is_sure)
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
	/* What is there may be taken for bytes. */
	if (!bytes ||
	    (is_sure ? is_settled(typing, number)
		     : typing->types[number] != 0) ||
	    !cw_content_is_text(bytes, block.size, &length) || length == 0 ||
	    block.size - length > SLACK)
		return;
	cw_claim_make(typing,
		      &(struct cw_claim){
			      .id = seeker->text_id,
			      .address = text,
			      .live = CW_ALL_LIVE,
			      .holder = slot,
			      .confidence = is_sure ? CW_CONFIDENCE_DERIVED
						    : CW_CONFIDENCE_LIKELY,
			      .provenance = is_sure ? CW_PROVENANCE_RULE
						    : CW_PROVENANCE_CONTENT,
			      .is_text = true,
		      },
		      &block);
}

/* What live elements lead to; @array has pointers. */
static void elements_look(struct seeker *seeker, const struct table *table,
			  cw_addr array, bool has_texts)
{
	const struct cw_target *target = seeker->typing->target;
	const unsigned char *hashes =
		cw_target_bytes(target, table->hashes, 4 * table->size);

	for (uint64_t i = 0; hashes && i < table->size; i++)
		if (int_at(hashes, 4 * i) >= FIRST_HASH)
			text_claim(seeker, array + 8 * i, has_texts);
}

static void table_take(struct seeker *seeker, const struct layout *layout,
		       const struct cw_block *block, const struct table *table)
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
	if (is_array(typing, table->keys, 8 * table->size, &array))
		elements_look(seeker, table, table->keys, table->has_texts);
	if (table->values != table->keys &&
	    is_array(typing, table->values, 8 * table->size, &array))
		elements_look(seeker, table, table->values, false);
}

static void block_look(void *context, const struct cw_block *block)
{
	struct seeker *seeker = context;
	struct table table;

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

struct cw_error *cw_gtables_seek(struct cw_typing *typing,
				 struct cw_progress *progress)
{
	struct cw_target *target = (struct cw_target *)typing->target;
	const struct cw_symbol *hash;

	if (!cw_symbol_find(target, "g_hash_table_new"))
		return NULL;
	hash = cw_symbol_find(target, "g_str_hash");
	struct seeker seeker = {
		.typing = typing,
		.text_hash = hash ? hash->address : 0,
		.table_id = cw_typing_name_id(typing, "GHashTable"),
		.keys_id = cw_typing_name_id(typing, "GHashTable.keys"),
		.hashes_id = cw_typing_name_id(typing, "GHashTable.hashes"),
		.values_id = cw_typing_name_id(typing, "GHashTable.values"),
		.text_id = cw_typing_name_id(typing, "char"),
	};
	return cw_typing_each_used(typing, progress, block_look, &seeker);
}
