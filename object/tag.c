#include "object/tag.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "object/kin.h"

enum {
	MAX_TAG_DEPTH = 3,
	MAX_TAG_BITS = 32,
};

bool cw_tag_read(const struct cw_target *target, const struct cw_tag *tag,
		 cw_addr object, uint32_t *ret)
{
	uint64_t size = (tag->bit_offset + tag->bit_size + 7) / 8, value = 0;
	const unsigned char *bytes =
		cw_target_bytes(target, object + tag->offset, size);

	if (!bytes || size > 8)
		return false;
	memcpy(&value, bytes, size);
	value = value >> tag->bit_offset & ((UINT64_C(1) << tag->bit_size) - 1);
	if (value >= CW_NUM_TAG_VALUES)
		return false;
	*ret = value;
	return true;
}

static bool is_number(const struct cw_type *type,
		      const struct cw_member *member)
{
	if (type->kind != CW_TYPE_ENUM &&
	    (type->kind != CW_TYPE_BASE || type->encoding == CW_ENCODING_FLOAT))
		return false;
	return type->size <= 4 || member->bit_size > 0;
}

/* A struct or union whose numbers are still to be looked for. */
struct part {
	const struct cw_type *type;
	uint64_t offset;
	unsigned depth;
};

/* The numbers among the members; aggregates are added to @parts. */
static uint32_t numbers_add(const struct part *part, size_t num_members,
			    struct part *parts, uint32_t *num_parts,
			    struct cw_tag *tags, uint32_t num)
{
	const struct cw_member *members;

	cw_type_members(part->type, &members);
	for (size_t i = 0; i < num_members && num < CW_MAX_TAGS; i++) {
		const struct cw_type *inner = cw_type_strip(members[i].type);
		uint64_t at = part->offset + members[i].offset;
		uint32_t bits = members[i].bit_size ? members[i].bit_size
						    : inner->size * 8;

		if (cw_type_is_aggregate(inner) &&
		    !members[i].is_virtual_base &&
		    part->depth < MAX_TAG_DEPTH && *num_parts < CW_MAX_TAGS)
			parts[(*num_parts)++] =
				(struct part){inner, at, part->depth + 1};
		if (is_number(inner, &members[i]) && bits > 0 &&
		    bits <= MAX_TAG_BITS && bits + members[i].bit_offset <= 64)
			tags[num++] = (struct cw_tag){at, members[i].bit_offset,
						      bits, inner};
	}
	return num;
}

uint32_t cw_tags_of(const struct cw_type *type, bool is_any_first,
		    struct cw_tag *tags, uint32_t num)
{
	struct part parts[CW_MAX_TAGS] = {{type, 0, 0}};
	uint32_t num_parts = 1;

	for (uint32_t i = 0; i < num_parts; i++) {
		const struct cw_member *members;
		size_t num_members = cw_type_members(parts[i].type, &members);
		if (parts[i].type->kind == CW_TYPE_UNION && num_members > 1)
			num_members = is_any_first && i == 0;
		num = numbers_add(&parts[i], num_members, parts, &num_parts,
				  tags, num);
	}
	return num;
}

void cw_taggings_init(struct cw_taggings *taggings)
{
	*taggings = (struct cw_taggings){0};
	cw_map_init(&taggings->by_header);
	cw_map_init(&taggings->by_type);
}

void cw_taggings_deinit(struct cw_taggings *taggings)
{
	cw_array_foreach(tagging, &taggings->items) free(*tagging);
	cw_array_deinit(&taggings->items);
	cw_map_deinit(&taggings->by_header);
	cw_map_deinit(&taggings->by_type);
}

static const struct cw_tagging *find(const struct cw_taggings *taggings,
				     const struct cw_map *map, uint32_t id)
{
	uint32_t number;

	return cw_map_get(map, id, &number) ? taggings->items.items[number]
					    : NULL;
}

struct cw_tagging *cw_taggings_place(struct cw_taggings *taggings,
				     const struct cw_type *header)
{
	uint32_t number = *cw_map_place(&taggings->by_header, header->id,
					taggings->items.num);

	if (number == taggings->items.num) {
		struct cw_tagging *tagging = cw_alloc(sizeof(*tagging));
		tagging->header = header;
		*cw_array_push(&taggings->items) = tagging;
	}
	return taggings->items.items[number];
}

const struct cw_tagging *cw_tagging_of_type(const struct cw_taggings *taggings,
					    const struct cw_type *type)
{
	return find(taggings, &taggings->by_type, type->id);
}

void cw_taggings_note(struct cw_taggings *taggings, struct cw_tagging *tagging)
{
	uint32_t number;

	cw_map_get(&taggings->by_header, tagging->header->id, &number);
	for (uint32_t i = 0; i < CW_NUM_TAG_VALUES; i++)
		if (tagging->told[i].type)
			cw_map_set(&taggings->by_type, tagging->told[i].type,
				   number);
}

const struct cw_told *cw_tagging_tell(const struct cw_tagging *tagging,
				      const struct cw_target *target,
				      cw_addr object)
{
	uint32_t value;

	if (!cw_tag_read(target, &tagging->tag, object, &value) ||
	    tagging->told[value].type == 0)
		return NULL;
	return &tagging->told[value];
}

/* The member that has the tag, at *offset within. */
static const struct cw_member *member_of(const struct cw_type *type,
					 const struct cw_tag *tag,
					 uint64_t *offset)
{
	const struct cw_member *members, *found = NULL;
	size_t num = cw_type_members(type, &members);

	for (size_t i = 0; i < num; i++) {
		const struct cw_type *inner = cw_type_strip(members[i].type);
		bool is_inside = *offset >= members[i].offset &&
				 *offset - members[i].offset < inner->size;
		bool is_bits = members[i].bit_size == 0 ||
			       (members[i].bit_size == tag->bit_size &&
				members[i].bit_offset == tag->bit_offset);
		if (!is_inside || !is_bits)
			continue;
		/* Of a union the smallest structure is what all have. */
		if (!found || (cw_type_is_aggregate(inner) &&
			       inner->size < cw_type_strip(found->type)->size))
			found = &members[i];
	}
	if (found)
		*offset -= found->offset;
	return found;
}

void cw_tagging_add_name(const struct cw_tagging *tagging, struct cw_text *text)
{
	const struct cw_type *type = tagging->header;
	uint64_t offset = tagging->tag.offset;
	bool is_byte = false;

	cw_type_print(type, text);
	for (unsigned depth = 0;
	     cw_type_is_aggregate(type) && depth <= MAX_TAG_DEPTH; depth++) {
		const struct cw_member *member =
			member_of(type, &tagging->tag, &offset);
		if (!member)
			return;
		if (member->name)
			cw_text_addf(text, ".%s", member->name);
		type = cw_type_strip(member->type);
		is_byte = member->bit_size == 0 &&
			  tagging->tag.bit_size < 8 * type->size;
	}
	if (is_byte)
		cw_text_addf(text, ", byte %" PRIu32,
			     tagging->tag.bit_offset / 8);
}

bool cw_tags_contradict(const struct cw_taggings *taggings,
			struct cw_debug *debug, const struct cw_target *target,
			const struct cw_type *type, cw_addr address)
{
	const struct cw_tagging *tagging = cw_tagging_of_type(taggings, type);
	const struct cw_told *told =
		tagging ? cw_tagging_tell(tagging, target, address) : NULL;

	return told && told->type != type->id &&
	       !cw_type_agrees(cw_debug_type(debug, told->type), type, 0);
}
