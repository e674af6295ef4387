#include "dwarf/variant.h"

#include <string.h>

#include "base/memory.h"

enum {
	MAX_VARIANTS = 1 << 16,
	MAX_RANGES = 1 << 12, /* of one variant */
	MAX_DISCRIMINANT = 16,
	LEB_BITS = 7,
};

struct cw_raw_variant {
	bool is_default, has_value;
	unsigned __int128 value;
	const unsigned char *list; /* DW_AT_discr_list, or NULL */
	uint64_t list_size;
	uint32_t num_members;
	struct cw_raw_member *members;
};

struct cw_raw_variant_part {
	bool has_discriminant;
	struct cw_raw_member discriminant;
	uint32_t num_variants;
	struct cw_raw_variant *variants;
};

/* What the DIE says of the values that choose the variant. */
static void choice_read(const struct cw_die *die, struct cw_raw_variant *ret)
{
	struct cw_attributes attributes;
	struct cw_value value;
	unsigned name;

	ret->is_default = !cw_die_has(die, DW_AT_discr_value) &&
			  !cw_die_has(die, DW_AT_discr_list);
	cw_attributes_init(&attributes, die);
	while (cw_attributes_next(&attributes, &name, &value)) {
		if (name == DW_AT_discr_value)
			ret->has_value =
				cw_value_wide_number(&value, &ret->value);
		if (name != DW_AT_discr_list || value.kind != CW_VALUE_BYTES)
			continue;
		ret->list = value.bytes;
		ret->list_size = value.size;
	}
}

static void variant_read(struct cw_type_record *record,
			 const struct cw_die *die, struct cw_raw_variant *ret)
{
	CW_ARRAY(struct cw_raw_member) members = {0};
	struct cw_die child;

	choice_read(die, ret);
	if (!cw_die_child(die, &child))
		return;
	do {
		struct cw_raw_member member;
		if (cw_die_tag(&child) == DW_TAG_member &&
		    cw_record_read_member(record, &child, &member))
			*cw_array_push(&members) = member;
	} while (cw_die_next(&child));
	if (members.num) {
		size_t size = members.num * sizeof(*members.items);
		ret->num_members = members.num;
		ret->members = cw_arena_alloc(record->store->arena, size);
		memcpy(ret->members, members.items, size);
	}
	cw_array_deinit(&members);
}

static void discriminant_read(struct cw_type_record *record,
			      const struct cw_die *die,
			      struct cw_raw_variant_part *part)
{
	struct cw_library *library = &record->file->library;
	struct cw_die member;
	uint64_t key;

	if (!cw_die_reference(die, DW_AT_discr, &key) ||
	    !cw_die_at(library, key, &member) ||
	    cw_die_tag(&member) != DW_TAG_member)
		return;
	part->has_discriminant =
		cw_record_read_member(record, &member, &part->discriminant);
}

struct cw_raw_variant_part *cw_variants_read(struct cw_type_record *record,
					     const struct cw_die *die)
{
	struct cw_arena *arena = record->store->arena;
	struct cw_raw_variant_part *part = cw_arena_alloc(arena, sizeof(*part));
	CW_ARRAY(struct cw_raw_variant) variants = {0};
	struct cw_die child;

	discriminant_read(record, die, part);
	if (!cw_die_child(die, &child))
		return part;
	do {
		if (cw_die_tag(&child) != DW_TAG_variant)
			continue;
		struct cw_raw_variant variant = {0};
		variant_read(record, &child, &variant);
		*cw_array_push(&variants) = variant;
	} while (cw_die_next(&child) && variants.num < MAX_VARIANTS);
	if (variants.num) {
		size_t size = variants.num * sizeof(*variants.items);
		part->num_variants = variants.num;
		part->variants = cw_arena_alloc(arena, size);
		memcpy(part->variants, variants.items, size);
	}
	cw_array_deinit(&variants);
	return part;
}

uint64_t cw_variants_hash(uint64_t hash, const struct cw_raw_variant_part *part)
{
	if (part->has_discriminant)
		hash = cw_raw_member_hash(hash, &part->discriminant);
	for (uint32_t i = 0; i < part->num_variants; i++) {
		const struct cw_raw_variant *variant = &part->variants[i];
		hash = cw_hash_mix(hash ^ (uint64_t)variant->value);
		hash = cw_hash_mix(hash ^ variant->has_value);
		for (uint32_t j = 0; j < variant->num_members; j++)
			hash = cw_raw_member_hash(hash, &variant->members[j]);
	}
	return hash;
}

/* The low @size bytes of a number. */
static unsigned __int128 number_mask(unsigned __int128 value, uint64_t size)
{
	if (size >= sizeof(value))
		return value;
	return value & (((unsigned __int128)1 << (size * 8)) - 1);
}

static bool leb_read(const unsigned char **at, const unsigned char *end,
		     bool is_signed, unsigned __int128 *ret)
{
	unsigned __int128 value = 0;

	for (unsigned shift = 0; *at < end && shift < 128; shift += LEB_BITS) {
		unsigned byte = *(*at)++;
		value |= (unsigned __int128)(byte & 0x7f) << shift;
		if (byte & 0x80)
			continue;
		if (is_signed && (byte & 0x40) && shift + LEB_BITS < 128)
			value |= ~(unsigned __int128)0 << (shift + LEB_BITS);
		*ret = value;
		return true;
	}
	return false;
}

/* DW_AT_discr_list: each DW_DSC_label and a value, or DW_DSC_range and two. */
static uint32_t list_read(const struct cw_raw_variant *raw,
			  const struct cw_type *type,
			  struct cw_discriminant_range *ranges)
{
	const unsigned char *at = raw->list, *end = at + raw->list_size;
	bool is_signed = cw_type_strip(type)->encoding == CW_ENCODING_SIGNED;
	uint32_t num = 0;

	while (at < end && num < MAX_RANGES) {
		unsigned kind = *at++;
		unsigned __int128 first, last;
		if (kind > DW_DSC_range ||
		    !leb_read(&at, end, is_signed, &first))
			break;
		last = first;
		if (kind == DW_DSC_range &&
		    !leb_read(&at, end, is_signed, &last))
			break;
		if (ranges)
			ranges[num] = (struct cw_discriminant_range){
				number_mask(first, type->size),
				number_mask(last, type->size)};
		num++;
	}
	return num;
}

static void ranges_resolve(struct cw_arena *arena,
			   const struct cw_raw_variant *raw,
			   const struct cw_type *type, struct cw_variant *ret)
{
	struct cw_discriminant_range *ranges;
	uint32_t num = raw->has_value;

	if (raw->list)
		num = list_read(raw, type, NULL);
	if (num == 0)
		return;
	ranges = cw_arena_alloc(arena, num * sizeof(*ranges));
	if (raw->list) {
		list_read(raw, type, ranges);
	} else {
		ranges->first = number_mask(raw->value, type->size);
		ranges->last = ranges->first;
	}
	ret->ranges = ranges;
	ret->num_ranges = num;
}

static void variant_resolve(struct cw_type_record *record,
			    const struct cw_raw_variant *raw,
			    const struct cw_variant_part *part,
			    struct cw_variant *ret)
{
	struct cw_arena *arena = record->store->arena;
	struct cw_member *members = NULL;

	if (raw->num_members)
		members = cw_arena_alloc(arena,
					 raw->num_members * sizeof(*members));
	for (uint32_t i = 0; i < raw->num_members; i++)
		members[i] = cw_record_member(record, &raw->members[i]);
	ret->members = members;
	ret->num_members = raw->num_members;
	ret->is_default = raw->is_default;
	if (part->has_discriminant)
		ranges_resolve(arena, raw, part->discriminant.type, ret);
}

const struct cw_variant_part *cw_type_variants(const struct cw_type *type)
{
	struct cw_type_record *record = (struct cw_type_record *)type;
	const struct cw_raw_variant_part *raw = record->raw_variants;

	if (!raw || record->variants)
		return record->variants;

	struct cw_arena *arena = record->store->arena;
	struct cw_variant_part *part = cw_arena_alloc(arena, sizeof(*part));
	if (raw->has_discriminant) {
		part->discriminant =
			cw_record_member(record, &raw->discriminant);
		uint64_t size = part->discriminant.type->size;
		part->has_discriminant = size > 0 && size <= MAX_DISCRIMINANT;
	}
	struct cw_variant *variants = NULL;
	if (raw->num_variants)
		variants = cw_arena_alloc(arena, raw->num_variants *
							 sizeof(*variants));
	for (uint32_t i = 0; i < raw->num_variants; i++)
		variant_resolve(record, &raw->variants[i], part, &variants[i]);
	part->variants = variants;
	part->num_variants = raw->num_variants;
	record->variants = part;
	return part;
}

static bool variant_has(const struct cw_variant *variant,
			unsigned __int128 value)
{
	for (uint32_t i = 0; i < variant->num_ranges; i++) {
		const struct cw_discriminant_range *range = &variant->ranges[i];
		/* One of negative numbers goes around the end. */
		if (range->first <= range->last
			    ? value >= range->first && value <= range->last
			    : value >= range->first || value <= range->last)
			return true;
	}
	return false;
}

/* An enum without any variant, of which there are no values. */
static bool is_uninhabited(const struct cw_type *type)
{
	const struct cw_variant_part *part = cw_type_variants(type);

	return part && part->num_variants == 0;
}

/* The Err of Result<T, Infallible> has a member, but never is there. */
static bool variant_is_possible(const struct cw_variant *variant)
{
	const struct cw_member *members;

	if (variant->num_members == 0)
		return false;
	size_t num = cw_type_members(variant->members[0].type, &members);
	for (size_t i = 0; i < num; i++)
		if (is_uninhabited(members[i].type))
			return false;
	return true;
}

/* Without a discriminant the others cannot exist. */
static const struct cw_variant *only_variant(const struct cw_variant_part *part)
{
	const struct cw_variant *only = NULL;

	for (uint32_t i = 0; i < part->num_variants; i++) {
		if (!variant_is_possible(&part->variants[i]))
			continue;
		if (only)
			return NULL;
		only = &part->variants[i];
	}
	return only;
}

const struct cw_variant *cw_variant_active(const struct cw_type *type,
					   const unsigned char *object)
{
	const struct cw_variant_part *part = cw_type_variants(type);
	const struct cw_variant *found = NULL;
	unsigned __int128 value = 0;

	if (!part)
		return NULL;
	if (!part->has_discriminant)
		return only_variant(part);

	uint64_t size = part->discriminant.type->size;
	if (part->discriminant.offset > type->size ||
	    size > type->size - part->discriminant.offset)
		return NULL;
	memcpy(&value, object + part->discriminant.offset, size);
	for (uint32_t i = 0; i < part->num_variants; i++) {
		const struct cw_variant *variant = &part->variants[i];
		if (variant_has(variant, value))
			return variant;
		if (variant->is_default)
			found = variant;
	}
	return found;
}
