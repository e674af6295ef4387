#include "object/kin.h"

#include <string.h>

#include "base/map.h"
#include "base/memory.h"

enum {
	MAX_DEPTH = 64,
	MIN_SHOWN = 3,
};

static bool is_alike(const struct cw_member *a, const struct cw_member *b)
{
	return a->name && b->name && strcmp(a->name, b->name) == 0 &&
	       a->offset == b->offset && a->bit_size == b->bit_size &&
	       cw_type_strip(a->type)->size == cw_type_strip(b->type)->size;
}

static const struct cw_type *target_of(const struct cw_member *member)
{
	const struct cw_type *type = cw_type_strip(member->type);

	return type->kind == CW_TYPE_POINTER ? cw_type_strip(type->target)
					     : NULL;
}

/*
 * Lists of one link and of two begin with the same names: that each links its
 * own type, and has a pointer to anything, makes no family.
 */
size_t cw_type_num_alike(const struct cw_type *type, const struct cw_type *base)
{
	const struct cw_member *members, *base_members;
	size_t num = cw_type_members(type, &members);
	size_t num_base = cw_type_members(base, &base_members);
	bool has_own_links = false, says_more = false;
	size_t i = 0;

	for (; i < num && i < num_base; i++) {
		const struct cw_member *a = &members[i], *b = &base_members[i];
		if (!is_alike(a, b))
			break;
		const struct cw_type *target = target_of(b);
		if (target && target == base && target_of(a) == type)
			has_own_links = true;
		else if (!target || target->kind != CW_TYPE_VOID)
			says_more = true;
	}
	return says_more || !has_own_links ? i : 0;
}

static bool has_same_members(const struct cw_type *type,
			     const struct cw_type *base)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);
	size_t num_base = cw_type_members(base, &members);

	/* One member alone is no family: many things begin with a pointer. */
	return num_base >= 2 && num_base <= num && type->size >= base->size &&
	       cw_type_num_alike(type, base) == num_base;
}

/* The member or base that begins where the object does. */
static const struct cw_type *first_inner(const struct cw_type *type)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	if (type->kind == CW_TYPE_UNION && num > 1)
		return NULL;
	for (size_t i = 0; i < num; i++) {
		if (members[i].offset != 0 || members[i].is_virtual_base)
			continue;
		const struct cw_type *inner = cw_type_strip(members[i].type);
		/* An empty base takes no room. */
		if (!members[i].is_base || inner->size > 1)
			return inner;
	}
	return NULL;
}

bool cw_type_begins_with(const struct cw_type *type, const struct cw_type *base)
{
	if (type == base || !cw_type_is_aggregate(type) ||
	    !cw_type_is_aggregate(base))
		return false;
	if (has_same_members(type, base))
		return true;
	for (unsigned i = 0; type && i < MAX_DEPTH; i++) {
		type = first_inner(type);
		if (type == base)
			return true;
	}
	return false;
}

/*
 * What lies at *offset, one step into @holder; NULL: nothing does.  *offset
 * becomes the one within.
 */
static const struct cw_type *inner_at(const struct cw_type *holder,
				      uint64_t *offset)
{
	const struct cw_member *members, *next = NULL;

	if (holder->kind == CW_TYPE_ARRAY) {
		const struct cw_type *element = cw_type_strip(holder->target);
		if (element->size == 0)
			return NULL;
		*offset %= element->size;
		return element;
	}
	size_t num = cw_type_members(holder, &members);
	for (size_t i = 0; i < num; i++) {
		uint64_t size = cw_type_strip(members[i].type)->size;
		bool is_inside = *offset >= members[i].offset &&
				 *offset - members[i].offset < size;
		/* Of an empty base and a member at one place, the member; of a
		 * union's, one that is large enough. */
		if (is_inside &&
		    (!next || size > cw_type_strip(next->type)->size))
			next = &members[i];
	}
	if (!next)
		return NULL;
	*offset -= next->offset;
	return cw_type_strip(next->type);
}

bool cw_type_holds(const struct cw_type *holder, const struct cw_type *member,
		   uint64_t offset)
{
	for (unsigned depth = 0; holder && depth < MAX_DEPTH; depth++) {
		if (holder == member && offset == 0)
			return true;
		holder = inner_at(holder, &offset);
	}
	return false;
}

/* Pointers to one type are the same, wherever they are declared. */
static bool is_same(const struct cw_type *a, const struct cw_type *b)
{
	for (unsigned depth = 0; depth < MAX_DEPTH; depth++) {
		a = cw_type_strip(a);
		b = cw_type_strip(b);
		if (a == b || a->kind != CW_TYPE_POINTER ||
		    b->kind != CW_TYPE_POINTER || !a->target || !b->target)
			break;
		a = a->target;
		b = b->target;
	}
	return a == b ||
	       (a->kind == CW_TYPE_FUNCTION && b->kind == CW_TYPE_FUNCTION);
}

/*
 * All members of @face are the first of @type under other names: what a
 * program shows to others of a type of its own.
 */
static bool is_face_of(const struct cw_type *face, const struct cw_type *type)
{
	const struct cw_member *members, *shown;
	size_t num = cw_type_members(type, &members);
	size_t num_shown = cw_type_members(face, &shown);

	if (num_shown < MIN_SHOWN || num_shown > num ||
	    face->kind == CW_TYPE_UNION || type->kind == CW_TYPE_UNION)
		return false;
	for (size_t i = 0; i < num_shown; i++)
		if (shown[i].offset != members[i].offset ||
		    shown[i].bit_size != members[i].bit_size ||
		    !is_same(shown[i].type, members[i].type))
			return false;
	return true;
}

static bool is_kin(const struct cw_type *a, const struct cw_type *b)
{
	if (a == b)
		return true;
	if (!cw_type_is_aggregate(a) || !cw_type_is_aggregate(b))
		return false;
	return cw_type_begins_with(a, b) || cw_type_begins_with(b, a) ||
	       is_face_of(a, b) || is_face_of(b, a);
}

/* Whether one of a union's members is, or is kin of, the type. */
static bool is_alternative(const struct cw_type *any,
			   const struct cw_type *type)
{
	const struct cw_member *members;

	if (any->kind != CW_TYPE_UNION)
		return false;
	size_t num = cw_type_members(any, &members);
	for (size_t i = 0; i < num; i++)
		if (is_kin(cw_type_strip(members[i].type), type))
			return true;
	return false;
}

bool cw_type_agrees(const struct cw_type *holder, const struct cw_type *type,
		    uint64_t offset)
{
	for (unsigned depth = 0; holder && depth < MAX_DEPTH; depth++) {
		if (offset == 0 &&
		    (is_kin(holder, type) || is_alternative(holder, type) ||
		     is_alternative(type, holder)))
			return true;
		holder = inner_at(holder, &offset);
	}
	return false;
}

bool cw_kinships_agree(struct cw_kinships *kinships,
		       const struct cw_type *holder, const struct cw_type *type,
		       uint64_t offset)
{
	if (holder == type && offset == 0)
		return true;
	if (holder->id == 0 || type->id == 0 || offset > UINT32_MAX)
		return cw_type_agrees(holder, type, offset);

	uint64_t hash = cw_hash_mix((uint64_t)holder->id << 32 ^ type->id);
	struct cw_kinship *kept =
		&kinships->kept[(hash ^ offset) %
				cw_num_elements(kinships->kept)];
	if (kept->holder != holder->id || kept->type != type->id ||
	    kept->offset != offset)
		*kept = (struct cw_kinship){
			holder->id, type->id, offset,
			cw_type_agrees(holder, type, offset)};
	return kept->agrees;
}

static uint64_t struct_least_size(const struct cw_type *type)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	if (num < 2 || type->kind == CW_TYPE_UNION)
		return type->size;
	const struct cw_type *last = cw_type_strip(members[num - 1].type);
	return last->kind == CW_TYPE_ARRAY && last->count <= 1
		       ? members[num - 1].offset
		       : type->size;
}

uint64_t cw_type_least_size(const struct cw_type *type)
{
	const struct cw_member *members;
	uint64_t least = struct_least_size(type);

	if (type->kind != CW_TYPE_UNION)
		return least;
	size_t num = cw_type_members(type, &members);
	for (size_t i = 0; i < num; i++) {
		const struct cw_type *inner = cw_type_strip(members[i].type);
		uint64_t size = struct_least_size(inner);
		if (cw_type_is_aggregate(inner) && size < least)
			least = size;
	}
	return least;
}

uint64_t cw_type_text_offset(const struct cw_type *type)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);
	uint64_t open = cw_type_open_bytes(type);

	if (open || num < 2 || type->kind == CW_TYPE_UNION)
		return open;
	const struct cw_type *last = cw_type_strip(members[num - 1].type);
	return last->kind == CW_TYPE_ARRAY && last->count == 1 &&
			       last->size == 1 &&
			       cw_type_strip(last->target)->kind == CW_TYPE_BASE
		       ? members[num - 1].offset
		       : 0;
}
