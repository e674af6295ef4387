/*
 * Layout, GLib 2.36 and later on 64 bits (gobject/gtype.c, glib/gquark.c):
 *
 *	TypeNode	 0 int ref_count	20 byte number of ancestors
 *			32 data			40 int name, a quark
 *			72 the type itself, its ancestors
 *	InstanceData	 8 short size of the class
 *			56 the class	64 short size of an instance
 *			66 short size of what is private
 *	instance	private bytes, then	 0 the class
 *	class		 0 the type
 *	quarks		an array of texts, of which the first is none
 */
#include "object/gobject.h"

#include <ctype.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "object/claim.h"
#include "target/symbol.h"

enum {
	NODE_ANCESTORS = 20,
	NODE_DATA = 32,
	NODE_QUARK = 40,
	NODE_SELF = 72,
	NODE_SIZE = 88,
	DATA_CLASS = 56,
	DATA_SIZES = 64,
	MAX_ANCESTORS = 64,
	MAX_FUNDAMENTAL = 255 << 2,
	MAX_QUARK = 1 << 24,
	MAX_NAME = 256,
	MAX_TYPES = 1 << 16,
	MAX_PRIVATE_SIZES = 64,
	ALLOCATOR_SLACK = 32,
};

/* A type whose class is there. */
struct gtype {
	cw_addr node, class;
	uint32_t quark;
	uint32_t id; /* of its name */
	uint16_t instance_size, private_size;
};

struct gobject {
	struct cw_typing *typing;
	CW_ARRAY(struct gtype) types;
	struct cw_map by_class; /* to number in types */
	uint32_t max_quark;
	cw_addr quarks;
	uint16_t private_sizes[MAX_PRIVATE_SIZES];
	unsigned num_private_sizes;
};

static bool word_at(const struct gobject *gobject, cw_addr address,
		    uint64_t *ret)
{
	return cw_target_read_word(gobject->typing->target, address, ret);
}

static bool is_settled(const struct cw_typing *typing,
		       const struct cw_block *block)
{
	uint32_t number = cw_block_index_block(typing->index, block->granule);

	return typing->facts[number].confidence >= CW_CONFIDENCE_DERIVED;
}

/* Whether @block is the node of a type that is derived from another. */
static bool is_node(const struct gobject *gobject, const struct cw_block *block)
{
	uint64_t self, word, last;

	if (block->size < NODE_SIZE ||
	    !word_at(gobject, block->address + NODE_SELF, &self) ||
	    self != block->address ||
	    !word_at(gobject, block->address + (NODE_ANCESTORS & ~7), &word))
		return false;
	uint64_t num = word >> (NODE_ANCESTORS % 8 * 8) & 0xff;
	return num > 0 && num < MAX_ANCESTORS &&
	       word_at(gobject, block->address + NODE_SELF + 8 * num, &last) &&
	       last > 0 && last <= MAX_FUNDAMENTAL && last % 4 == 0;
}

static void node_look(void *context, const struct cw_block *block)
{
	struct gobject *gobject = context;
	struct gtype type = {.node = block->address};
	uint64_t data, sizes, quark, own_type;

	if (!is_node(gobject, block) || gobject->types.num >= MAX_TYPES ||
	    !word_at(gobject, block->address + NODE_QUARK, &quark) ||
	    !word_at(gobject, block->address + NODE_DATA, &data) ||
	    !word_at(gobject, data + DATA_CLASS, &type.class) ||
	    !word_at(gobject, data + DATA_SIZES, &sizes) ||
	    !word_at(gobject, type.class, &own_type) ||
	    own_type != block->address)
		return;
	type.quark = quark & UINT32_MAX;
	type.instance_size = sizes & 0xffff;
	type.private_size = sizes >> 16 & 0xffff;
	if (type.quark == 0 || type.quark > MAX_QUARK ||
	    type.instance_size < 8 || type.private_size % 8)
		return;
	if (type.quark > gobject->max_quark)
		gobject->max_quark = type.quark;
	cw_map_set(&gobject->by_class, type.class, gobject->types.num);
	*cw_array_push(&gobject->types) = type;
}

static bool is_type_name(const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)name[i]) && !strchr("_-+", name[i]))
			return false;
	return length > 0 && length < MAX_NAME;
}

static char *name_of(const struct gobject *gobject, cw_addr quarks,
		     const struct gtype *type)
{
	uint64_t text;

	if (!word_at(gobject, quarks + UINT64_C(8) * type->quark, &text) ||
	    text == 0)
		return NULL;
	return cw_target_read_string(gobject->typing->target, text, MAX_NAME);
}

/* The table of strings is the one in which all types have names. */
static void quarks_look(void *context, const struct cw_block *block)
{
	struct gobject *gobject = context;
	uint64_t first;

	if (gobject->quarks ||
	    block->size < 8 * (gobject->max_quark + UINT64_C(1)) ||
	    !word_at(gobject, block->address, &first) || first != 0)
		return;
	cw_array_foreach(type, &gobject->types)
	{
		cw_cleanup_free char *name =
			name_of(gobject, block->address, type);
		if (!name || !is_type_name(name))
			return;
	}
	gobject->quarks = block->address;
}

static void types_name(struct gobject *gobject)
{
	struct cw_typing *typing = gobject->typing;

	cw_array_foreach(type, &gobject->types)
	{
		cw_cleanup_free char *name =
			name_of(gobject, gobject->quarks, type);
		unsigned i = 0;

		type->id = cw_typing_name_id(
			typing, cw_arena_strdup(&typing->arena, name));
		while (i < gobject->num_private_sizes &&
		       gobject->private_sizes[i] != type->private_size)
			i++;
		if (i == gobject->num_private_sizes && i < MAX_PRIVATE_SIZES)
			gobject->private_sizes[gobject->num_private_sizes++] =
				type->private_size;
	}
}

static void instance_look(void *context, const struct cw_block *block)
{
	struct gobject *gobject = context;

	if (is_settled(gobject->typing, block))
		return;
	for (unsigned i = 0; i < gobject->num_private_sizes; i++) {
		uint64_t before = gobject->private_sizes[i], class;
		uint32_t number;

		if (before + 8 > block->size ||
		    !word_at(gobject, block->address + before, &class) ||
		    !cw_map_get(&gobject->by_class, class, &number))
			continue;
		const struct gtype *type = &gobject->types.items[number];
		uint64_t size = before + type->instance_size;
		if (type->private_size == before && size <= block->size &&
		    block->size - size < ALLOCATOR_SLACK) {
			cw_typing_name_block(gobject->typing, block, type->id,
					     type->private_size,
					     CW_PROVENANCE_RULE);
			return;
		}
	}
}

static struct cw_error *seek(struct gobject *gobject,
			     struct cw_progress *progress)
{
	struct cw_typing *typing = gobject->typing;
	struct cw_error *err =
		cw_typing_each_used(typing, progress, node_look, gobject);

	if (err || gobject->types.num == 0)
		return err;
	err = cw_typing_each_used(typing, progress, quarks_look, gobject);
	if (err || !gobject->quarks)
		return err;
	types_name(gobject);
	return cw_typing_each_used(typing, progress, instance_look, gobject);
}

struct cw_error *cw_gobject_seek(struct cw_typing *typing,
				 struct cw_progress *progress)
{
	struct gobject gobject = {.typing = typing};

	if (!cw_symbol_find((struct cw_target *)typing->target,
			    "g_type_register_static"))
		return NULL;
	cw_map_init(&gobject.by_class);
	struct cw_error *err = seek(&gobject, progress);
	cw_map_deinit(&gobject.by_class);
	cw_array_deinit(&gobject.types);
	return err;
}
