#include "golang/descriptor.h"

#include <string.h>

#include "golang/descriptor_layout.h"

enum {
	NAME_EXPORTED = 1 << 0,
	NAME_EMBEDDED = 1 << 3,
	MAX_NAME = 1 << 14,
	MAX_ALIGNMENT = 64,
	MAX_MADE = 1 << 24,
};

/* Bytes behind CW_GO_TYPE_SIZE. */
static uint64_t extra_size(const struct cw_go *go, enum cw_go_kind kind)
{
	enum { FIRST_GROUPS = 24, FIRST_STRIDES = 27 };

	switch (kind) {
	case CW_GO_KIND_ARRAY:
		return 24;
	case CW_GO_KIND_CHANNEL:
		return 16;
	case CW_GO_KIND_INTERFACE:
	case CW_GO_KIND_STRUCT:
		return 32;
	case CW_GO_KIND_MAP:
		return go->minor >= FIRST_STRIDES  ? 88
		       : go->minor >= FIRST_GROUPS ? 64
						   : 40;
	case CW_GO_KIND_FUNCTION:
	case CW_GO_KIND_POINTER:
	case CW_GO_KIND_SLICE:
		return 8;
	default:
		return 0;
	}
}

static uint64_t number_at(const unsigned char *bytes, unsigned offset,
			  unsigned size)
{
	uint64_t number = 0;

	memcpy(&number, bytes + offset, size);
	return number;
}

static struct cw_go_name name_read(const struct cw_go *go, cw_addr address)
{
	struct cw_go_name name = {0};
	const unsigned char *bytes =
		address ? cw_target_bytes(go->target, address, 3) : NULL;

	if (!bytes)
		return name;
	/* Two bytes of a varint are enough for any name that is told. */
	uint32_t length = bytes[1] & 0x7f;
	unsigned at = 2;
	if (bytes[1] & 0x80) {
		length |= (bytes[2] & 0x7f) << 7;
		at = bytes[2] & 0x80 ? 0 : 3;
	}
	if (at == 0 || length > MAX_NAME)
		return name;
	name.chars = cw_target_bytes(go->target, address + at, length);
	name.length = name.chars ? length : 0;
	name.is_exported = bytes[0] & NAME_EXPORTED;
	name.is_embedded = bytes[0] & NAME_EMBEDDED;
	return name;
}

static struct cw_go_name name_at_offset(const struct cw_go *go,
					const unsigned char *bytes,
					unsigned offset)
{
	uint32_t place = number_at(bytes, offset, 4);

	return name_read(go, place && place < go->types_end - go->types
				     ? go->types + place
				     : 0);
}

static bool is_in_module(const struct cw_go *go, cw_addr address)
{
	return address >= go->types && address < go->types_end;
}

static bool is_made(const unsigned char *bytes)
{
	int32_t number;
	unsigned kind = bytes[CW_GO_TYPE_KIND] & CW_GO_KIND_MASK;

	memcpy(&number, bytes + CW_GO_TYPE_NAME, sizeof(number));
	return number < 0 && number > -MAX_MADE &&
	       number_at(bytes, CW_GO_TYPE_POINTER_TO_THIS, 4) == 0 &&
	       !(bytes[CW_GO_TYPE_FLAGS] & CW_GO_FLAG_NAMED) &&
	       kind >= CW_GO_KIND_ARRAY && kind <= CW_GO_KIND_STRUCT &&
	       kind != CW_GO_KIND_INTERFACE && kind != CW_GO_KIND_STRING;
}

/* All fields are where they can be: it is not just the head of a type. */
static bool is_whole(const struct cw_go *go,
		     const struct cw_go_descriptor *descriptor)
{
	struct cw_go_part part;
	uint64_t end = 0;

	if (descriptor->kind != CW_GO_KIND_STRUCT)
		return true;
	for (uint32_t i = 0; i < descriptor->num; i++) {
		unsigned char type[CW_GO_TYPE_SIZE];

		if (!cw_go_descriptor_part(go, descriptor, i, &part) ||
		    part.offset < end ||
		    !cw_target_read(go->target, part.type, type,
				    sizeof(type)) ||
		    !(is_in_module(go, part.type) || is_made(type)) ||
		    number_at(type, 0, 8) > descriptor->size - part.offset)
			return false;
		end = part.offset + number_at(type, 0, 8);
	}
	return descriptor->num > 0 || descriptor->size == 0;
}

static bool is_plausible(const struct cw_go_descriptor *descriptor)
{
	uint32_t alignment = descriptor->alignment;

	return descriptor->kind >= CW_GO_KIND_BOOL &&
	       descriptor->kind <= CW_GO_KIND_UNSAFE_POINTER &&
	       descriptor->with_pointers <= descriptor->size &&
	       descriptor->with_pointers % 8 == 0 && alignment > 0 &&
	       alignment <= MAX_ALIGNMENT &&
	       (alignment & (alignment - 1)) == 0 &&
	       descriptor->size % alignment == 0;
}

static void kind_read(const struct cw_go *go, const unsigned char *bytes,
		      struct cw_go_descriptor *ret)
{
	switch (ret->kind) {
	case CW_GO_KIND_ARRAY:
		ret->count = number_at(bytes, CW_GO_TYPE_LENGTH, 8);
		ret->element = number_at(bytes, CW_GO_TYPE_ELEMENT, 8);
		break;
	case CW_GO_KIND_CHANNEL:
		ret->count = number_at(bytes, CW_GO_TYPE_DIRECTION, 8);
		ret->element = number_at(bytes, CW_GO_TYPE_ELEMENT, 8);
		break;
	case CW_GO_KIND_POINTER:
	case CW_GO_KIND_SLICE:
		ret->element = number_at(bytes, CW_GO_TYPE_ELEMENT, 8);
		break;
	case CW_GO_KIND_MAP:
		ret->key = number_at(bytes, CW_GO_TYPE_KEY, 8);
		ret->element = number_at(bytes, CW_GO_TYPE_VALUE, 8);
		ret->part = number_at(bytes, CW_GO_TYPE_PART, 8);
		break;
	case CW_GO_KIND_INTERFACE:
		ret->count = number_at(bytes, CW_GO_TYPE_NUM_METHODS, 8);
		break;
	case CW_GO_KIND_STRUCT:
		ret->package =
			name_read(go, number_at(bytes, CW_GO_TYPE_PACKAGE, 8));
		ret->parts = number_at(bytes, CW_GO_TYPE_FIELDS, 8);
		ret->num = number_at(bytes, CW_GO_TYPE_NUM_FIELDS, 4);
		break;
	case CW_GO_KIND_FUNCTION:
		ret->num = number_at(bytes, CW_GO_TYPE_NUM_PARAMETERS, 2);
		ret->num_more = number_at(bytes, CW_GO_TYPE_NUM_RESULTS, 2) &
				~CW_GO_TYPE_VARIADIC;
		ret->is_variadic = number_at(bytes, CW_GO_TYPE_NUM_RESULTS, 2) &
				   CW_GO_TYPE_VARIADIC;
		break;
	default:
		break;
	}
}

bool cw_go_descriptor_read(const struct cw_go *go, cw_addr address,
			   struct cw_go_descriptor *ret)
{
	const unsigned char *bytes;

	if (address % 8 != 0 ||
	    !(bytes = cw_target_bytes(go->target, address, CW_GO_TYPE_SIZE)))
		return false;
	bool is_foreign = !is_in_module(go, address);
	if (is_foreign && !is_made(bytes))
		return false;
	unsigned flags = bytes[CW_GO_TYPE_FLAGS];
	struct cw_go_descriptor descriptor = {
		.address = address,
		.size = number_at(bytes, 0, 8),
		.with_pointers = number_at(bytes, CW_GO_TYPE_WITH_POINTERS, 8),
		.kind = bytes[CW_GO_TYPE_KIND] & CW_GO_KIND_MASK,
		.alignment = bytes[CW_GO_TYPE_ALIGNMENT],
		.is_named = flags & CW_GO_FLAG_NAMED,
		.is_direct = bytes[go->minor >= CW_GO_DIRECT_FLAG_SINCE
					   ? CW_GO_TYPE_FLAGS
					   : CW_GO_TYPE_KIND] &
			     CW_GO_FLAG_DIRECT,
		.has_equal = number_at(bytes, CW_GO_TYPE_EQUAL, 8) != 0,
		.name = name_at_offset(go, bytes, CW_GO_TYPE_NAME),
	};
	if (!is_plausible(&descriptor) ||
	    (descriptor.name.length == 0 && !is_foreign))
		return false;
	if (flags & CW_GO_FLAG_STAR && descriptor.name.length) {
		descriptor.name.chars++;
		descriptor.name.length--;
	}
	uint64_t extra = extra_size(go, descriptor.kind);
	bool is_uncommon = flags & CW_GO_FLAG_UNCOMMON;
	bytes = cw_target_bytes(
		go->target, address,
		CW_GO_TYPE_SIZE + extra +
			(is_uncommon ? CW_GO_UNCOMMON_SIZE : 0));
	if (!bytes)
		return false;
	kind_read(go, bytes, &descriptor);
	if (is_uncommon)
		descriptor.package =
			name_at_offset(go, bytes, CW_GO_TYPE_SIZE + extra);
	if (descriptor.kind == CW_GO_KIND_FUNCTION)
		descriptor.parts = address + CW_GO_TYPE_SIZE + extra +
				   (is_uncommon ? CW_GO_UNCOMMON_SIZE : 0);
	if (descriptor.num > CW_GO_MAX_FIELDS ||
	    (is_foreign && !is_whole(go, &descriptor)))
		return false;
	*ret = descriptor;
	return true;
}

bool cw_go_descriptor_part(const struct cw_go *go,
			   const struct cw_go_descriptor *descriptor,
			   uint32_t number, struct cw_go_part *ret)
{
	if (number >= descriptor->num + descriptor->num_more)
		return false;
	*ret = (struct cw_go_part){0};
	if (descriptor->kind == CW_GO_KIND_FUNCTION)
		return cw_target_read_word(
			go->target, descriptor->parts + UINT64_C(8) * number,
			&ret->type);
	const unsigned char *field = cw_target_bytes(
		go->target,
		descriptor->parts + (uint64_t)CW_GO_FIELD_SIZE * number,
		CW_GO_FIELD_SIZE);
	if (!field)
		return false;
	ret->name = name_read(go, number_at(field, 0, 8));
	ret->type = number_at(field, CW_GO_FIELD_TYPE, 8);
	ret->offset = number_at(field, CW_GO_FIELD_OFFSET, 8);
	return ret->offset <= descriptor->size;
}
