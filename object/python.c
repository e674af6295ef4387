/*
 * Layout, CPython 3.8 to 3.13 on 64 bits, with the lock and without debugging
 * (Include/object.h, Include/cpython/object.h):
 *
 *	object	  0 ob_refcnt  8 ob_type
 *	type	  0 ob_refcnt  8 ob_type  16 ob_size  24 tp_name
 *		 32 tp_basicsize  40 tp_itemsize  168 tp_flags
 *
 *	list	 24 items	  dict	 32 keys  40 values
 *	set	 40 table	  bytearray, array	 24 or 32 bytes
 *
 * Before an object: PyGC_Head, 16 bytes, with Py_TPFLAGS_HAVE_GC; before that
 * two words with Py_TPFLAGS_MANAGED_DICT (3.11) or _WEAKREF (3.12).
 */
#include "object/python.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "object/claim.h"
#include "target/symbol.h"

enum {
	TYPE_AT = 8,
	NAME_AT = 24,
	SIZE_AT = 32,
	FLAGS_AT = 168,
	OBJECT_SIZE = 16,
	MAX_OBJECT_SIZE = 1 << 24,
	MAX_NAME = 128,
	HEAD = 16,
	MAX_HEADER = 2 * HEAD,
	MAX_TYPES = 1 << 20,
};

/* What an object has in a block of its own. */
struct storage {
	const char *name; /* of the type, or NULL: by flag, subclasses too */
	uint64_t flag;
	unsigned at; /* the pointer's offset */
	const char *label;
};

static const struct storage storages[] = {
	{NULL, UINT64_C(1) << 25, 24, "Python list items"},
	{NULL, UINT64_C(1) << 29, 32, "Python dict keys"},
	{NULL, UINT64_C(1) << 29, 40, "Python dict values"},
	{"Python set", 0, 40, "Python set table"},
	{"Python frozenset", 0, 40, "Python set table"},
	{"Python bytearray", 0, 32, "Python bytearray bytes"},
	{"Python array.array", 0, 24, "Python array items"},
};

#define HAS_COLLECTOR	 (UINT64_C(1) << 14)
#define HAS_WORDS_BEFORE (UINT64_C(1) << 4 | UINT64_C(1) << 3)
#define MAX_REFERENCES	 (UINT64_C(1) << 40)

struct python_type {
	const char *name;
	uint32_t id; /* of its name; 0: it is no type */
	uint64_t flags;
};

struct python {
	struct cw_typing *typing;
	cw_addr type_type;
	struct cw_map by_address; /* to number in types */
	CW_ARRAY(struct python_type) types;
};

static bool word_at(const struct python *python, cw_addr address, uint64_t *ret)
{
	return cw_target_read_word(python->typing->target, address, ret);
}

/* Whether what is at @address is an object whose type is a type. */
static bool is_type(const struct python *python, cw_addr address)
{
	uint64_t meta, of_meta;

	return word_at(python, address + TYPE_AT, &meta) &&
	       (meta == python->type_type ||
		(word_at(python, meta + TYPE_AT, &of_meta) &&
		 of_meta == python->type_type));
}

static bool is_name(const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < length; i++)
		if ((unsigned char)name[i] <= ' ')
			return false;
	return length > 0 && length < MAX_NAME;
}

static struct python_type type_read(struct python *python, cw_addr address)
{
	struct cw_typing *typing = python->typing;
	struct python_type type = {0};
	uint64_t name_at, size;

	if (!is_type(python, address) ||
	    !word_at(python, address + NAME_AT, &name_at) ||
	    !word_at(python, address + SIZE_AT, &size) ||
	    !word_at(python, address + FLAGS_AT, &type.flags) ||
	    size < OBJECT_SIZE || size > MAX_OBJECT_SIZE)
		return type;
	cw_cleanup_free char *name =
		cw_target_read_string(typing->target, name_at, MAX_NAME);
	if (!name || !is_name(name))
		return type;
	cw_cleanup_text struct cw_text text = {0};
	cw_text_addf(&text, "Python %s", name);
	type.name = cw_arena_strdup(&typing->arena, text.chars);
	type.id = cw_typing_name_id(typing, type.name);
	return type;
}

static const struct python_type *type_of(struct python *python, cw_addr address)
{
	uint32_t number =
		*cw_map_place(&python->by_address, address, python->types.num);

	if (number == python->types.num)
		*cw_array_push(&python->types) =
			python->types.num < MAX_TYPES
				? type_read(python, address)
				: (struct python_type){0};
	return &python->types.items[number];
}

/* What lies before the objects of a type. */
static uint64_t header_of(const struct python_type *type)
{
	return (type->flags & HAS_COLLECTOR ? HEAD : 0) +
	       (type->flags & HAS_WORDS_BEFORE ? HEAD : 0);
}

static bool object_settle(struct python *python, const struct cw_block *block,
			  uint64_t header)
{
	struct cw_typing *typing = python->typing;
	uint64_t count, address;

	if (header + OBJECT_SIZE > block->size ||
	    !word_at(python, block->address + header, &count) ||
	    !word_at(python, block->address + header + TYPE_AT, &address) ||
	    count == 0 || count > MAX_REFERENCES || address & 7 ||
	    !cw_target_segment(typing->target, address))
		return false;
	const struct python_type *type = type_of(python, address);
	/* Short texts are smaller than their type says. */
	if (type->id == 0 || header_of(type) != header)
		return false;
	cw_typing_name_block(typing, block, type->id, header,
			     CW_PROVENANCE_RULE);
	return true;
}

static void block_look(void *context, const struct cw_block *block)
{
	struct python *python = context;
	struct cw_typing *typing = python->typing;
	uint32_t number = cw_block_index_block(typing->index, block->granule);

	/* What declared pointers lead to is no more than a base. */
	if (typing->facts[number].confidence == CW_CONFIDENCE_EXACT)
		return;
	for (uint64_t header = 0; header <= MAX_HEADER; header += HEAD)
		if (object_settle(python, block, header))
			return;
}

/* Names the block that the word at @slot points to, if nothing is known. */
static void storage_settle(struct python *python, cw_addr slot,
			   const char *label)
{
	struct cw_typing *typing = python->typing;
	struct cw_block block;
	uint64_t word;

	/* The lowest bit tells values from a dictionary (3.12). */
	if (!word_at(python, slot, &word) ||
	    !cw_heap_block_at(typing->heap, word & ~UINT64_C(1), &block) ||
	    block.state != CW_BLOCK_USED)
		return;
	uint32_t number = cw_block_index_block(typing->index, block.granule);
	if (typing->facts[number].confidence >= CW_CONFIDENCE_DERIVED)
		return;
	cw_typing_name_block(typing, &block, cw_typing_name_id(typing, label),
			     0, CW_PROVENANCE_RULE);
}

static void storages_look(void *context, const struct cw_block *block)
{
	struct python *python = context;
	struct cw_typing *typing = python->typing;
	uint32_t number = cw_block_index_block(typing->index, block->granule);
	cw_addr object = block->address + typing->headers[number];
	uint64_t address;

	if (typing->types[number] < CW_FIRST_NAMED ||
	    !word_at(python, object + TYPE_AT, &address) || address & 7 ||
	    !cw_target_segment(typing->target, address))
		return;
	const struct python_type *type = type_of(python, address);
	if (type->id == 0 || type->id != typing->types[number])
		return;
	for (size_t i = 0; i < cw_num_elements(storages); i++) {
		const struct storage *row = &storages[i];
		if (row->name ? strcmp(row->name, type->name) == 0
			      : (type->flags & row->flag) != 0)
			storage_settle(python, object + row->at, row->label);
	}
	/* Two words of its own, one of which leads to its attributes. */
	for (unsigned at = 0; type->flags & HAS_WORDS_BEFORE && at < HEAD;
	     at += 8)
		storage_settle(python, block->address + at,
			       "Python attributes");
}

struct cw_error *cw_python_seek(struct cw_typing *typing,
				struct cw_progress *progress)
{
	const struct cw_symbol *symbol = cw_symbol_find(
		(struct cw_target *)typing->target, "PyType_Type");
	struct python python = {.typing = typing};

	if (!symbol)
		return NULL;
	python.type_type = symbol->address;
	cw_map_init(&python.by_address);
	struct cw_error *err =
		cw_typing_each_used(typing, progress, block_look, &python);
	if (!err)
		err = cw_typing_each_used(typing, progress, storages_look,
					  &python);
	cw_map_deinit(&python.by_address);
	cw_array_deinit(&python.types);
	return err;
}
