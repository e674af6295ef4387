#include "dwarf/record.h"

#include <string.h>

#include "base/memory.h"
#include "dwarf/location.h"

enum {
	MAX_CHILDREN = 1 << 20,
};

/* Lists that grow while the children are read, then go to the arena. */
struct children {
	CW_ARRAY(struct cw_raw_member) members;
	CW_ARRAY(struct cw_enumerator) enumerators;
	CW_ARRAY(struct cw_raw_argument) arguments;
};

static uint64_t named_hash(const struct cw_debug_file *file, uint64_t key)
{
	const struct cw_index_entry *entry = cw_index_at(&file->index, key);

	return entry ? entry->hash : 0;
}

/* Where a member begins; virtual bases have no fixed place. */
static void place_read(struct cw_library *library, Dwarf_Die die,
		       struct cw_raw_member *member)
{
	const unsigned char *expression;
	uint64_t value, size;

	if (cw_die_number(library, die, DW_AT_data_member_location, &value)) {
		member->offset = value;
	} else if (cw_die_block(library, die, DW_AT_data_member_location,
				&expression, &size)) {
		if (!cw_location_offset(expression, size, &member->offset))
			member->is_virtual_base = member->is_base;
	}
}

static void bits_read(struct cw_library *library, Dwarf_Die die,
		      struct cw_raw_member *member)
{
	uint64_t value;

	if (!cw_die_number(library, die, DW_AT_bit_size, &value) ||
	    value == 0 || value > 1024)
		return;
	member->bit_size = value;
	if (cw_die_number(library, die, DW_AT_data_bit_offset, &value)) {
		member->offset += value / 8;
		member->bit_offset = value % 8;
		return;
	}
	if (!cw_die_number(library, die, DW_AT_bit_offset, &value))
		return;
	member->is_bit_offset_from_top = true;
	member->bit_offset = value;
	if (cw_die_number(library, die, DW_AT_byte_size, &value) && value <= 64)
		member->storage_size = value;
}

static void member_read(struct cw_type_record *record, Dwarf_Die die,
			bool is_base, struct children *children)
{
	struct cw_library *library = &record->file->library;
	struct cw_raw_member member = {.is_base = is_base};
	uint64_t virtuality;

	/* Static members: DWARF 2 to 4 give them the tag of a member. */
	if (!is_base && (cw_die_flag(library, die, DW_AT_external) ||
			 cw_die_flag(library, die, DW_AT_declaration)))
		return;
	if (!is_base)
		member.name = cw_die_name(library, die);
	if (cw_die_reference(library, die, DW_AT_type, &member.type))
		member.hash = named_hash(record->file, member.type);
	if (cw_die_number(library, die, DW_AT_virtuality, &virtuality))
		member.is_virtual_base = is_base && virtuality != 0;
	member.is_artificial = cw_die_flag(library, die, DW_AT_artificial);
	place_read(library, die, &member);
	bits_read(library, die, &member);
	*cw_array_push(&children->members) = member;
}

static void child_read(struct cw_type_record *record, Dwarf_Die die,
		       struct children *children)
{
	struct cw_library *library = &record->file->library;

	switch (cw_die_tag(die)) {
	case DW_TAG_member:
		member_read(record, die, false, children);
		break;
	case DW_TAG_inheritance:
		member_read(record, die, true, children);
		break;
	case DW_TAG_enumerator: {
		uint64_t value = 0;
		cw_die_number(library, die, DW_AT_const_value, &value);
		*cw_array_push(&children->enumerators) = (struct cw_enumerator){
			cw_die_name(library, die), value};
		break;
	}
	case DW_TAG_template_type_parameter: {
		struct cw_raw_argument argument = {cw_die_name(library, die),
						   0};
		cw_die_reference(library, die, DW_AT_type, &argument.type);
		*cw_array_push(&children->arguments) = argument;
		break;
	}
	}
}

/* Copies @num items of @size bytes to the arena. */
static void *keep(struct cw_arena *arena, const void *items, size_t num,
		  size_t size)
{
	if (num == 0)
		return NULL;

	void *copy = cw_arena_alloc(arena, num * size);
	memcpy(copy, items, num * size);
	return copy;
}

void cw_record_read_children(struct cw_type_record *record, Dwarf_Die die)
{
	struct cw_library *library = &record->file->library;
	struct children children = {0};
	Dwarf_Die child;
	unsigned num = 0;

	if (!cw_die_child(library, die, &child))
		return;
	do {
		child_read(record, child, &children);
	} while (cw_die_next(library, &child) && ++num < MAX_CHILDREN);
	cw_die_free(child);

	struct cw_arena *arena = record->store->arena;
	record->num_members = children.members.num;
	record->raw_members =
		keep(arena, children.members.items, children.members.num,
		     sizeof(*children.members.items));
	record->num_enumerators = children.enumerators.num;
	record->enumerators = keep(arena, children.enumerators.items,
				   children.enumerators.num,
				   sizeof(*children.enumerators.items));
	record->num_arguments = children.arguments.num;
	record->raw_arguments =
		keep(arena, children.arguments.items, children.arguments.num,
		     sizeof(*children.arguments.items));
	cw_array_deinit(&children.members);
	cw_array_deinit(&children.enumerators);
	cw_array_deinit(&children.arguments);
}

static uint64_t hash_add(uint64_t hash, uint64_t value)
{
	return cw_hash_mix(hash * 31 + value + 1);
}

static uint64_t hash_add_text(uint64_t hash, const char *text)
{
	return hash_add(hash, text ? cw_hash_bytes(text, strlen(text)) : 0);
}

uint64_t cw_record_hash(const struct cw_type_record *record)
{
	const struct cw_type *type = &record->type;
	uint64_t hash = type->kind;

	hash = hash_add_text(hash, type->name);
	hash = hash_add_text(hash, type->qualifier);
	hash = hash_add(hash, type->size);
	hash = hash_add(hash, type->count);
	hash = hash_add(hash, type->encoding);
	hash = hash_add(hash, type->is_declaration);
	hash = hash_add(hash, type->target ? type->target->id : 0);
	for (uint32_t i = 0; i < record->num_members; i++) {
		const struct cw_raw_member *member = &record->raw_members[i];
		hash = hash_add_text(hash, member->name);
		hash = hash_add(hash, member->offset);
		hash = hash_add(hash, (uint64_t)member->bit_offset << 32 |
					      member->bit_size);
		hash = hash_add(hash, member->hash);
	}
	for (uint32_t i = 0; i < record->num_enumerators; i++) {
		hash = hash_add_text(hash, record->enumerators[i].name);
		hash = hash_add(hash, record->enumerators[i].value);
	}
	return hash;
}
