/*
 * Vectors and what is made of them.
 *
 *			rustc 1.95			rustc 1.63
 * RawVec		inner {ptr: u8, cap}		ptr: T, cap
 * Vec, String		buf: RawVec, len		the same
 * VecDeque		buf: RawVec, head, len		buf, tail, head; the
 *room is a power of 2 vec::IntoIter	buf, cap, ptr, end		the same
 *
 * Elements live up to the length; behind are moved-out ones.
 */
#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "object/rust.h"

enum { MAX_SHOWN = 64 }; /* bytes of text */

struct raw_vec {
	struct cw_rust_place pointer, room;
	const struct cw_type *element;
};

/* @path leads to the RawVec, and ends in a dot, or is empty. */
static bool raw_vec_prepare(const struct cw_type *type, const char *path,
			    struct raw_vec *ret)
{
	static const char *const rows[][2] = {
		{"inner.ptr", "inner.cap"},
		{"ptr", "cap"},
	};
	char names[2][64];

	for (size_t i = 0; i < cw_num_elements(rows); i++) {
		for (unsigned k = 0; k < 2; k++) {
			strcpy(names[k], path);
			strcat(names[k], rows[i][k]);
		}
		if (!cw_rust_scalar(type, names[0], &ret->pointer) ||
		    !cw_rust_scalar(type, names[1], &ret->room))
			continue;
		ret->element = cw_rust_argument(type, "T");
		return ret->element && ret->element->size > 0;
	}
	return false;
}

/*
 * Elements from @first on are told of as one part.  False: there is no
 * allocation, or the object contradicts itself.
 */
static bool raw_vec_part(const struct raw_vec *raw,
			 const struct cw_object *object, uint64_t first,
			 uint64_t count, struct cw_part *ret)
{
	cw_addr start = cw_rust_number(&raw->pointer, object);
	uint64_t room = cw_rust_number(&raw->room, object);
	uint64_t size;

	if (room == 0 || first > room || count > room - first ||
	    __builtin_mul_overflow(room, raw->element->size, &size))
		return false;
	*ret = (struct cw_part){
		.type = raw->element,
		.address = start + first * raw->element->size,
		.count = count,
		.slot = object->address + raw->pointer.offset,
		.ownership = CW_OWNS,
		.storage = start,
		.storage_size = size,
		.is_element = true,
	};
	return true;
}

/* ---- RawVec by itself: what lives in it, only its owner knows. */

static bool raw_prepare(const struct cw_rule_context *context,
			const struct cw_type *type, const void **ret)
{
	struct raw_vec plan;

	if (!cw_rust_is(type, "alloc", "RawVec") ||
	    !raw_vec_prepare(type, "", &plan))
		return false;
	*ret = cw_rust_keep(context, &plan);
	return true;
}

static void raw_visit(const struct cw_rule_context *context, const void *plan,
		      const struct cw_object *object,
		      struct cw_part_visitor *visitor)
{
	struct cw_part part;

	(void)context;
	if (raw_vec_part(plan, object, 0, 0, &part))
		visitor->part(visitor, &part);
}

/* ---- Vec and String */

struct vec_plan {
	struct raw_vec raw;
	struct cw_rust_place length;
	bool is_text;
};

static bool vec_prepare(const struct cw_rule_context *context,
			const struct cw_type *type, const void **ret)
{
	struct vec_plan plan = {0};
	struct cw_rust_place inner = {.type = type};

	plan.is_text = cw_rust_is(type, "alloc", "String");
	if (plan.is_text && !cw_rust_member(type, "vec", &inner))
		return false;
	if (!cw_rust_is(inner.type, "alloc", "Vec") ||
	    !raw_vec_prepare(inner.type, "buf.", &plan.raw) ||
	    !cw_rust_scalar(inner.type, "len", &plan.length))
		return false;
	plan.raw.pointer.offset += inner.offset;
	plan.raw.room.offset += inner.offset;
	plan.length.offset += inner.offset;
	*ret = cw_rust_keep(context, &plan);
	return true;
}

static void vec_visit(const struct cw_rule_context *context, const void *data,
		      const struct cw_object *object,
		      struct cw_part_visitor *visitor)
{
	const struct vec_plan *plan = data;
	struct cw_part part;

	(void)context;
	if (!raw_vec_part(&plan->raw, object, 0,
			  cw_rust_number(&plan->length, object), &part))
		return;
	if (plan->is_text)
		part.kind = CW_PART_TEXT;
	visitor->part(visitor, &part);
}

static void elements_describe(uint64_t count, uint64_t room,
			      struct cw_text *text)
{
	cw_text_addf(text, "%" PRIu64 " element%s", count,
		     count == 1 ? "" : "s");
	if (room > count)
		cw_text_addf(text, ", room for %" PRIu64, room);
}

/* The first of @count bytes of UTF-8, which all are meant to be. */
static void text_describe(const unsigned char *bytes, uint64_t count,
			  struct cw_text *text)
{
	uint64_t shown = count < MAX_SHOWN ? count : MAX_SHOWN;

	/* Not in the middle of a character. */
	while (shown < count && shown > 0 && (bytes[shown] & 0xc0) == 0x80)
		shown--;
	cw_text_add(text, "\"");
	for (uint64_t i = 0; i < shown; i++)
		if (bytes[i] == '"' || bytes[i] == '\\')
			cw_text_addf(text, "\\%c", bytes[i]);
		else if (bytes[i] < ' ' || bytes[i] == 0x7f)
			cw_text_addf(text, "\\x%02x", bytes[i]);
		else
			cw_text_add_n(text, (const char *)bytes + i, 1);
	cw_text_add(text, shown < count ? "\"..." : "\"");
}

static bool vec_describe(const struct cw_rule_context *context,
			 const void *data, const struct cw_object *object,
			 struct cw_text *text)
{
	const struct vec_plan *plan = data;
	uint64_t count = cw_rust_number(&plan->length, object);
	uint64_t room = cw_rust_number(&plan->raw.room, object);

	if (count > room)
		return false;
	if (!plan->is_text) {
		elements_describe(count, room, text);
		return true;
	}
	cw_addr start = cw_rust_number(&plan->raw.pointer, object);
	const unsigned char *bytes =
		count ? cw_target_bytes(context->target, start, count) : NULL;
	if (count && !bytes)
		return false;
	text_describe(bytes, count, text);
	return true;
}

/* ---- VecDeque */

struct deque_plan {
	struct raw_vec raw;
	struct cw_rust_place first, length, end;
	bool has_length; /* else first and end, modulo the room */
};

static bool deque_prepare(const struct cw_rule_context *context,
			  const struct cw_type *type, const void **ret)
{
	struct deque_plan plan = {0};

	if (!cw_rust_is(type, "alloc", "VecDeque") ||
	    !raw_vec_prepare(type, "buf.", &plan.raw))
		return false;
	plan.has_length = cw_rust_scalar(type, "len", &plan.length) &&
			  cw_rust_scalar(type, "head", &plan.first);
	if (!plan.has_length && (!cw_rust_scalar(type, "tail", &plan.first) ||
				 !cw_rust_scalar(type, "head", &plan.end)))
		return false;
	*ret = cw_rust_keep(context, &plan);
	return true;
}

struct ring {
	uint64_t first, count, room;
};

static bool deque_read(const struct deque_plan *plan,
		       const struct cw_object *object, struct ring *ret)
{
	struct ring ring = {
		.first = cw_rust_number(&plan->first, object),
		.room = cw_rust_number(&plan->raw.room, object),
	};

	ring.count =
		plan->has_length
			? cw_rust_number(&plan->length, object)
			: (cw_rust_number(&plan->end, object) - ring.first) &
				  (ring.room - 1);
	*ret = ring;
	return ring.count <= ring.room &&
	       (ring.first < ring.room || ring.room == 0);
}

static void deque_visit(const struct cw_rule_context *context, const void *data,
			const struct cw_object *object,
			struct cw_part_visitor *visitor)
{
	const struct deque_plan *plan = data;
	struct cw_part part;
	struct ring ring;

	(void)context;
	if (!deque_read(plan, object, &ring))
		return;
	uint64_t up = ring.room - ring.first;
	if (up > ring.count)
		up = ring.count;
	if (raw_vec_part(&plan->raw, object, ring.first, up, &part))
		visitor->part(visitor, &part);
	if (up < ring.count &&
	    raw_vec_part(&plan->raw, object, 0, ring.count - up, &part)) {
		part.first_index = up;
		visitor->part(visitor, &part);
	}
}

static bool deque_describe(const struct cw_rule_context *context,
			   const void *data, const struct cw_object *object,
			   struct cw_text *text)
{
	struct ring ring;

	(void)context;
	if (!deque_read(data, object, &ring))
		return false;
	elements_describe(ring.count, ring.room, text);
	return true;
}

/* ---- vec::IntoIter: what was not taken yet lives. */

struct iterator_plan {
	struct raw_vec raw;
	struct cw_rust_place next, end;
};

static bool iterator_prepare(const struct cw_rule_context *context,
			     const struct cw_type *type, const void **ret)
{
	struct iterator_plan plan = {0};

	if (!cw_rust_is(type, "alloc", "into_iter::IntoIter") ||
	    !cw_rust_scalar(type, "buf", &plan.raw.pointer) ||
	    !cw_rust_scalar(type, "cap", &plan.raw.room) ||
	    !cw_rust_scalar(type, "ptr", &plan.next) ||
	    !cw_rust_scalar(type, "end", &plan.end))
		return false;
	plan.raw.element = cw_rust_argument(type, "T");
	if (!plan.raw.element || plan.raw.element->size == 0)
		return false;
	*ret = cw_rust_keep(context, &plan);
	return true;
}

static void iterator_visit(const struct cw_rule_context *context,
			   const void *data, const struct cw_object *object,
			   struct cw_part_visitor *visitor)
{
	const struct iterator_plan *plan = data;
	cw_addr start = cw_rust_number(&plan->raw.pointer, object);
	cw_addr next = cw_rust_number(&plan->next, object);
	cw_addr end = cw_rust_number(&plan->end, object);
	uint64_t size = plan->raw.element->size;
	struct cw_part part;

	(void)context;
	if (next < start || end < next || (next - start) % size)
		return;
	if (raw_vec_part(&plan->raw, object, (next - start) / size,
			 (end - next) / size, &part))
		visitor->part(visitor, &part);
}

const struct cw_rule cw_rust_vec_rules[] = {
	{"Vec", vec_prepare, vec_visit, vec_describe, NULL},
	{"VecDeque", deque_prepare, deque_visit, deque_describe, NULL},
	{"IntoIter", iterator_prepare, iterator_visit, NULL, NULL},
	{"RawVec", raw_prepare, raw_visit, NULL, NULL},
	{.name = NULL},
};
