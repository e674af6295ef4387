#include "object/family.h"

#include <string.h>

#include "base/memory.h"
#include "base/search.h"
#include "object/kin.h"

enum {
	MAX_DEPTH = 16,
	/* Elements of an array of structs that are looked at. */
	MAX_ELEMENTS = 16,
	MAX_HOLDINGS = 1 << 23,
	/* One member alone is no family: many things begin with a pointer. */
	MIN_SHARED = 2,
};

void cw_family_init(struct cw_family *family, struct cw_debug *debug)
{
	*family = (struct cw_family){.debug = debug};
}

void cw_family_deinit(struct cw_family *family)
{
	cw_array_deinit(&family->holdings);
	cw_array_deinit(&family->text_headers);
}

/* An inner object still to be looked into. */
struct inner {
	const struct cw_type *type;
	uint64_t offset;
	unsigned depth;
};

struct walk {
	struct cw_family *family;
	const struct cw_type *holder;
	CW_ARRAY(struct inner) inner;
};

static void inner_add(struct walk *walk, const struct cw_type *type,
		      uint64_t offset, unsigned depth)
{
	uint64_t count = 1;

	if (type->kind == CW_TYPE_ARRAY) {
		count = type->count < MAX_ELEMENTS ? type->count : MAX_ELEMENTS;
		type = cw_type_strip(type->target);
	}
	if (!cw_type_is_aggregate(type) || type->size == 0 ||
	    depth > MAX_DEPTH || walk->family->holdings.num > MAX_HOLDINGS)
		return;
	for (uint64_t i = 0; i < count; i++)
		*cw_array_push(&walk->inner) =
			(struct inner){type, offset + i * type->size, depth};
}

/* All objects within one of @holder. */
static void holder_add(struct walk *walk, const struct cw_type *holder)
{
	walk->holder = holder;
	walk->inner.num = 0;
	inner_add(walk, holder, 0, 0);
	while (walk->inner.num > 0) {
		struct inner next = walk->inner.items[--walk->inner.num];
		const struct cw_member *members;
		size_t num = cw_type_members(next.type, &members);

		if (next.type != holder && next.offset <= UINT32_MAX)
			*cw_array_push(&walk->family->holdings) =
				(struct cw_holding){next.type->id,
						    (uint32_t)next.offset,
						    holder->id};
		for (size_t i = 0; i < num; i++)
			if (!members[i].is_virtual_base &&
			    members[i].bit_size == 0)
				inner_add(walk, cw_type_strip(members[i].type),
					  next.offset + members[i].offset,
					  next.depth + 1);
	}
}

static int holding_compare(const void *a, const void *b)
{
	const struct cw_holding *x = a, *y = b;

	if (x->member != y->member)
		return x->member < y->member ? -1 : 1;
	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return (x->holder > y->holder) - (x->holder < y->holder);
}

static void holdings_sort(struct cw_family *family)
{
	size_t kept = 0;

	if (family->holdings.num < 2)
		return;
	qsort(family->holdings.items, family->holdings.num,
	      sizeof(*family->holdings.items), holding_compare);
	cw_array_foreach(holding, &family->holdings)
	{
		if (kept && holding_compare(&family->holdings.items[kept - 1],
					    holding) == 0)
			continue;
		family->holdings.items[kept++] = *holding;
	}
	family->holdings.num = kept;
}

static uint64_t member_hash(uint64_t hash, const struct cw_member *member)
{
	const char *name = member->name ? member->name : "";
	uint64_t size = cw_type_strip(member->type)->size;

	hash = cw_hash_mix(hash ^ cw_hash_bytes(name, strlen(name)));
	return cw_hash_mix(hash ^ (member->offset << 32) ^ size);
}

/* Types whose members are the first of another's. */
static void beginnings_find(struct cw_family *family,
			    const struct cw_type *const *types, size_t num)
{
	struct cw_map by_members;

	cw_map_init(&by_members);
	for (unsigned pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < num; i++) {
			const struct cw_member *members;
			size_t count = cw_type_members(types[i], &members);
			uint64_t hash = 1;
			uint32_t id;

			if (types[i]->kind == CW_TYPE_UNION)
				continue;
			for (size_t k = 0; k < count; k++) {
				hash = member_hash(hash, &members[k]);
				bool is_all = k + 1 == count;
				if (k + 1 < MIN_SHARED || is_all != (pass == 0))
					continue;
				if (pass == 0)
					cw_map_set(&by_members, hash,
						   types[i]->id);
				else if (cw_map_get(&by_members, hash, &id) &&
					 id != types[i]->id)
					*cw_array_push(&family->holdings) =
						(struct cw_holding){
							id, 0, types[i]->id};
			}
		}
	cw_map_deinit(&by_members);
}

static int text_compare(const void *a, const void *b)
{
	const struct cw_type *x = *(const struct cw_type *const *)a;
	const struct cw_type *y = *(const struct cw_type *const *)b;
	uint64_t m = cw_type_text_offset(x), n = cw_type_text_offset(y);

	if (m != n)
		return m < n ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static void family_make(struct cw_family *family)
{
	const struct cw_target *target = cw_debug_target(family->debug);
	struct walk walk = {.family = family};

	family->is_made = true;
	cw_array_foreach(module, &target->modules)
	{
		const struct cw_type *const *types;
		size_t num;
		cw_cleanup_error struct cw_error *err =
			cw_debug_all_types(family->debug, module, &types, &num);

		/* Debug info that cannot be read is counted by the debug. */
		for (size_t i = 0; !err && i < num; i++) {
			holder_add(&walk, types[i]);
			if (cw_type_text_offset(types[i]))
				*cw_array_push(&family->text_headers) =
					types[i];
		}
		if (!err)
			beginnings_find(family, types, num);
	}
	cw_array_deinit(&walk.inner);
	holdings_sort(family);
	if (family->text_headers.num > 1)
		qsort(family->text_headers.items, family->text_headers.num,
		      sizeof(*family->text_headers.items), text_compare);
}

size_t cw_family_text_headers(struct cw_family *family, uint64_t offset,
			      const struct cw_type *const **ret)
{
	if (!family->is_made)
		family_make(family);

	const struct cw_type *const *types = family->text_headers.items;
	size_t num = family->text_headers.num;
	size_t first = cw_search_first(i, 0, num,
				       cw_type_text_offset(types[i]) < offset);
	*ret = types + first;
	return cw_search_first(i, first, num,
			       cw_type_text_offset(types[i]) <= offset) -
	       first;
}

size_t cw_family_holders(struct cw_family *family, const struct cw_type *member,
			 uint64_t offset, const struct cw_holding **ret)
{
	if (!family->is_made)
		family_make(family);
	if (offset > UINT32_MAX)
		return 0;

	const struct cw_holding wanted = {member->id, (uint32_t)offset, 0};
	const struct cw_holding *holdings = family->holdings.items;
	size_t num = family->holdings.num;
	size_t first = cw_search_first(
		i, 0, num, holding_compare(&holdings[i], &wanted) < 0);
	size_t end = first;
	while (end < num && holdings[end].member == wanted.member &&
	       holdings[end].offset == wanted.offset)
		end++;
	*ret = holdings + first;
	return end - first;
}

bool cw_family_is_extended(struct cw_family *family, const struct cw_type *type,
			   const struct cw_room *room)
{
	const struct cw_holding *holdings;
	size_t num = cw_family_holders(family, type, 0, &holdings);

	for (size_t i = 0; i < num; i++) {
		const struct cw_type *holder =
			cw_debug_type(family->debug, holdings[i].holder);
		if (holder->size > type->size &&
		    cw_room_is_class(room, holder->size))
			return true;
	}
	return false;
}

uint64_t cw_family_next_size(struct cw_family *family,
			     const struct cw_type *type)
{
	const struct cw_holding *holdings;
	size_t num = cw_family_holders(family, type, 0, &holdings);
	uint64_t next = 0;

	for (size_t i = 0; i < num; i++) {
		uint64_t size =
			cw_debug_type(family->debug, holdings[i].holder)->size;
		if (size > type->size && (next == 0 || size < next))
			next = size;
	}
	return next;
}
