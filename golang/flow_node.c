#include <string.h>

#include "golang/flow_private.h"

enum {
	MAX_DEPTH = 64,
	MAX_NODES = 1 << 25,
	NUMBER_BITS = 56,
};

const struct cw_type cw_flow_conflict = {.kind = CW_TYPE_UNKNOWN};

void cw_flow_graph_init(struct cw_flow_graph *graph, const struct cw_go *go,
			struct cw_go_types *types)
{
	*graph = (struct cw_flow_graph){.go = go, .types = types};
	cw_map_init(&graph->named);
	cw_map_init(&graph->closures);
	for (uint32_t i = 0; i < CW_FLOW_FIRST_NODE; i++)
		*cw_array_push(&graph->nodes) =
			(struct cw_flow_node){.is_fixed = true};
}

void cw_flow_graph_deinit(struct cw_flow_graph *graph)
{
	cw_array_deinit(&graph->nodes);
	cw_array_deinit(&graph->edges);
	cw_array_deinit(&graph->closure_types);
	cw_map_deinit(&graph->named);
	cw_map_deinit(&graph->closures);
}

static uint32_t node_add(struct cw_flow_graph *graph,
			 const struct cw_flow_node *node)
{
	if (graph->nodes.num >= MAX_NODES)
		return CW_FLOW_NOTHING;
	*cw_array_push(&graph->nodes) = *node;
	return graph->nodes.num - 1;
}

uint32_t cw_flow_node(struct cw_flow_graph *graph, enum cw_flow_kind kind,
		      uint64_t number)
{
	uint64_t key = (uint64_t)(kind + 1) << NUMBER_BITS | number;
	uint32_t *place = cw_map_place(&graph->named, key, 0);

	if (*place == 0)
		*place = node_add(graph, &(struct cw_flow_node){
						 .kind = kind,
						 .number = number,
					 });
	return *place;
}

uint32_t cw_flow_object(struct cw_flow_graph *graph, const struct cw_type *type)
{
	if (!type || type->size == 0)
		return CW_FLOW_NOTHING;
	uint32_t node = cw_flow_node(graph, CW_FLOW_OBJECT, type->id);

	graph->nodes.items[node].type = type;
	graph->nodes.items[node].is_fixed = true;
	return node;
}

/* Of several kinds: the same parts always give the same node. */
static uint32_t node_of_parts(struct cw_flow_graph *graph,
			      const struct cw_flow_node *node, uint64_t parts)
{
	uint64_t key = (uint64_t)(node->kind + 1) << NUMBER_BITS |
		       cw_hash_mix(parts) >> (64 - NUMBER_BITS);
	uint32_t *place = cw_map_place(&graph->named, key, 0);

	if (*place == 0)
		*place = node_add(graph, node);
	return *place;
}

uint32_t cw_flow_load(struct cw_flow_graph *graph, uint32_t base,
		      int32_t offset)
{
	struct cw_flow_node node = {
		.kind = CW_FLOW_LOAD,
		.base = base,
		.offset = offset,
	};

	return node_of_parts(graph, &node,
			     (uint64_t)base << 32 | (uint32_t)offset);
}

uint32_t cw_flow_meeting(struct cw_flow_graph *graph, uint32_t base,
			 uint32_t other)
{
	uint32_t low = base < other ? base : other;
	uint32_t high = base < other ? other : base;
	struct cw_flow_node node = {
		.kind = CW_FLOW_MEETING,
		.base = low,
		.other = high,
	};

	return node_of_parts(graph, &node, (uint64_t)low << 32 | high);
}

uint32_t cw_flow_value_of_call(struct cw_flow_graph *graph, cw_addr call,
			       uint32_t result, unsigned reg)
{
	struct cw_flow_node node = {
		.kind = CW_FLOW_MEETING,
		.base = result,
		.other = result,
	};

	return node_of_parts(graph, &node, call << 4 | reg);
}

void cw_flow_put(struct cw_flow_graph *graph, struct cw_flow_value value,
		 uint32_t to)
{
	if (value.node >= CW_FLOW_FIRST_NODE && value.offset == 0 &&
	    to >= CW_FLOW_FIRST_NODE && value.node != to)
		*cw_array_push(&graph->edges) =
			(struct cw_flow_edge){value.node, to};
}

void cw_flow_fix(struct cw_flow_graph *graph, uint32_t number,
		 const struct cw_type *type)
{
	struct cw_flow_node *node = &graph->nodes.items[number];

	if (number < CW_FLOW_FIRST_NODE || !type || type->size == 0 ||
	    node->kind == CW_FLOW_OBJECT)
		return;
	node->type =
		node->is_fixed && node->type != type ? &cw_flow_conflict : type;
	node->is_fixed = true;
}

void cw_flow_note_closure(struct cw_flow_graph *graph, cw_addr entry,
			  const struct cw_type *type)
{
	uint32_t *place = cw_map_place(&graph->closures, entry, 0);

	if (*place == 0) {
		*cw_array_push(&graph->closure_types) = type;
		*place = graph->closure_types.num;
	} else if (graph->closure_types.items[*place - 1] != type) {
		graph->closure_types.items[*place - 1] = NULL;
	}
}

/* The member that @offset is in; NULL: none. */
static const struct cw_member *member_at(const struct cw_type *type,
					 int64_t offset)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	for (size_t i = 0; i < num; i++) {
		const struct cw_type *inner = cw_type_strip(members[i].type);

		if ((uint64_t)offset >= members[i].offset &&
		    offset - members[i].offset < inner->size)
			return &members[i];
	}
	return NULL;
}

/* What the pointer at @offset of objects of @type points to; NULL: nothing. */
static const struct cw_type *pointer_at(const struct cw_type *type,
					int64_t offset)
{
	if (type->size == 0 || type->size > INT32_MAX)
		return NULL;
	/* Other elements of the same array have the same there. */
	offset %= (int64_t)type->size;
	if (offset < 0)
		offset += type->size;
	for (int i = 0; i < MAX_DEPTH && type; i++) {
		const struct cw_member *member;

		type = cw_type_strip(type);
		switch (type->kind) {
		case CW_TYPE_POINTER:
			if (cw_go_is_shape(type->name))
				return NULL;
			type = offset == 0 ? cw_type_strip(type->target) : NULL;
			return type && type->size && type->size <= INT32_MAX
				       ? type
				       : NULL;
		case CW_TYPE_ARRAY:
			type = type->target;
			if (!type || cw_type_strip(type)->size == 0)
				return NULL;
			offset %= (int64_t)cw_type_strip(type)->size;
			break;
		case CW_TYPE_STRUCT:
			member = member_at(type, offset);
			if (!member)
				return NULL;
			offset -= member->offset;
			type = member->type;
			break;
		default:
			return NULL;
		}
	}
	return NULL;
}

const struct cw_type *cw_flow_type(const struct cw_flow_graph *graph,
				   struct cw_flow_value value)
{
	const struct cw_type *type = graph->nodes.items[value.node].type;

	return value.offset == 0 && type != &cw_flow_conflict ? type : NULL;
}

/* ---- Types go along */

/* Who looks at each node: where its own begin, and their numbers. */
struct lookers {
	uint32_t *first, *numbers;
};

static void looker_count(struct lookers *lookers, uint32_t from, uint32_t to)
{
	(void)to;
	lookers->first[from + 1]++;
}

static void looker_add(struct lookers *lookers, uint32_t from, uint32_t to)
{
	lookers->numbers[lookers->first[from]++] = to;
}

static uint64_t
lookers_each(const struct cw_flow_graph *graph, struct lookers *lookers,
	     void (*each)(struct lookers *lookers, uint32_t from, uint32_t to))
{
	uint64_t num = 0;

	cw_array_foreach(edge, &graph->edges)
	{
		const struct cw_flow_node *to = &graph->nodes.items[edge->to];

		/* Registers hold things that are no arguments, too. */
		if (to->kind == CW_FLOW_PARAMETER && !to->is_used)
			continue;
		each(lookers, edge->from, edge->to);
		num++;
	}
	for (uint32_t i = CW_FLOW_FIRST_NODE; i < graph->nodes.num; i++) {
		const struct cw_flow_node *node = &graph->nodes.items[i];

		if (node->kind != CW_FLOW_LOAD && node->kind != CW_FLOW_MEETING)
			continue;
		each(lookers, node->base, i);
		num++;
		if (node->kind == CW_FLOW_MEETING) {
			each(lookers, node->other, i);
			num++;
		}
	}
	return num;
}

static void lookers_find(const struct cw_flow_graph *graph,
			 struct lookers *lookers)
{
	size_t num = graph->nodes.num;

	lookers->first = calloc(num + 2, sizeof(*lookers->first));
	if (!lookers->first)
		return;
	uint64_t total = lookers_each(graph, lookers, looker_count);
	for (size_t i = 0; i < num; i++)
		lookers->first[i + 1] += lookers->first[i];
	lookers->numbers = malloc(total * sizeof(*lookers->numbers) + 1);
	if (lookers->numbers)
		lookers_each(graph, lookers, looker_add);
	/* Each is now where the next one began. */
	memmove(lookers->first + 1, lookers->first,
		num * sizeof(*lookers->first));
	lookers->first[0] = 0;
}

/* Whether the node's type is another one now. */
static bool node_join(struct cw_flow_node *node, const struct cw_type *type)
{
	if (!type || node->is_fixed || node->type == type ||
	    node->type == &cw_flow_conflict)
		return false;
	node->type = node->type ? &cw_flow_conflict : type;
	return true;
}

static const struct cw_type *type_for(const struct cw_flow_node *from,
				      const struct cw_flow_node *to)
{
	if (to->kind != CW_FLOW_LOAD || from->type == &cw_flow_conflict)
		return from->type;
	return pointer_at(from->type, to->offset);
}

void cw_flow_solve(struct cw_flow_graph *graph)
{
	struct lookers lookers = {0};
	CW_ARRAY(uint32_t) queue = {0};

	lookers_find(graph, &lookers);
	for (uint32_t i = CW_FLOW_FIRST_NODE; i < graph->nodes.num; i++) {
		struct cw_flow_node *node = &graph->nodes.items[i];
		uint32_t number;

		if (node->kind == CW_FLOW_CLOSURE && !node->is_fixed &&
		    cw_map_get(&graph->closures, node->number, &number))
			node->type = graph->closure_types.items[number - 1];
		if (node->type)
			*cw_array_push(&queue) = i;
	}
	while (lookers.numbers && queue.num > 0) {
		uint32_t from = queue.items[--queue.num];

		for (uint32_t i = lookers.first[from];
		     i < lookers.first[from + 1]; i++) {
			uint32_t to = lookers.numbers[i];
			struct cw_flow_node *node = &graph->nodes.items[to];
			const struct cw_type *type =
				type_for(&graph->nodes.items[from], node);
			if (node_join(node, type))
				*cw_array_push(&queue) = to;
		}
	}
	free(lookers.first);
	free(lookers.numbers);
	cw_array_deinit(&queue);
}
