#include "dwarf/record.h"

#include <string.h>

#include "base/memory.h"
#include "dwarf/location.h"
#include "dwarf/spelling.h"
#include "dwarf/variant.h"

enum {
	MAX_CHILDREN = 1 << 20,
};

/* Where a member begins; virtual bases have no fixed place. */
static void place_use(const struct cw_value *value,
		      struct cw_raw_member *member)
{
	if (cw_value_number(value, &member->offset))
		return;
	if (value->kind == CW_VALUE_BYTES &&
	    !cw_location_offset(value->bytes, value->size, &member->offset)) {
		member->is_virtual_base = member->is_base;
		cw_location_vtable_offset(value->bytes, value->size,
					  &member->offset);
	}
}

/* What says of bits where they are, in two ways. */
struct raw_bits {
	uint64_t size, data_offset, offset, storage_size;
	bool has_data_offset, has_offset;
};

static void bits_use(const struct raw_bits *bits, struct cw_raw_member *member)
{
	if (bits->size == 0 || bits->size > 1024)
		return;
	member->bit_size = bits->size;
	if (bits->has_data_offset) {
		member->offset += bits->data_offset / 8;
		member->bit_offset = bits->data_offset % 8;
		return;
	}
	if (!bits->has_offset)
		return;
	member->is_bit_offset_from_top = true;
	member->bit_offset = bits->offset;
	if (bits->storage_size <= 64)
		member->storage_size = bits->storage_size;
}

/* What the attribute says; whether it makes the member a static one. */
static bool member_use(unsigned name, const struct cw_value *value,
		       struct cw_raw_member *member, struct raw_bits *bits)
{
	uint64_t number;

	switch (name) {
	case DW_AT_external:
	case DW_AT_declaration:
		return !member->is_base && value->number;
	case DW_AT_name:
		if (!member->is_base)
			member->name = cw_value_text(value);
		break;
	case DW_AT_type:
		cw_value_reference(value, &member->type);
		break;
	case DW_AT_artificial:
		member->is_artificial = value->number;
		break;
	case DW_AT_virtuality:
		if (cw_value_number(value, &number) && number)
			member->is_virtual_base = member->is_base;
		break;
	case DW_AT_data_member_location:
		place_use(value, member);
		break;
	case DW_AT_bit_size:
		cw_value_number(value, &bits->size);
		break;
	case DW_AT_byte_size:
		cw_value_number(value, &bits->storage_size);
		break;
	case DW_AT_bit_offset:
		bits->has_offset = cw_value_number(value, &bits->offset);
		break;
	case DW_AT_data_bit_offset:
		bits->has_data_offset =
			cw_value_number(value, &bits->data_offset);
		break;
	}
	return false;
}

bool cw_record_read_member(struct cw_type_record *record,
			   const struct cw_die *die, struct cw_raw_member *ret)
{
	struct cw_attributes attributes;
	struct cw_value value;
	struct raw_bits bits = {0};
	struct cw_raw_member member = {
		.is_base = cw_die_tag(die) == DW_TAG_inheritance,
	};
	unsigned name;

	cw_attributes_init(&attributes, die);
	while (cw_attributes_next(&attributes, &name, &value))
		if (member_use(name, &value, &member, &bits))
			return false;
	if (member.type)
		member.hash = cw_spelling_hash(record->file, member.type);
	bits_use(&bits, &member);
	*ret = member;
	return true;
}

struct cw_member cw_record_member(struct cw_type_record *record,
				  const struct cw_raw_member *raw)
{
	struct cw_member member = {
		.name = raw->name,
		.type = cw_reader_type(record->store, record->file, raw->type),
		.offset = raw->offset,
		.bit_offset = raw->bit_offset,
		.bit_size = raw->bit_size,
		.is_base = raw->is_base,
		.is_virtual_base = raw->is_virtual_base,
		.is_artificial = raw->is_artificial,
	};

	if (raw->is_bit_offset_from_top) {
		uint64_t storage = raw->storage_size ? raw->storage_size
						     : member.type->size;
		uint64_t bit = raw->offset * 8 + storage * 8 -
			       (int32_t)raw->bit_offset - raw->bit_size;
		member.offset = bit / 8;
		member.bit_offset = bit % 8;
	}
	return member;
}

static void argument_read(const struct cw_die *die,
			  struct cw_record_children *children)
{
	struct cw_raw_argument argument = {.name = cw_die_name(die)};
	uint64_t value;

	cw_die_reference(die, DW_AT_type, &argument.type);
	if (cw_die_number(die, DW_AT_const_value, &value)) {
		argument.has_value = true;
		argument.value = value;
	}
	*cw_array_push(&children->arguments) = argument;
}

/* A pack's own arguments have no names. */
static void pack_read(const struct cw_die *die,
		      struct cw_record_children *children)
{
	const char *name = cw_die_name(die);
	struct cw_die child;

	if (!cw_die_child(die, &child))
		return;
	do {
		unsigned tag = cw_die_tag(&child);
		if (tag != DW_TAG_template_type_parameter &&
		    tag != DW_TAG_template_value_parameter)
			continue;
		size_t at = children->arguments.num;
		argument_read(&child, children);
		if (!children->arguments.items[at].name)
			children->arguments.items[at].name = name;
	} while (cw_die_next(&child));
}

static void child_read(struct cw_type_record *record, const struct cw_die *die,
		       struct cw_record_children *children)
{
	switch (cw_die_tag(die)) {
	case DW_TAG_member:
	case DW_TAG_inheritance: {
		struct cw_raw_member member;
		if (cw_record_read_member(record, die, &member))
			*cw_array_push(&children->members) = member;
		break;
	}
	case DW_TAG_variant_part:
		if (!record->raw_variants)
			record->raw_variants = cw_variants_read(record, die);
		break;
	case DW_TAG_enumerator: {
		uint64_t value = 0;
		cw_die_number(die, DW_AT_const_value, &value);
		*cw_array_push(&children->enumerators) =
			(struct cw_enumerator){cw_die_name(die), value};
		break;
	}
	case DW_TAG_template_type_parameter:
	case DW_TAG_template_value_parameter:
		argument_read(die, children);
		break;
	case DW_TAG_GNU_template_parameter_pack:
		pack_read(die, children);
		break;
	}
}

void cw_record_read_attributes(struct cw_type_record *record,
			       const struct cw_die *die)
{
	uint64_t alignment;

	if (cw_die_number(die, DW_AT_alignment, &alignment) &&
	    alignment <= UINT32_MAX && (alignment & (alignment - 1)) == 0)
		record->type.alignment = alignment;
	if (cw_die_reference(die, DW_AT_containing_type, &record->containing))
		record->containing_hash =
			cw_spelling_hash(record->file, record->containing);
}

void cw_record_read_children(struct cw_type_record *record,
			     const struct cw_die *die)
{
	struct cw_record_children *children = record->store->children;
	struct cw_die child;
	unsigned num = 0;

	children->members.num = 0;
	children->enumerators.num = 0;
	children->arguments.num = 0;
	if (!cw_die_child(die, &child))
		return;
	do {
		child_read(record, &child, children);
	} while (cw_die_next(&child) && ++num < MAX_CHILDREN);

	record->num_members = children->members.num;
	record->raw_members = children->members.items;
	record->num_enumerators = children->enumerators.num;
	record->enumerators = children->enumerators.items;
	record->num_arguments = children->arguments.num;
	record->raw_arguments = children->arguments.items;
}

/* Copies @num items of @size bytes to the arena. */
static void *keep(struct cw_arena *arena, const void *items, size_t num,
		  size_t size)
{
	if (num == 0)
		return NULL;
	return memcpy(cw_arena_alloc(arena, num * size), items, num * size);
}

void cw_record_keep_children(struct cw_type_record *record)
{
	struct cw_arena *arena = record->store->arena;

	record->raw_members =
		keep(arena, record->raw_members, record->num_members,
		     sizeof(*record->raw_members));
	record->enumerators =
		keep(arena, record->enumerators, record->num_enumerators,
		     sizeof(*record->enumerators));
	record->raw_arguments =
		keep(arena, record->raw_arguments, record->num_arguments,
		     sizeof(*record->raw_arguments));
}

static uint64_t hash_add(uint64_t hash, uint64_t value)
{
	return cw_hash_mix(hash * 31 + value + 1);
}

static uint64_t hash_add_text(uint64_t hash, const char *text)
{
	return hash_add(hash, text ? cw_hash_bytes(text, strlen(text)) : 0);
}

uint64_t cw_raw_member_hash(uint64_t hash, const struct cw_raw_member *member)
{
	hash = hash_add_text(hash, member->name);
	hash = hash_add(hash, member->offset);
	hash = hash_add(hash,
			(uint64_t)member->bit_offset << 32 | member->bit_size);
	return hash_add(hash, member->hash);
}

uint64_t cw_record_hash(const struct cw_type_record *record, uint32_t name_hash)
{
	const struct cw_type *type = &record->type;
	uint64_t hash = type->kind;

	hash = hash_add(hash, name_hash);
	hash = hash_add_text(hash, type->qualifier);
	hash = hash_add(hash, type->size);
	hash = hash_add(hash, type->count);
	hash = hash_add(hash, type->encoding);
	hash = hash_add(hash, type->is_declaration);
	hash = hash_add(hash, type->target ? type->target->id : 0);
	for (uint32_t i = 0; i < record->num_members; i++)
		hash = cw_raw_member_hash(hash, &record->raw_members[i]);
	if (record->raw_variants)
		hash = cw_variants_hash(hash, record->raw_variants);
	hash = hash_add(hash, record->containing_hash);
	for (uint32_t i = 0; i < record->num_enumerators; i++) {
		hash = hash_add_text(hash, record->enumerators[i].name);
		hash = hash_add(hash, record->enumerators[i].value);
	}
	return hash;
}
