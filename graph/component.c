/*
 * Pearce's one-array form of Tarjan's algorithm ("A space-efficient algorithm
 * for finding strongly connected components", 2016), with its own stack.
 *
 * While a node is being worked on, rank[node] is the lowest index that it is
 * known to lead to.  Finished components get numbers from the top down, so
 * that they compare higher than every live index and need no flag.
 */
#include "graph/component.h"

#include <stdbool.h>
#include <string.h>

#include "base/memory.h"

#define UNSEEN UINT32_MAX

enum { STEP = 1 << 16 }; /* nodes between looks at the progress */

struct frame {
	cw_node node;
	uint32_t next_edge;
	uint32_t is_root; /* leads to nothing older, as far as is known */
};

struct search {
	const struct cw_graph *graph;
	struct cw_progress *progress;
	uint64_t num_entered; /* nodes, from others */
	uint32_t *rank; /* UNSEEN, live index, or number of the component */
	struct frame *frames;
	cw_node *open; /* nodes of components that are not complete */
	uint32_t num_frames, num_open;
	uint32_t index; /* next live one */
	uint32_t next_component;
};

static void enter(struct search *search, cw_node node)
{
	const struct cw_graph *graph = search->graph;

	/* A node without edges is complete at once. */
	if (graph->first[node] == graph->first[node + 1]) {
		search->rank[node] = search->next_component--;
		return;
	}
	search->rank[node] = search->index++;
	search->frames[search->num_frames++] =
		(struct frame){node, graph->first[node], true};
}

static void leave(struct search *search, const struct frame *frame)
{
	cw_node node = frame->node;
	uint32_t *rank = search->rank;

	if (!frame->is_root) {
		search->open[search->num_open++] = node;
		return;
	}
	uint32_t own = rank[node];
	uint32_t component = search->next_component--;
	search->index--;
	while (search->num_open > 0 &&
	       rank[search->open[search->num_open - 1]] >= own) {
		rank[search->open[--search->num_open]] = component;
		search->index--;
	}
	rank[node] = component;
}

/* Now and then looks whether to go on. */
static struct cw_error *entered(struct search *search)
{
	if (++search->num_entered % STEP)
		return NULL;
	return cw_progress_step(search->progress, search->num_entered);
}

static struct cw_error *visit(struct search *search, cw_node start)
{
	const struct cw_graph *graph = search->graph;
	struct cw_error *err;

	enter(search, start);
	while (search->num_frames > 0) {
		struct frame *frame = &search->frames[search->num_frames - 1];
		cw_node node = frame->node;

		if (frame->next_edge < graph->first[node + 1]) {
			cw_node target = graph->targets[frame->next_edge];
			if (search->rank[target] == UNSEEN) {
				enter(search, target);
				err = entered(search);
				if (err)
					return err;
				continue; /* comes back to the same edge */
			}
			if (search->rank[target] < search->rank[node]) {
				search->rank[node] = search->rank[target];
				frame->is_root = false;
			}
			frame->next_edge++;
			continue;
		}
		search->num_frames--;
		leave(search, frame);
	}
	return NULL;
}

struct cw_error *cw_components_init(struct cw_components *components,
				    const struct cw_graph *graph,
				    struct cw_progress *progress)
{
	size_t num = graph->num_nodes;
	struct search search = {
		.graph = graph,
		.progress = progress,
		.next_component = UNSEEN - 1,
	};
	struct cw_error *err =
		cw_bulk_alloc_huge(num * sizeof(uint32_t), &search.rank);

	if (!err)
		err = cw_bulk_alloc(num * sizeof(struct frame), &search.frames);
	if (!err)
		err = cw_bulk_alloc(num * sizeof(cw_node), &search.open);
	if (!err) {
		memset(search.rank, 0xff, num * sizeof(uint32_t));
		cw_progress_begin(progress, "finding rings", num);
	}
	for (cw_node node = 0; !err && node < num; node++)
		if (search.rank[node] == UNSEEN)
			err = visit(&search, node);
	if (!err) {
		for (cw_node node = 0; node < num; node++)
			search.rank[node] = UNSEEN - 1 - search.rank[node];
		*components = (struct cw_components){
			.num = UNSEEN - 1 - search.next_component,
			.of = cw_take(search.rank),
			.num_nodes = graph->num_nodes,
		};
	}
	cw_bulk_free(search.rank, num * sizeof(uint32_t));
	cw_bulk_free(search.frames, num * sizeof(struct frame));
	cw_bulk_free(search.open, num * sizeof(cw_node));
	return cw_error_in(err, "components");
}

void cw_components_deinit(struct cw_components *components)
{
	cw_bulk_free(components->of,
		     (size_t)components->num_nodes * sizeof(uint32_t));
	*components = (struct cw_components){0};
}
