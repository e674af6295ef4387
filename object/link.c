#include "object/link.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "graph/component.h"
#include "object/extent.h"
#include "object/field_path.h"

/* Fields that may be the partner of one are followed up to this many. */
#define MAX_PARTNERS 4

/* The links of a ring being collected. */
struct collector {
	struct cw_typed_visitor visitor;
	struct cw_links *links;
	const struct cw_heap *heap;
	struct cw_counters *counters;
	struct cw_map numbers; /* addresses of blocks */
	struct cw_map fields;  /* keys to numbers */
	uint32_t from;
	struct cw_block block;
	const struct cw_type *type;
	uint64_t header;
};

static uint32_t field_number(struct collector *collector, uint64_t offset,
			     bool is_plain, enum cw_ownership ownership)
{
	uint64_t size = collector->type->size;
	uint64_t in_object = offset - collector->header;

	if (size > 0)
		in_object %= size;
	uint64_t key =
		cw_hash_mix(((uint64_t)collector->type->id << 32) ^ in_object) ^
		is_plain;
	uint32_t number;
	if (cw_map_get(&collector->fields, key, &number))
		return number;
	number = collector->links->fields.num;
	cw_map_set(&collector->fields, key, number);
	*cw_array_push(&collector->links->fields) = (struct cw_link_field){
		.key = key,
		.block = collector->block.address,
		.offset = offset,
		.is_plain = is_plain,
		.ownership = ownership,
	};
	return number;
}

static void reference_add(struct cw_typed_visitor *visitor,
			  const struct cw_typed_reference *reference)
{
	struct collector *collector = (struct collector *)visitor;
	const struct cw_block_index *index = &collector->heap->index;
	uint64_t granule = cw_pointer_used(index, reference->target);
	uint64_t offset = reference->slot - collector->block.address;
	enum cw_ownership ownership = reference->ownership;
	uint32_t to;

	if (granule == CW_NO_GRANULE || offset < collector->header ||
	    !cw_map_get(&collector->numbers,
			cw_block_index_address(index, granule), &to))
		return;
	bool is_plain = ownership == CW_OWNERSHIP_UNKNOWN;
	if (is_plain)
		ownership = cw_counters_tell(
			collector->counters, collector->type,
			offset - collector->header, reference->type);
	is_plain = ownership == CW_OWNERSHIP_UNKNOWN;
	*cw_array_push(&collector->links->items) = (struct cw_link){
		.from = collector->from,
		.to = to,
		.offset = offset,
		.field = field_number(collector, offset, is_plain, ownership),
		.ownership = ownership,
	};
}

static void links_collect(struct collector *collector, struct cw_typing *typing,
			  const cw_addr *blocks)
{
	struct cw_links *links = collector->links;

	for (uint32_t i = 0; i < links->num_blocks; i++) {
		struct cw_typed_block typed;

		if (!cw_heap_block_at(collector->heap, blocks[i],
				      &collector->block) ||
		    !cw_typing_of(typing, &collector->block, &typed) ||
		    !typed.type) {
			links->num_untyped++;
			continue;
		}
		collector->from = i;
		collector->type = cw_type_strip(typed.type);
		collector->header = typed.header;
		cw_typing_visit(typing, &collector->block, &collector->visitor);
	}
}

/* Links as keys: field and ends. */
static uint64_t link_key(uint32_t field, uint32_t from, uint32_t to)
{
	return cw_hash_mix(((uint64_t)from << 32 | to) +
			   cw_hash_mix(field + UINT64_C(1)));
}

/* Several blocks point to one by the same field: it is their parent. */
static void find_parents(struct cw_links *links)
{
	struct cw_map first; /* field and target to the source */

	cw_map_init(&first);
	cw_array_foreach(link, &links->items)
	{
		struct cw_link_field *field = &links->fields.items[link->field];
		if (!field->is_plain)
			continue;
		uint32_t *from = cw_map_place(
			&first, link_key(link->field, 0, link->to), link->from);
		if (*from != link->from)
			field->ownership = CW_BORROWS;
	}
	cw_map_deinit(&first);
}

/* Fields that lead back wherever another one leads. */
struct partners {
	uint32_t fields[MAX_PARTNERS];
	unsigned num;
	bool is_begun;
};

static void partners_begin(struct partners *partners,
			   const struct cw_links *links, const uint32_t *first,
			   const struct cw_link *link)
{
	partners->is_begun = true;
	for (uint32_t i = first[link->to]; i < first[link->to + 1]; i++) {
		const struct cw_link *back = &links->items.items[i];
		if (back->to == link->from && back->field != link->field &&
		    partners->num < MAX_PARTNERS)
			partners->fields[partners->num++] = back->field;
	}
}

static void partners_check(struct partners *partners, const struct cw_map *all,
			   const struct cw_link *link)
{
	for (unsigned i = 0; i < partners->num;) {
		uint32_t ignored;
		if (cw_map_get(
			    all,
			    link_key(partners->fields[i], link->to, link->from),
			    &ignored))
			i++;
		else
			partners->fields[i] = partners->fields[--partners->num];
	}
}

static bool is_called_back(struct cw_typing *typing, const struct cw_heap *heap,
			   const struct cw_link_field *field)
{
	static const char *const names[] = {
		"prev", "parent", "back", "owner", "up", "container", "pprev",
	};
	cw_cleanup_text struct cw_text text = {0};
	struct cw_field_path path;
	struct cw_block block;

	if (!cw_heap_block_at(heap, field->block, &block))
		return false;
	cw_field_path_add_block(typing, &block, field->offset, 0, &text, &path);
	const char *name = text.chars ? strrchr(text.chars, '.') : NULL;
	if (!name)
		return false;
	for (name++; *name == '_' || (name[0] == 'm' && name[1] == '_');)
		name++;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		size_t length = strlen(names[i]);
		if (strncmp(name, names[i], length) == 0 &&
		    !islower((unsigned char)name[length]))
			return true;
	}
	return strncmp(name, "previous", 8) == 0;
}

/* Which of two fields that lead to and fro leads back. */
static void pair_settle(struct cw_links *links, struct cw_typing *typing,
			const struct cw_heap *heap, uint32_t number,
			uint32_t partner)
{
	struct cw_link_field *field = &links->fields.items[number];
	struct cw_link_field *other = &links->fields.items[partner];
	bool is_back = is_called_back(typing, heap, field);

	if (!other->is_plain) {
		/* An observer's partner may well be the owner. */
		if (other->ownership != CW_BORROWS &&
		    other->ownership != CW_WEAKLY)
			field->ownership = CW_BORROWS;
		return;
	}
	if (field->ownership == CW_BORROWS || other->ownership == CW_BORROWS)
		return;
	bool is_other_back = is_called_back(typing, heap, other);
	if (is_back != is_other_back)
		(is_back ? field : other)->ownership = CW_BORROWS;
	else if (field->block == other->block)
		(field->offset > other->offset ? field : other)->ownership =
			CW_BORROWS;
	else
		field->ownership = other->ownership = CW_OWNERSHIP_UNKNOWN;
}

/* The first link of each block; one more at the end. */
static uint32_t *first_links(const struct cw_links *links)
{
	uint32_t *first = cw_alloc((links->num_blocks + 1) * sizeof(*first));

	cw_array_foreach(link, &links->items) first[link->from + 1]++;
	for (uint32_t i = 0; i < links->num_blocks; i++)
		first[i + 1] += first[i];
	return first;
}

static void find_pairs(struct cw_links *links, struct cw_typing *typing,
		       const struct cw_heap *heap)
{
	cw_cleanup_free uint32_t *first = first_links(links);
	cw_cleanup_free struct partners *partners =
		cw_alloc((links->fields.num + 1) * sizeof(*partners));
	struct cw_map all;

	cw_map_init(&all);
	cw_array_foreach(link, &links->items)
	{
		cw_map_set(&all, link_key(link->field, link->from, link->to),
			   1);
	}
	cw_array_foreach(link, &links->items)
	{
		struct partners *of = &partners[link->field];
		if (!links->fields.items[link->field].is_plain)
			continue;
		if (!of->is_begun)
			partners_begin(of, links, first, link);
		else
			partners_check(of, &all, link);
	}
	for (uint32_t i = 0; i < links->fields.num; i++)
		for (unsigned j = 0; j < partners[i].num; j++)
			pair_settle(links, typing, heap, i,
				    partners[i].fields[j]);
	cw_map_deinit(&all);
}

void cw_links_init(struct cw_links *links, const struct cw_heap *heap,
		   struct cw_typing *typing, struct cw_counters *counters,
		   const cw_addr *blocks, uint32_t num_blocks)
{
	struct collector collector = {
		.visitor.reference = reference_add,
		.links = links,
		.heap = heap,
		.counters = counters,
	};

	*links = (struct cw_links){.num_blocks = num_blocks};
	cw_map_init(&collector.numbers);
	cw_map_init(&collector.fields);
	for (uint32_t i = 0; i < num_blocks; i++)
		cw_map_set(&collector.numbers, blocks[i], i);
	links_collect(&collector, typing, blocks);
	cw_map_deinit(&collector.numbers);
	cw_map_deinit(&collector.fields);

	/* A plain pointer owns until it is found to lead back. */
	cw_array_foreach(field, &links->fields) if (field->is_plain)
		field->ownership = CW_OWNS;
	find_parents(links);
	find_pairs(links, typing, heap);
	cw_array_foreach(link, &links->items)
	{
		if (links->fields.items[link->field].is_plain)
			link->ownership =
				links->fields.items[link->field].ownership;
	}
}

void cw_links_deinit(struct cw_links *links)
{
	cw_array_deinit(&links->items);
	cw_array_deinit(&links->fields);
}

static bool is_in_set(const struct cw_link *link, enum cw_link_set set)
{
	return link->ownership == CW_OWNS || link->ownership == CW_SHARES ||
	       (set >= CW_LINKS_OWNING_OR_UNKNOWN &&
		link->ownership == CW_OWNERSHIP_UNKNOWN) ||
	       set == CW_LINKS_ALL;
}

struct cw_error *cw_links_lead_round(const struct cw_links *links,
				     enum cw_link_set set, bool *ret)
{
	struct cw_components components = {0};
	struct cw_graph graph;
	size_t next = 0;
	bool is_round = false;
	struct cw_error *err =
		cw_graph_init(&graph, links->num_blocks, links->items.num);

	if (err)
		return err;
	for (uint32_t block = 0; block < links->num_blocks; block++) {
		for (; next < links->items.num &&
		       links->items.items[next].from == block;
		     next++) {
			const struct cw_link *link = &links->items.items[next];
			if (!is_in_set(link, set))
				continue;
			is_round |= link->to == block && links->num_blocks == 1;
			cw_graph_edge(&graph, link->to);
		}
		cw_graph_next(&graph);
	}
	err = cw_components_init(&components, &graph, NULL);
	if (!err)
		*ret = is_round || components.num < links->num_blocks;
	cw_components_deinit(&components);
	cw_graph_deinit(&graph);
	return err;
}

/* The links before each block of a breadth-first walk from block 0; the one
 * that closes the way, or UINT32_MAX. */
static uint32_t walk_round(const struct cw_links *links, enum cw_link_set set,
			   const uint32_t *first, uint32_t *before)
{
	cw_cleanup_free uint32_t *queue =
		cw_alloc((links->num_blocks + 1) * sizeof(*queue));
	uint32_t end = 1;

	for (uint32_t i = 0; i < links->num_blocks; i++)
		before[i] = UINT32_MAX;
	for (uint32_t at = 0; at < end; at++) {
		uint32_t block = queue[at];
		for (uint32_t i = first[block]; i < first[block + 1]; i++) {
			const struct cw_link *link = &links->items.items[i];
			if (!is_in_set(link, set))
				continue;
			if (link->to == 0 &&
			    (block != 0 || links->num_blocks == 1))
				return i;
			if (link->to == 0 || before[link->to] != UINT32_MAX)
				continue;
			before[link->to] = i;
			queue[end++] = link->to;
		}
	}
	return UINT32_MAX;
}

const uint32_t *cw_links_way(const struct cw_links *links, enum cw_link_set set,
			     struct cw_arena *arena, uint32_t *ret_num)
{
	cw_cleanup_free uint32_t *first = first_links(links);
	cw_cleanup_free uint32_t *before =
		cw_alloc((links->num_blocks + 1) * sizeof(*before));
	uint32_t last = links->num_blocks
				? walk_round(links, set, first, before)
				: UINT32_MAX;
	uint32_t num = 0;

	*ret_num = 0;
	if (last == UINT32_MAX)
		return NULL;
	for (uint32_t i = last; i != UINT32_MAX;
	     i = before[links->items.items[i].from])
		num++;
	uint32_t *way = cw_arena_alloc(arena, num * sizeof(*way));
	*ret_num = num;
	for (uint32_t i = last; i != UINT32_MAX;
	     i = before[links->items.items[i].from])
		way[--num] = i;
	return way;
}
