#include "command/held_stacks.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/root_share.h"
#include "object/extent.h"
#include "object/weak.h"

struct holding {
	struct cw_session *session;
	const struct cw_holders *holders;
	struct cw_held_stacks *stacks;
	struct cw_labels labels;
	/* By block: first that of the root that leads to it, then its own. */
	uint32_t *stack_of;
	cw_node *queue; /* blocks, holders before what they hold */
	cw_node num_queued;
};

static size_t nodes_size(const struct holding *holding)
{
	return (size_t)holding->holders->num_nodes * sizeof(uint32_t);
}

static uint32_t add_stack(struct cw_held_stacks *stacks,
			  struct cw_held_stack stack)
{
	*cw_array_push(&stacks->items) = stack;
	return stacks->items.num - 1;
}

/* Words of one name are one root. */
static uint32_t root_stack(struct cw_held_stacks *stacks, const char *name)
{
	uint64_t hash = cw_hash_bytes(name, strlen(name));
	uint32_t number;

	for (; cw_map_get(&stacks->roots, hash, &number); hash++)
		if (strcmp(stacks->items.items[number].name, name) == 0)
			return number;
	number = add_stack(stacks, (struct cw_held_stack){
					   .parent = CW_NO_STACK,
					   .depth = 1,
					   .name = name,
				   });
	cw_map_set(&stacks->roots, hash, number);
	return number;
}

static uint32_t block_stack(struct holding *holding, uint32_t outer,
			    uint32_t label)
{
	struct cw_held_stacks *stacks = holding->stacks;
	const struct cw_held_stack *holder = &stacks->items.items[outer];

	if (holder->depth == CW_MAX_HELD_DEPTH && holder->label != label) {
		outer = holder->parent;
		holder = &stacks->items.items[outer];
	}
	if (holder->parent != CW_NO_STACK && holder->label == label)
		return outer;
	uint32_t depth = holder->depth + 1;
	uint32_t *number =
		cw_map_place(&stacks->numbers, (uint64_t)outer << 32 | label,
			     stacks->items.num);
	if (*number < stacks->items.num)
		return *number;
	return add_stack(stacks,
			 (struct cw_held_stack){
				 .parent = outer,
				 .depth = depth,
				 .label = label,
				 .name = cw_typing_label_name(
					 holding->session->typing, label),
			 });
}

static void seed_root(struct holding *holding, const struct cw_root *root,
		      bool is_weak)
{
	const struct cw_block_index *index = &holding->session->heap->index;
	struct cw_piece piece = cw_root_piece(root);

	for (uint64_t i = 0; i < piece.num_words; i++) {
		uint64_t start = cw_piece_used(index, &piece, i);

		if (start == CW_NO_GRANULE)
			continue;
		cw_node node = cw_block_index_block(index, start);
		if (holding->stack_of[node] != CW_NO_STACK ||
		    (cw_root_weak_word(root, i) != NULL) != is_weak)
			continue;
		holding->stack_of[node] = root_stack(
			holding->stacks,
			cw_root_share_name(holding->session,
					   &holding->stacks->arena, root,
					   i * sizeof(uint64_t)));
		holding->queue[holding->num_queued++] = node;
	}
}

/* Each block that is reached, breadth first: the stack of a root. */
static void spread_roots(struct holding *holding, unsigned rank, bool is_weak)
{
	const struct cw_graph *graph = &holding->session->graph;
	const struct cw_roots *roots = holding->session->roots;

	holding->num_queued = 0;
	cw_array_foreach(root, &roots->roots)
	{
		if (cw_root_kind_rank(root->kind) == rank)
			seed_root(holding, root, is_weak);
	}
	for (cw_node i = 0; i < holding->num_queued; i++) {
		cw_node node = holding->queue[i];

		for (uint32_t e = graph->first[node];
		     e < graph->first[node + 1]; e++) {
			cw_node target = graph->targets[e];
			if (holding->stack_of[target] != CW_NO_STACK)
				continue;
			holding->stack_of[target] = holding->stack_of[node];
			holding->queue[holding->num_queued++] = target;
		}
	}
}

/* What only weak words lead to is not reachable, nor is all that it holds. */
static void push_children(struct holding *holding, cw_node node)
{
	const struct cw_holders *holders = holding->holders;

	for (uint32_t i = holders->first[node]; i < holders->first[node + 1];
	     i++)
		holding->queue[holding->num_queued++] = holders->children[i];
}

static void count(struct holding *holding, cw_node node)
{
	const struct cw_holders *holders = holding->holders;
	struct cw_held_stacks *stacks = holding->stacks;
	cw_node holder = holders->dominators.immediate[node];
	struct cw_block block = cw_holders_block(holders, node);
	uint32_t outer =
		holding->stack_of[holder == CW_NO_NODE ? node : holder];

	if (cw_reach_is_weak(holding->session->reach, block.granule) ||
	    !cw_reach_has(holding->session->reach, block.granule))
		return;
	outer = block_stack(holding, outer,
			    cw_label_of(&holding->labels, &block));
	holding->stack_of[node] = outer;
	struct cw_heap_count *counted = &stacks->items.items[outer].count;
	counted->blocks++;
	counted->bytes += block.size;
	stacks->total.blocks++;
	stacks->total.bytes += block.size;
	push_children(holding, node);
}

static struct cw_error *work(struct holding *holding)
{
	struct cw_progress *progress = &holding->session->progress;
	cw_node num_nodes = holding->holders->num_nodes;

	struct cw_error *err =
		cw_bulk_alloc(nodes_size(holding), &holding->stack_of);
	if (!err)
		err = cw_bulk_alloc(nodes_size(holding), &holding->queue);
	if (err)
		return err;
	for (cw_node node = 0; node < num_nodes; node++)
		holding->stack_of[node] = CW_NO_STACK;
	for (unsigned is_weak = 0; is_weak < 2; is_weak++)
		for (unsigned rank = 0; rank < CW_NUM_ROOT_KINDS; rank++)
			spread_roots(holding, rank, is_weak);
	cw_progress_begin(progress, "going down what is held", num_nodes);
	holding->num_queued = 0;
	push_children(holding, num_nodes);
	for (cw_node i = 0; !err && i < holding->num_queued; i++) {
		if (i % 65536 == 0)
			err = cw_progress_step(progress, i);
		count(holding, holding->queue[i]);
	}
	return err;
}

struct cw_error *cw_held_stacks_init(struct cw_held_stacks *stacks,
				     struct cw_session *session)
{
	struct holding holding = {
		.session = session,
		.holders = session->holders,
		.stacks = stacks,
		.labels = cw_typing_labels_and_shapes(session->typing),
	};

	*stacks = (struct cw_held_stacks){0};
	cw_arena_init(&stacks->arena);
	cw_map_init(&stacks->numbers);
	cw_map_init(&stacks->roots);
	struct cw_error *err = work(&holding);
	cw_bulk_free(holding.queue, nodes_size(&holding));
	cw_bulk_free(holding.stack_of, nodes_size(&holding));
	if (err)
		cw_held_stacks_deinit(stacks);
	return err;
}

void cw_held_stacks_deinit(struct cw_held_stacks *stacks)
{
	cw_array_deinit(&stacks->items);
	cw_map_deinit(&stacks->numbers);
	cw_map_deinit(&stacks->roots);
	cw_arena_deinit(&stacks->arena);
	*stacks = (struct cw_held_stacks){0};
}

size_t cw_held_stack_names(const struct cw_held_stacks *stacks, uint32_t stack,
			   const char *ret[CW_MAX_HELD_DEPTH])
{
	size_t num = 0;

	for (; stack != CW_NO_STACK; stack = stacks->items.items[stack].parent)
		ret[num++] = stacks->items.items[stack].name;
	return num;
}
