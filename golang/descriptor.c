/*
 * abi.Type (runtime._type up to 1.20), the same in all releases:
 *
 *	 0 size   8 bytes with pointers   16 hash (4)   20 flags (1)
 *	21 align   22 align of a field   23 kind (1)   24 equal
 *	32 mask of pointers   40 name (4)   44 pointer to this (4)
 *
 * Behind its 48 bytes:
 *
 *	array	 element's type 48   slice's type 56   length 64
 *	channel	 element's type 48   direction 56
 *	function parameters 48 (2)   results 50 (2), highest bit: variadic
 *	pointer	 element's type 48
 *	slice	 element's type 48
 *	interface package 48   methods: address 56, number 64
 *	map	 key's type 48   value's type 56   bucket's or group's 64
 *	struct	 package 48   fields: address 56, number 64; a field is 24
 *bytes: name 0   type 8   offset 16
 *
 * and then, where the flags say so, what named types have:
 *
 *	 0 path of the package (4)   4 methods (2)   6 exported (2)   8 (8)
 *
 * and then a function's parameters and results.  A name is a byte of flags, its
 * length as a varint, and so many characters.  Names are offsets from the
 * module's types, as are types in 4 bytes.
 *
 * That the data word of an interface is the value itself was a bit of the kind
 * up to 1.25, and is a flag since.
 */
#include "golang/descriptor.h"

#include <string.h>

enum {
	TYPE_SIZE = 48,
	WITH_POINTERS = 8,
	FLAGS = 20,
	ALIGNMENT = 21,
	KIND = 23,
	EQUAL = 24,
	NAME = 40,
	ELEMENT = 48,
	KEY = 48,
	VALUE = 56,
	PART = 64,
	DIRECTION = 56,
	NUM_PARAMETERS = 48,
	NUM_RESULTS = 50,
	VARIADIC = 1 << 15,
	LENGTH = 64,
	NUM_METHODS = 64,
	FIELDS_PACKAGE = 48,
	FIELDS = 56,
	NUM_FIELDS = 64,
	FIELD_SIZE = 24,
	FIELD_TYPE = 8,
	FIELD_OFFSET = 16,
	UNCOMMON_SIZE = 16,

	FLAG_UNCOMMON = 1 << 0,
	FLAG_STAR = 1 << 1, /* the name begins with "*", which is not its */
	FLAG_NAMED = 1 << 2,
	DIRECT_BIT = 1 << 5, /* of either */
	FLAGS_SINCE = 26,

	NAME_EXPORTED = 1 << 0,
	NAME_EMBEDDED = 1 << 3,
	MAX_NAME = 1 << 14,
	MAX_FIELDS = 1 << 16,
	MAX_ALIGNMENT = 64,
};

/* Bytes behind TYPE_SIZE. */
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

static bool is_plausible(const struct cw_go_descriptor *descriptor)
{
	uint32_t alignment = descriptor->alignment;

	return descriptor->kind >= CW_GO_KIND_BOOL &&
	       descriptor->kind <= CW_GO_KIND_UNSAFE_POINTER &&
	       descriptor->with_pointers <= descriptor->size &&
	       descriptor->with_pointers % 8 == 0 && alignment > 0 &&
	       alignment <= MAX_ALIGNMENT &&
	       (alignment & (alignment - 1)) == 0 &&
	       descriptor->size % alignment == 0 && descriptor->name.length > 0;
}

static void kind_read(const struct cw_go *go, const unsigned char *bytes,
		      struct cw_go_descriptor *ret)
{
	switch (ret->kind) {
	case CW_GO_KIND_ARRAY:
		ret->count = number_at(bytes, LENGTH, 8);
		ret->element = number_at(bytes, ELEMENT, 8);
		break;
	case CW_GO_KIND_CHANNEL:
		ret->count = number_at(bytes, DIRECTION, 8);
		ret->element = number_at(bytes, ELEMENT, 8);
		break;
	case CW_GO_KIND_POINTER:
	case CW_GO_KIND_SLICE:
		ret->element = number_at(bytes, ELEMENT, 8);
		break;
	case CW_GO_KIND_MAP:
		ret->key = number_at(bytes, KEY, 8);
		ret->element = number_at(bytes, VALUE, 8);
		ret->part = number_at(bytes, PART, 8);
		break;
	case CW_GO_KIND_INTERFACE:
		ret->count = number_at(bytes, NUM_METHODS, 8);
		break;
	case CW_GO_KIND_STRUCT:
		ret->package =
			name_read(go, number_at(bytes, FIELDS_PACKAGE, 8));
		ret->parts = number_at(bytes, FIELDS, 8);
		ret->num = number_at(bytes, NUM_FIELDS, 4);
		break;
	case CW_GO_KIND_FUNCTION:
		ret->num = number_at(bytes, NUM_PARAMETERS, 2);
		ret->num_more = number_at(bytes, NUM_RESULTS, 2) & ~VARIADIC;
		ret->is_variadic = number_at(bytes, NUM_RESULTS, 2) & VARIADIC;
		break;
	default:
		break;
	}
}

bool cw_go_descriptor_read(const struct cw_go *go, cw_addr address,
			   struct cw_go_descriptor *ret)
{
	const unsigned char *bytes;

	if (address < go->types || address >= go->types_end ||
	    address % 8 != 0 ||
	    !(bytes = cw_target_bytes(go->target, address, TYPE_SIZE)))
		return false;
	unsigned flags = bytes[FLAGS];
	struct cw_go_descriptor descriptor = {
		.address = address,
		.size = number_at(bytes, 0, 8),
		.with_pointers = number_at(bytes, WITH_POINTERS, 8),
		.kind = bytes[KIND] & CW_GO_KIND_MASK,
		.alignment = bytes[ALIGNMENT],
		.is_named = flags & FLAG_NAMED,
		.is_direct = bytes[go->minor >= FLAGS_SINCE ? FLAGS : KIND] &
			     DIRECT_BIT,
		.has_equal = number_at(bytes, EQUAL, 8) != 0,
		.name = name_at_offset(go, bytes, NAME),
	};
	if (!is_plausible(&descriptor))
		return false;
	if (flags & FLAG_STAR) {
		descriptor.name.chars++;
		descriptor.name.length--;
	}
	uint64_t extra = extra_size(go, descriptor.kind);
	bool is_uncommon = flags & FLAG_UNCOMMON;
	bytes = cw_target_bytes(go->target, address,
				TYPE_SIZE + extra +
					(is_uncommon ? UNCOMMON_SIZE : 0));
	if (!bytes)
		return false;
	kind_read(go, bytes, &descriptor);
	if (is_uncommon)
		descriptor.package =
			name_at_offset(go, bytes, TYPE_SIZE + extra);
	if (descriptor.kind == CW_GO_KIND_FUNCTION)
		descriptor.parts = address + TYPE_SIZE + extra +
				   (is_uncommon ? UNCOMMON_SIZE : 0);
	if (descriptor.num > MAX_FIELDS)
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
		go->target, descriptor->parts + (uint64_t)FIELD_SIZE * number,
		FIELD_SIZE);
	if (!field)
		return false;
	ret->name = name_read(go, number_at(field, 0, 8));
	ret->type = number_at(field, FIELD_TYPE, 8);
	ret->offset = number_at(field, FIELD_OFFSET, 8);
	return ret->offset <= descriptor->size;
}
