#include "golang/flow.h"

#include <string.h>

#include "base/memory.h"
#include "base/search.h"
#include "golang/flow_private.h"

enum {
	STEP = 256, /* functions between looks at the progress */
	MAX_FUNCTIONS = 1 << 24,
};

struct cw_go_flow {
	struct cw_map closures; /* see struct cw_flow_graph */
	CW_ARRAY(const struct cw_type *) closure_types;
	CW_ARRAY(struct cw_go_flow_word) globals;
	/* Of frames, by place. */
	CW_ARRAY(struct cw_go_flow_word) words;
	CW_ARRAY(cw_addr) places; /* of each word */
};

static void functions_list(struct cw_flow_scan *scan)
{
	const struct cw_go *go = scan->go;
	uint64_t num = cw_go_num_functions(go);

	for (uint64_t i = 0; i < num && i < MAX_FUNCTIONS; i++) {
		struct cw_go_function function;
		cw_addr end;

		if (cw_go_function_number(go, i, &function, &end) &&
		    end > function.entry)
			*cw_array_push(&scan->functions) =
				(struct cw_flow_function){
					.entry = function.entry,
					.end = end,
					.role = cw_flow_role_of(function.name),
				};
	}
}

static struct cw_error *functions_read(struct cw_flow_scan *scan,
				       struct cw_progress *progress)
{
	for (uint32_t i = 0; i < scan->functions.num; i++) {
		if (i % STEP == 0) {
			struct cw_error *err = cw_progress_step(progress, i);
			if (err)
				return err;
		}
		cw_flow_read(scan, i);
	}
	return NULL;
}

/* ---- Receivers of methods are of the type that the method is named after */

/* Types that are known by now, by a hash of their names. */
static void names_list(const struct cw_go_types *types, struct cw_map *names)
{
	for (size_t i = 0; i < types->items.num; i++) {
		const struct cw_type *type = types->items.items[i].type;

		if (type && type->name && type->size)
			cw_map_set(
				names,
				cw_hash_bytes(type->name, strlen(type->name)),
				i);
	}
}

static const struct cw_type *receiver_of(const struct cw_flow_scan *scan,
					 const struct cw_map *names,
					 uint32_t function)
{
	const struct cw_go_types *types = scan->graph.types;
	cw_cleanup_text struct cw_text name = {0};
	struct cw_go_function found;
	uint32_t number;

	if (!cw_go_function_at(scan->go, scan->functions.items[function].entry,
			       &found) ||
	    !cw_flow_receiver(found.name, &name) ||
	    !cw_map_get(names, cw_hash_bytes(name.chars, name.length), &number))
		return NULL;
	const struct cw_type *type = types->items.items[number].type;
	return strcmp(type->name, name.chars) == 0 ? type : NULL;
}

static void receivers_fix(struct cw_flow_scan *scan)
{
	struct cw_map names;

	cw_map_init(&names);
	names_list(scan->graph.types, &names);
	for (uint32_t i = 0; i < scan->functions.num; i++) {
		const struct cw_type *type = receiver_of(scan, &names, i);

		if (type)
			cw_flow_fix(&scan->graph,
				    cw_flow_node(&scan->graph,
						 CW_FLOW_PARAMETER,
						 (uint64_t)i << 4 |
							 cw_flow_arguments[0]),
				    type);
	}
	cw_array_foreach(receiver, &scan->receivers)
	{
		const struct cw_type *type =
			receiver_of(scan, &names, receiver->function);

		if (type)
			*cw_array_push(&scan->objects) =
				(struct cw_go_flow_word){
					.address = scan->go->variables +
						   receiver->offset,
					.type = type,
					.is_object = true,
				};
	}
	cw_map_deinit(&names);
}

/* ---- Results */

static int word_compare(const void *left, const void *right)
{
	const struct cw_go_flow_word *a = left, *b = right;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	if (a->is_object != b->is_object)
		return a->is_object ? -1 : 1;
	return (a->type->id > b->type->id) - (a->type->id < b->type->id);
}

static void globals_keep(struct cw_go_flow *flow,
			 const struct cw_flow_scan *scan)
{
	cw_array_foreach(object, &scan->objects)
	{
		*cw_array_push(&flow->globals) = *object;
	}
	cw_array_foreach(node, &scan->graph.nodes)
	{
		if (node->kind == CW_FLOW_GLOBAL && node->type &&
		    node->type != &cw_flow_conflict)
			*cw_array_push(&flow->globals) =
				(struct cw_go_flow_word){
					.address = node->number,
					.type = node->type,
				};
	}
	size_t num = 0;
	if (flow->globals.num > 1)
		qsort(flow->globals.items, flow->globals.num,
		      sizeof(*flow->globals.items), word_compare);
	for (size_t i = 0; i < flow->globals.num; i++)
		if (num == 0 || word_compare(&flow->globals.items[num - 1],
					     &flow->globals.items[i]) != 0)
			flow->globals.items[num++] = flow->globals.items[i];
	flow->globals.num = num;
}

static int slot_compare(const void *left, const void *right)
{
	const struct cw_flow_slot *a = left, *b = right;

	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	return (a->offset > b->offset) - (a->offset < b->offset);
}

static void frames_keep(struct cw_go_flow *flow, struct cw_flow_scan *scan)
{
	if (scan->slots.num > 1)
		qsort(scan->slots.items, scan->slots.num,
		      sizeof(*scan->slots.items), slot_compare);
	cw_array_foreach(slot, &scan->slots)
	{
		const struct cw_type *type =
			slot->type ? slot->type
				   : cw_flow_type(&scan->graph, slot->value);

		if (!type)
			continue;
		*cw_array_push(&flow->words) = (struct cw_go_flow_word){
			.type = type,
			.offset = slot->offset,
			.is_object = slot->type != NULL,
		};
		*cw_array_push(&flow->places) = slot->place;
	}
}

static void scan_deinit(struct cw_flow_scan *scan)
{
	cw_flow_graph_deinit(&scan->graph);
	cw_decoder_destroy(scan->decoder);
	for (size_t i = 0; i < scan->states.num; i++)
		free(scan->states.items[i]);
	cw_array_deinit(&scan->states);
	cw_array_deinit(&scan->functions);
	cw_array_deinit(&scan->slots);
	cw_array_deinit(&scan->objects);
	cw_array_deinit(&scan->receivers);
	cw_array_deinit(&scan->code);
	cw_array_deinit(&scan->labels);
	cw_array_deinit(&scan->frame_objects);
	free(scan);
}

struct cw_error *cw_go_flow_create(const struct cw_go *go,
				   struct cw_go_types *types,
				   const cw_addr *places, size_t num_places,
				   struct cw_progress *progress,
				   struct cw_go_flow **ret)
{
	struct cw_flow_scan *scan = cw_alloc(sizeof(*scan));
	struct cw_error *err = cw_decoder_create(&scan->decoder);

	scan->go = go;
	scan->places = places;
	scan->num_places = num_places;
	cw_flow_graph_init(&scan->graph, go, types);
	functions_list(scan);
	if (!err)
		err = functions_read(scan, progress);
	if (err) {
		scan_deinit(scan);
		return err;
	}
	receivers_fix(scan);
	cw_flow_solve(&scan->graph);

	struct cw_go_flow *flow = cw_alloc(sizeof(*flow));
	globals_keep(flow, scan);
	frames_keep(flow, scan);
	/* Taken over. */
	flow->closures = scan->graph.closures;
	flow->closure_types.items = scan->graph.closure_types.items;
	flow->closure_types.num = scan->graph.closure_types.num;
	cw_map_init(&scan->graph.closures);
	scan->graph.closure_types.items = NULL;
	scan_deinit(scan);
	*ret = flow;
	return NULL;
}

void cw_go_flow_destroy(struct cw_go_flow *flow)
{
	if (!flow)
		return;
	cw_map_deinit(&flow->closures);
	cw_array_deinit(&flow->closure_types);
	cw_array_deinit(&flow->globals);
	cw_array_deinit(&flow->words);
	cw_array_deinit(&flow->places);
	free(flow);
}

const struct cw_type *cw_go_flow_closure(const struct cw_go_flow *flow,
					 cw_addr entry)
{
	uint32_t number;

	return cw_map_get(&flow->closures, entry, &number)
		       ? flow->closure_types.items[number - 1]
		       : NULL;
}

size_t cw_go_flow_globals(const struct cw_go_flow *flow,
			  const struct cw_go_flow_word **ret)
{
	*ret = flow->globals.items;
	return flow->globals.num;
}

size_t cw_go_flow_frame(const struct cw_go_flow *flow, cw_addr place,
			const struct cw_go_flow_word **ret)
{
	size_t low = cw_search_first(i, 0, flow->places.num,
				     flow->places.items[i] < place);
	size_t num = 0;

	while (low + num < flow->places.num &&
	       flow->places.items[low + num] == place)
		num++;
	*ret = flow->words.items + low;
	return num;
}
