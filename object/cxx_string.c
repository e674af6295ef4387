/*
 * Strings: std::basic_string in its four layouts, and basic_string_view.
 *
 * libstdc++, since GCC 5 (std::__cxx11): pointer, length, and a union of the
 * capacity and 16 bytes for short text, to which the pointer then points.
 *
 * libstdc++ before (copy on write): a pointer to the text alone; before the
 * text, length, capacity, and the number of references less one (_Rep).
 *
 * libc++: a union of {capacity, size, pointer} and {size, text}.  Which one
 * holds, a bit of the first byte says (of the last one in the "alternate"
 * layout); up to LLVM 14 it is taken out with masks, then it is a bit-field.
 *
 * Short text lies within the object: no word refers to it.
 *
 * clang leaves out what explicit instantiations in the library are made of:
 * of libstdc++'s strings the class of the first member, which is the pointer.
 */
#include <string.h>

#include "base/memory.h"
#include "object/cxx.h"

enum {
	/* COW: of the words before the text. */
	REP_WORDS = 3,
	REP_SIZE = REP_WORDS * 8,
};

enum layout {
	LAYOUT_STDCXX,
	LAYOUT_COW,
	LAYOUT_LIBCXX,
	LAYOUT_VIEW,
};

enum { POINTER, LENGTH, CAPACITY, SHORT, SHORT_LENGTH, IS_LONG, NUM_PLACES };

static const char hidden_pointer[] = "_M_dataplus";

struct row {
	const char *name;
	enum layout layout;
	/* Up to IS_LONG all must be there that are not NULL. */
	const char *paths[NUM_PLACES];
};

static const struct row rows[] = {
	{"basic_string",
	 LAYOUT_STDCXX,
	 {"_M_dataplus._M_p", "_M_string_length", "_M_allocated_capacity",
	  "_M_local_buf"}},
	{"basic_string",
	 LAYOUT_STDCXX,
	 {hidden_pointer, "_M_string_length", "_M_allocated_capacity",
	  "_M_local_buf"}},
	{"basic_string", LAYOUT_COW, {"_M_dataplus._M_p"}},
	{"basic_string", LAYOUT_COW, {hidden_pointer}},
	{"basic_string",
	 LAYOUT_LIBCXX,
	 {"__r_.__value_.__l.__data_", "__r_.__value_.__l.__size_",
	  "__r_.__value_.__l.__cap_", "__r_.__value_.__s.__data_",
	  "__r_.__value_.__s.__size_", "__r_.__value_.__s.__is_long_"}},
	{"basic_string",
	 LAYOUT_LIBCXX,
	 {"__rep_.__l.__data_", "__rep_.__l.__size_", "__rep_.__l.__cap_",
	  "__rep_.__s.__data_", "__rep_.__s.__size_", "__rep_.__s.__is_long_"}},
	{"basic_string_view", LAYOUT_VIEW, {"_M_str", "_M_len"}},
	{"basic_string_view", LAYOUT_VIEW, {"__data_", "__size_"}},
	{"basic_string_view", LAYOUT_VIEW, {"__data", "__size"}},
};

struct plan {
	enum layout layout;
	struct cw_place places[NUM_PLACES];
	const struct cw_type *character;
	struct cw_rest rest;
};

/* A string's text and where it is. */
struct content {
	cw_addr text;
	uint64_t length; /* characters */
	bool is_inside;
	cw_addr storage; /* unless inside */
	uint64_t storage_size;
};

static bool row_match(const struct row *row, const struct cw_type *type,
		      struct plan *plan)
{
	*plan = (struct plan){.layout = row->layout};
	for (size_t i = 0; i < NUM_PLACES; i++) {
		if (row->paths[i] &&
		    !cw_place_find(type, row->paths[i], &plan->places[i]) &&
		    i != IS_LONG)
			return false;
	}
	if (row->paths[POINTER] != hidden_pointer)
		plan->character = cw_place_target(&plan->places[POINTER]);
	else if (plan->places[POINTER].type->size == 0)
		plan->character = cw_type_argument(type, 0);
	if (type->size < plan->places[POINTER].offset + 8)
		return false;
	return plan->character && plan->character->size > 0 &&
	       plan->character->size <= 4;
}

static bool string_prepare(const struct cw_rule_context *context,
			   const struct cw_type *type, const void **ret)
{
	struct plan plan;

	for (size_t i = 0; i < cw_num_elements(rows); i++) {
		if (!cw_std_is(type, rows[i].name) ||
		    !row_match(&rows[i], type, &plan))
			continue;
		plan.rest =
			cw_rest_find(context, type, plan.places, NUM_PLACES);
		*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
		return true;
	}
	return false;
}

static cw_addr pointer_read(const struct plan *plan,
			    const struct cw_object *object)
{
	cw_addr pointer;

	memcpy(&pointer, object->bytes + plan->places[POINTER].offset, 8);
	return pointer;
}

/* @capacity characters, the last NUL among them. */
static bool storage_set(struct content *content, const struct plan *plan,
			uint64_t capacity, uint64_t header)
{
	uint64_t size;

	if (__builtin_mul_overflow(capacity, plan->character->size, &size) ||
	    content->length >= capacity || content->text < header)
		return false;
	content->storage = content->text - header;
	content->storage_size = size + header;
	return true;
}

static bool stdcxx_read(const struct plan *plan, const struct cw_object *object,
			struct content *ret)
{
	const struct cw_place *local = &plan->places[SHORT];
	cw_addr inside = object->address + local->offset;

	ret->text = pointer_read(plan, object);
	ret->length = cw_place_number(&plan->places[LENGTH], object);
	if (ret->text == inside) {
		ret->is_inside = true;
		return ret->length * plan->character->size < local->type->size;
	}
	return storage_set(ret, plan,
			   cw_place_number(&plan->places[CAPACITY], object) + 1,
			   0);
}

static bool cow_read(const struct cw_rule_context *context,
		     const struct plan *plan, const struct cw_object *object,
		     struct content *ret)
{
	uint64_t rep[REP_WORDS];

	ret->text = pointer_read(plan, object);
	if (ret->text < REP_SIZE ||
	    !cw_target_read(context->target, ret->text - REP_SIZE, rep,
			    REP_SIZE))
		return false;
	ret->length = rep[0];
	return storage_set(ret, plan, rep[1] + 1, REP_SIZE);
}

static bool is_alternate(const struct plan *plan)
{
	return plan->places[SHORT].offset < plan->places[SHORT_LENGTH].offset &&
	       plan->places[POINTER].offset == plan->places[SHORT].offset;
}

static bool libcxx_read(const struct plan *plan, const struct cw_object *object,
			struct content *ret)
{
	const struct cw_place *places = plan->places;
	bool alternate = is_alternate(plan);
	uint64_t number = cw_place_number(&places[SHORT_LENGTH], object);
	uint64_t capacity = cw_place_number(&places[CAPACITY], object);
	bool is_long;

	if (places[IS_LONG].type) {
		is_long = cw_place_number(&places[IS_LONG], object);
		/* The lowest bit of the capacity, which is even, is the
		 * bit-field's where that comes first. */
		if (!alternate)
			capacity <<= 1;
	} else if (alternate) {
		is_long = number & 0x80;
		capacity &= UINT64_MAX >> 1;
	} else {
		is_long = number & 1;
		number >>= 1;
		capacity &= ~UINT64_C(1);
	}
	if (!is_long) {
		ret->is_inside = true;
		ret->text = object->address + places[SHORT].offset;
		ret->length = number;
		return places[SHORT].offset + number * plan->character->size <
		       object->type->size;
	}
	ret->text = pointer_read(plan, object);
	ret->length = cw_place_number(&places[LENGTH], object);
	return storage_set(ret, plan, capacity, 0);
}

static bool content_read(const struct cw_rule_context *context,
			 const struct plan *plan,
			 const struct cw_object *object, struct content *ret)
{
	struct content content = {0};
	bool is_sane = false;

	switch (plan->layout) {
	case LAYOUT_STDCXX:
		is_sane = stdcxx_read(plan, object, &content);
		break;
	case LAYOUT_COW:
		is_sane = cow_read(context, plan, object, &content);
		break;
	case LAYOUT_LIBCXX:
		is_sane = libcxx_read(plan, object, &content);
		break;
	case LAYOUT_VIEW:
		content.text = pointer_read(plan, object);
		content.length = cw_place_number(&plan->places[LENGTH], object);
		is_sane = content.length < UINT64_C(1) << 46;
		break;
	}
	if (!is_sane)
		return false;
	uint64_t size = content.length * plan->character->size;
	if (!content.is_inside && size + content.storage_size &&
	    (!cw_memory_holds(context, content.text, size) ||
	     !cw_memory_holds(context,
			      content.storage ? content.storage : content.text,
			      content.storage_size)))
		return false;
	*ret = content;
	return true;
}

static void string_visit(const struct cw_rule_context *context,
			 const void *data, const struct cw_object *object,
			 struct cw_part_visitor *visitor)
{
	static const enum cw_ownership ownerships[] = {
		[LAYOUT_STDCXX] = CW_OWNS,
		[LAYOUT_COW] = CW_SHARES,
		[LAYOUT_LIBCXX] = CW_OWNS,
		[LAYOUT_VIEW] = CW_BORROWS,
	};
	const struct plan *plan = data;
	struct content content;

	cw_rest_visit(&plan->rest, object, visitor);
	if (!content_read(context, plan, object, &content))
		return;
	struct cw_part part = {
		.kind = CW_PART_TEXT,
		.type = plan->character,
		.address = content.text,
		.count = content.length,
		.ownership = ownerships[plan->layout],
		.storage = content.storage,
		.storage_size = content.storage_size,
	};
	if (!content.is_inside)
		part.slot = object->address + plan->places[POINTER].offset;
	visitor->part(visitor, &part);
}

static void utf8_add(struct cw_text *text, uint32_t c)
{
	if (c < 0x80)
		cw_text_addf(text, "%c", (int)c);
	else if (c < 0x800)
		cw_text_addf(text, "%c%c", 0xc0 | c >> 6, 0x80 | (c & 0x3f));
	else if (c < 0x10000)
		cw_text_addf(text, "%c%c%c", 0xe0 | c >> 12,
			     0x80 | (c >> 6 & 0x3f), 0x80 | (c & 0x3f));
	else
		cw_text_addf(text, "%c%c%c%c", 0xf0 | c >> 18,
			     0x80 | (c >> 12 & 0x3f), 0x80 | (c >> 6 & 0x3f),
			     0x80 | (c & 0x3f));
}

static bool is_unicode(uint32_t c)
{
	return c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

/* One character of @size bytes; of a narrow one, what the text has. */
static void character_add(struct cw_text *text, uint32_t c, uint64_t size)
{
	if (c == '"' || c == '\\')
		cw_text_addf(text, "\\%c", (int)c);
	else if (c == '\n')
		cw_text_add(text, "\\n");
	else if (c < 0x20 || c == 0x7f || (size > 1 && !is_unicode(c)))
		cw_text_addf(text, "\\x%02x", (unsigned)c);
	else if (size == 1)
		cw_text_addf(text, "%c", (int)c);
	else
		utf8_add(text, c);
}

/* Of a narrow text: its valid UTF-8 stays, other bytes are written in hex. */
static size_t utf8_length(const unsigned char *bytes, size_t left)
{
	size_t length = bytes[0] < 0x80		    ? 1
			: (bytes[0] & 0xe0) == 0xc0 ? 2
			: (bytes[0] & 0xf0) == 0xe0 ? 3
			: (bytes[0] & 0xf8) == 0xf0 ? 4
						    : 0;

	if (length > left)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

static void narrow_add(struct cw_text *text, const unsigned char *bytes,
		       size_t size)
{
	for (size_t i = 0; i < size;) {
		size_t length = utf8_length(bytes + i, size - i);
		if (length == 1)
			character_add(text, bytes[i], 1);
		else if (length == 0)
			cw_text_addf(text, "\\x%02x", bytes[i]);
		else
			cw_text_add_n(text, (const char *)bytes + i, length);
		i += length ? length : 1;
	}
}

static void wide_add(struct cw_text *text, const unsigned char *bytes,
		     uint64_t count, uint64_t size)
{
	for (uint64_t i = 0; i < count; i++) {
		uint32_t c = 0, next = 0;
		memcpy(&c, bytes + i * size, size);
		if (size == 2 && c >= 0xd800 && c < 0xdc00 && i + 1 < count) {
			memcpy(&next, bytes + (i + 1) * size, size);
			if (next >= 0xdc00 && next < 0xe000) {
				c = 0x10000 + (c - 0xd800) * 0x400 + next -
				    0xdc00;
				i++;
			}
		}
		character_add(text, c, size);
	}
}

void cw_text_add_quoted(struct cw_text *text, const void *bytes,
			uint64_t num_shown, uint64_t length, uint64_t size)
{
	cw_text_add(text, "\"");
	if (size == 1)
		narrow_add(text, bytes, num_shown);
	else
		wide_add(text, bytes, num_shown, size);
	cw_text_add(text, num_shown < length ? "\"..." : "\"");
}

static bool string_describe(const struct cw_rule_context *context,
			    const void *data, const struct cw_object *object,
			    struct cw_text *text)
{
	const struct plan *plan = data;
	uint64_t size = plan->character->size;
	struct content content;

	if (!content_read(context, plan, object, &content))
		return false;
	uint64_t count =
		content.length < CW_MAX_SHOWN ? content.length : CW_MAX_SHOWN;
	const unsigned char *bytes = object->bytes;
	if (content.is_inside)
		bytes += content.text - object->address;
	else if (count > 0)
		bytes = cw_target_bytes(context->target, content.text,
					count * size);
	if (!bytes)
		return false;
	cw_text_add_quoted(text, bytes, count, content.length, size);
	return true;
}

const struct cw_rule cw_cxx_string_rules[] = {
	{"std::string", string_prepare, string_visit, string_describe, NULL},
	{.name = NULL},
};
