/*
 * Semi-NCA (Georgiadis, "Linear-Time Algorithms for Dominators and Related
 * Problems", 2005), on preorder numbers.  Number 0 is a node of our own that
 * points to all roots.
 *
 * Of the edges into a number only those from higher numbers are stored: of
 * those from lower ones the lowest source is all that counts, and that is
 * noted on the way.
 */
#include "graph/dominator.h"

#include "base/bits.h"
#include "base/memory.h"

enum { STEP = 1 << 18 }; /* nodes between looks at the progress */

struct frame {
	cw_node node;
	uint32_t next_edge;
};

struct work {
	const struct cw_graph *graph;
	struct cw_progress *progress;
	size_t num_slots; /* nodes + 1 */
	uint32_t num;	  /* preorder numbers given, 0 included */
	uint32_t *number; /* by node, 0: not reached */
	cw_node *node;	  /* by number */
	/* By number. */
	uint32_t *parent; /* in the search's tree; shortened later */
	uint32_t *semi;	  /* lowest source so far, then semidominator */
	uint32_t *least;  /* lowest semi on the shortened way up */
	uint32_t *dominator;
	uint32_t *first;   /* into sources, num_slots + 1 */
	uint32_t *sources; /* of edges from higher numbers */
	uint32_t num_sources;
	struct frame *frames;
};

static void number_node(struct work *work, cw_node node, uint32_t parent,
			uint32_t *num_frames)
{
	uint32_t number = work->num++;

	work->number[node] = number;
	work->node[number] = node;
	work->parent[number] = work->dominator[number] = parent;
	work->semi[number] = parent;
	work->frames[(*num_frames)++] =
		(struct frame){node, work->graph->first[node]};
}

static struct cw_error *number_from(struct work *work, cw_node root)
{
	const struct cw_graph *graph = work->graph;
	uint32_t num_frames = 0;

	number_node(work, root, 0, &num_frames);
	while (num_frames > 0) {
		struct frame *frame = &work->frames[num_frames - 1];

		if (frame->next_edge == graph->first[frame->node + 1]) {
			num_frames--;
			continue;
		}
		cw_node target = graph->targets[frame->next_edge++];
		if (work->number[target] != 0)
			continue;
		number_node(work, target, work->number[frame->node],
			    &num_frames);
		if (work->num % STEP == 0) {
			struct cw_error *err =
				cw_progress_step(work->progress, work->num);
			if (err)
				return err;
		}
	}
	return NULL;
}

static struct cw_error *number_all(struct work *work, const cw_node *roots,
				   size_t num_roots)
{
	work->num = 1;
	for (size_t i = 0; i < num_roots; i++) {
		if (work->number[roots[i]] != 0)
			continue;
		struct cw_error *err = number_from(work, roots[i]);
		if (err)
			return err;
	}
	/* Our own node is a source of every root, and the lowest. */
	for (size_t i = 0; i < num_roots; i++)
		work->semi[work->number[roots[i]]] = 0;
	return NULL;
}

/*
 * Notes the lowest source of each number and counts, then files, the sources
 * that are higher.
 */
static struct cw_error *turn_edges(struct work *work)
{
	const struct cw_graph *graph = work->graph;

	for (uint32_t source = 1; source < work->num; source++) {
		cw_node node = work->node[source];

		for (uint32_t i = graph->first[node];
		     i < graph->first[node + 1]; i++) {
			uint32_t number = work->number[graph->targets[i]];
			if (source > number)
				work->first[number]++;
			else if (source < work->semi[number])
				work->semi[number] = source;
		}
	}
	uint32_t sum = 0;
	for (uint32_t number = 1; number < work->num; number++)
		work->first[number] = sum += work->first[number];
	work->first[work->num] = sum;
	work->num_sources = sum;

	struct cw_error *err = cw_bulk_alloc_huge(
		(size_t)sum * sizeof(uint32_t), &work->sources);
	if (err)
		return err;
	for (uint32_t source = 1; source < work->num; source++) {
		cw_node node = work->node[source];

		for (uint32_t i = graph->first[node];
		     i < graph->first[node + 1]; i++) {
			uint32_t number = work->number[graph->targets[i]];
			if (source > number)
				work->sources[--work->first[number]] = source;
		}
	}
	return NULL;
}

/*
 * The lowest semidominator on the way from @number up to, not including, the
 * first number below @limit; shortens the way.  The search is over, so its
 * frames serve as the list of those to shorten.
 */
static uint32_t least_above(struct work *work, uint32_t number, uint32_t limit)
{
	uint32_t *parent = work->parent, *least = work->least;
	uint32_t num = 0;

	while (parent[number] >= limit) {
		work->frames[num++].node = number;
		number = parent[number];
	}
	uint32_t top = parent[number], lowest = least[number];
	while (num > 0) {
		number = work->frames[--num].node;
		parent[number] = top;
		if (least[number] > lowest)
			least[number] = lowest;
		else
			lowest = least[number];
	}
	return lowest;
}

static struct cw_error *find_dominators(struct work *work)
{
	for (uint32_t number = work->num; number-- > 1;) {
		uint32_t semi = work->semi[number];

		for (uint32_t i = work->first[number];
		     i < work->first[number + 1]; i++) {
			uint32_t other =
				least_above(work, work->sources[i], number + 1);
			if (other < semi)
				semi = other;
		}
		work->semi[number] = work->least[number] = semi;
		if (number % STEP == 0) {
			struct cw_error *err =
				cw_progress_step(work->progress, work->num);
			if (err)
				return err;
		}
	}
	for (uint32_t number = 1; number < work->num; number++) {
		uint32_t dominator = work->dominator[number];

		while (dominator > work->semi[number])
			dominator = work->dominator[dominator];
		work->dominator[number] = dominator;
	}
	return NULL;
}

static void sum_up(const struct work *work, const uint64_t *sizes,
		   struct cw_dominators *ret)
{
	for (cw_node node = 0; node < ret->num_nodes; node++)
		ret->immediate[node] = CW_NO_NODE;

	for (uint32_t number = work->num; number-- > 1;) {
		cw_node node = work->node[number];

		cw_bit_set(ret->is_reached, node);
		ret->retained[node] += sizes[node];
		if (work->dominator[number] == 0)
			continue;
		cw_node dominator = work->node[work->dominator[number]];
		ret->immediate[node] = dominator;
		ret->retained[dominator] += ret->retained[node];
	}
}

/* All arrays of the work, so that they are made and freed in one place. */
static struct cw_error *work_init(struct work *work)
{
	struct {
		void *ret;
		size_t item_size;
	} arrays[] = {
		{&work->number, sizeof(uint32_t)},
		{&work->node, sizeof(cw_node)},
		{&work->parent, sizeof(uint32_t)},
		{&work->semi, sizeof(uint32_t)},
		{&work->least, sizeof(uint32_t)},
		{&work->dominator, sizeof(uint32_t)},
		{&work->first, sizeof(uint32_t)},
	};
	for (size_t i = 0; i < cw_num_elements(arrays); i++) {
		struct cw_error *err = cw_bulk_alloc_huge(
			(work->num_slots + 1) * arrays[i].item_size,
			arrays[i].ret);
		if (err)
			return err;
	}
	return cw_bulk_alloc(work->num_slots * sizeof(struct frame),
			     &work->frames);
}

static void work_deinit(struct work *work)
{
	size_t size = (work->num_slots + 1) * sizeof(uint32_t);

	cw_bulk_free(work->number, size);
	cw_bulk_free(work->node, size);
	cw_bulk_free(work->parent, size);
	cw_bulk_free(work->semi, size);
	cw_bulk_free(work->least, size);
	cw_bulk_free(work->dominator, size);
	cw_bulk_free(work->first, size);
	cw_bulk_free(work->sources,
		     (size_t)work->num_sources * sizeof(uint32_t));
	cw_bulk_free(work->frames, work->num_slots * sizeof(struct frame));
}

static struct cw_error *work_run(struct work *work, const cw_node *roots,
				 size_t num_roots)
{
	struct cw_error *err = work_init(work);

	if (!err)
		err = number_all(work, roots, num_roots);
	if (!err)
		err = turn_edges(work);
	if (!err)
		err = find_dominators(work);
	return err;
}

struct cw_error *cw_dominators_init(struct cw_dominators *dominators,
				    const struct cw_graph *graph,
				    const cw_node *roots, size_t num_roots,
				    const uint64_t *sizes,
				    struct cw_progress *progress)
{
	size_t num = graph->num_nodes;
	struct work work = {
		.graph = graph, .progress = progress, .num_slots = num + 1};
	struct cw_dominators new = {.num_nodes = graph->num_nodes};

	cw_progress_begin(progress, "finding dominators", num);
	struct cw_error *err = work_run(&work, roots, num_roots);
	if (!err)
		err = cw_bulk_alloc_huge(num * sizeof(cw_node), &new.immediate);
	if (!err)
		err = cw_bulk_alloc(cw_bits_words(num) * sizeof(uint64_t),
				    &new.is_reached);
	if (!err)
		err = cw_bulk_alloc_huge(num * sizeof(uint64_t), &new.retained);
	if (!err) {
		sum_up(&work, sizes, &new);
		*dominators = new;
	} else {
		cw_dominators_deinit(&new);
	}
	work_deinit(&work);
	return cw_error_in(err, "dominators");
}

void cw_dominators_deinit(struct cw_dominators *dominators)
{
	size_t num = dominators->num_nodes;

	cw_bulk_free(dominators->immediate, num * sizeof(cw_node));
	cw_bulk_free(dominators->is_reached,
		     cw_bits_words(num) * sizeof(uint64_t));
	cw_bulk_free(dominators->retained, num * sizeof(uint64_t));
	*dominators = (struct cw_dominators){0};
}
