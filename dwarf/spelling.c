#include "dwarf/spelling.h"

#include <string.h>

#include "base/memory.h"
#include "dwarf/reader.h"

enum {
	/* DIEs of one type: what is behind says no more. */
	MAX_DIES = 64,
};

/* A type of which the rest of it is made. */
struct part {
	struct cw_debug_file *file;
	uint64_t key;
};

struct spelling {
	uint64_t hash;
	struct part parts[MAX_DIES];
	unsigned num;
};

static void number_add(struct spelling *spelling, uint64_t number)
{
	spelling->hash = cw_hash_mix(spelling->hash * 31 + number + 1);
}

static void text_add(struct spelling *spelling, const char *text)
{
	number_add(spelling, text ? cw_hash_bytes(text, strlen(text)) : 0);
}

/* What @die refers to is a part, too. */
static void part_add(struct spelling *spelling, struct cw_debug_file *file,
		     const struct cw_die *die, unsigned attribute)
{
	uint64_t key = 0;

	if (spelling->num == MAX_DIES)
		return;
	if (!cw_die_reference(die, attribute, &key)) {
		number_add(spelling, 0); /* void */
		return;
	}
	file = cw_debug_file_at(file, &key);
	spelling->parts[spelling->num++] = (struct part){file, key};
}

static void members_add(struct spelling *spelling, struct cw_debug_file *file,
			const struct cw_die *die)
{
	struct cw_die child;

	if (!cw_die_child(die, &child))
		return;
	do {
		if (cw_die_tag(&child) != DW_TAG_member)
			continue;
		text_add(spelling, cw_die_name(&child));
		part_add(spelling, file, &child, DW_AT_type);
	} while (spelling->num < MAX_DIES && cw_die_next(&child));
}

/* Not by name: compilers do not agree on these. */
static void base_add(struct spelling *spelling, const struct cw_die *die)
{
	static const unsigned attributes[] = {DW_AT_byte_size, DW_AT_encoding};

	for (unsigned i = 0; i < cw_num_elements(attributes); i++) {
		uint64_t value = 0;
		cw_die_number(die, attributes[i], &value);
		number_add(spelling, value);
	}
}

/* Not base types: compilers do not agree on their names. */
static bool is_by_name(const struct cw_index_entry *entry)
{
	return entry && entry->name && entry->tag != DW_TAG_base_type;
}

static void die_add(struct spelling *spelling, const struct part *part)
{
	struct cw_debug_file *file = part->file;
	const struct cw_index_entry *entry =
		cw_index_at(&file->index, part->key);
	struct cw_die die;

	if (is_by_name(entry)) {
		number_add(spelling, entry->hash);
		return;
	}
	if (!cw_die_at(&file->library, part->key, &die))
		return;
	unsigned tag = cw_die_tag(&die);
	if (cw_tag_is_aggregate(tag) && cw_die_has(&die, DW_AT_signature)) {
		part_add(spelling, file, &die, DW_AT_signature);
		return;
	}
	number_add(spelling, tag);
	if (tag == DW_TAG_base_type)
		base_add(spelling, &die);
	else if (cw_tag_is_aggregate(tag))
		members_add(spelling, file, &die);
	else if (tag != DW_TAG_enumeration_type &&
		 tag != DW_TAG_subroutine_type)
		part_add(spelling, file, &die, DW_AT_type);
}

uint64_t cw_spelling_hash(struct cw_debug_file *file, uint64_t key)
{
	struct spelling spelling;
	uint32_t known;

	file = cw_debug_file_at(file, &key);
	spelling.hash = 0;
	spelling.num = 1;
	spelling.parts[0] = (struct part){file, key};
	const struct cw_index_entry *entry = cw_index_at(&file->index, key);
	if (is_by_name(entry)) {
		number_add(&spelling, entry->hash);
		return (uint32_t)spelling.hash;
	}
	if (cw_map_get(&file->spellings, key, &known))
		return known;
	for (unsigned i = 0; i < spelling.num; i++) {
		struct part next = spelling.parts[i];
		die_add(&spelling, &next);
	}
	cw_map_set(&file->spellings, key, (uint32_t)spelling.hash);
	return (uint32_t)spelling.hash;
}
