/*
 * Breadth first from the roots, variables first, so that each block has one
 * block before it on a path; then, from the far end back, which blocks are on
 * the way to a wanted one; then, in the order of the search, the way of each of
 * these.
 */
#include "object/merged_path.h"

#include <stdlib.h>

#include "base/bits.h"
#include "base/map.h"
#include "base/memory.h"
#include "object/extent.h"
#include "object/frame_place.h"
#include "object/reference.h"
#include "object/weak.h"

/* A block that a root points to, the first word that does. */
struct seed {
	const struct cw_root *root;
	uint64_t word;
};

struct merge {
	const struct cw_name_context *names;
	const struct cw_heap *heap;
	const struct cw_roots *roots;
	const struct cw_graph *graph;
	struct cw_typing *typing;
	const struct cw_wanted *wanted;
	struct cw_merged_paths *paths;
	/* By block: the one before, itself when a root points to it. */
	cw_node *before;
	cw_node *queue; /* blocks as they are reached; num_reached */
	uint32_t *way;	/* by block; its way once it has one */
	uint64_t *is_on_way;
	cw_node num_reached;
	CW_ARRAY(struct seed) seeds;
	struct cw_map seed_numbers; /* by block */
	struct cw_map way_numbers;  /* by hash of what makes a way */
	/* Where in the block before the last child was found: children of one
	 * block follow each other in the queue, in the order of its words. */
	cw_node holder;
	uint64_t next_word;
	/* Hash of a field's name, by that of the holder's label and offset. */
	struct cw_map fields;
};

static size_t nodes_size(const struct merge *merge)
{
	return (size_t)merge->graph->num_nodes * sizeof(cw_node);
}

static size_t bits_size(const struct merge *merge)
{
	return cw_bits_words(merge->graph->num_nodes) * sizeof(uint64_t);
}

static struct cw_block block_of(const struct merge *merge, cw_node node)
{
	const struct cw_block_index *index = &merge->heap->index;
	uint64_t granule = cw_block_index_granule_of(index, node);
	struct cw_block block = {0};

	cw_heap_block_at(merge->heap, cw_block_index_address(index, granule),
			 &block);
	return block;
}

/*
 * Roots by how much they say.  What is left over on a stack is not to hide a
 * variable.
 */
enum phase {
	PHASE_VARIABLES, /* globals, thread-local storage, pointers of locals */
	PHASE_REST,
	PHASE_WEAK,
	NUM_PHASES,
};

static enum phase phase_of(const struct merge *merge,
			   const struct cw_root *root, uint64_t word)
{
	const struct cw_name_context *names = merge->names;
	struct cw_frame_place place;

	if (cw_root_weak_word(root, word))
		return PHASE_WEAK;
	if (root->kind == CW_ROOT_GLOBAL || root->kind == CW_ROOT_TLS)
		return PHASE_VARIABLES;
	if (!cw_frame_place_find(names->target, names->debug, root, word,
				 &place) ||
	    !place.local)
		return PHASE_REST;
	const struct cw_type *type =
		cw_type_scalar_at(place.local->type, place.offset);
	return type && type->kind == CW_TYPE_POINTER ? PHASE_VARIABLES
						     : PHASE_REST;
}

static void add_seed(struct merge *merge, const struct cw_root *root,
		     const struct cw_piece *piece, uint64_t word,
		     enum phase phase)
{
	const struct cw_block_index *index = &merge->heap->index;
	uint64_t start = cw_piece_used(index, piece, word);

	if (start == CW_NO_GRANULE)
		return;
	cw_node node = cw_block_index_block(index, start);
	if (merge->before[node] != CW_NO_NODE ||
	    phase_of(merge, root, word) != phase)
		return;
	merge->before[node] = node;
	merge->queue[merge->num_reached++] = node;
	cw_map_set(&merge->seed_numbers, node, merge->seeds.num);
	*cw_array_push(&merge->seeds) = (struct seed){root, word};
}

static void add_seeds(struct merge *merge, enum phase phase)
{
	for (unsigned rank = 0; rank < CW_NUM_ROOT_KINDS; rank++) {
		cw_array_foreach(root, &merge->roots->roots)
		{
			struct cw_piece piece = cw_root_piece(root);

			if (cw_root_kind_rank(root->kind) != rank)
				continue;
			for (uint64_t i = 0; i < piece.num_words; i++)
				add_seed(merge, root, &piece, i, phase);
		}
	}
}

static void search(struct merge *merge)
{
	const struct cw_graph *graph = merge->graph;
	cw_node at = 0;

	for (cw_node node = 0; node < graph->num_nodes; node++)
		merge->before[node] = CW_NO_NODE;
	for (enum phase phase = 0; phase < NUM_PHASES; phase++) {
		add_seeds(merge, phase);
		for (; at < merge->num_reached; at++) {
			cw_node node = merge->queue[at];
			for (uint32_t i = graph->first[node];
			     i < graph->first[node + 1]; i++) {
				cw_node target = graph->targets[i];
				if (merge->before[target] != CW_NO_NODE)
					continue;
				merge->before[target] = node;
				merge->queue[merge->num_reached++] = target;
			}
		}
	}
}

static void add_count(struct cw_heap_count *count, const struct cw_block *block)
{
	count->blocks++;
	count->bytes += block->size;
}

/* Marks what is wanted, then all before it. */
static struct cw_error *mark(struct merge *merge, struct cw_progress *progress)
{
	struct cw_block_cursor cursor = cw_heap_blocks(merge->heap);
	struct cw_block block;

	cw_progress_begin(progress, "looking for what is wanted",
			  merge->graph->num_nodes);
	for (uint64_t i = 0; cw_block_cursor_next(&cursor, &block); i++) {
		if (i % 65536 == 0) {
			struct cw_error *err = cw_progress_step(progress, i);
			if (err)
				return err;
		}
		if (block.state != CW_BLOCK_USED ||
		    !merge->wanted->is_wanted(merge->wanted->context, &block))
			continue;
		cw_node node = cw_block_index_block(&merge->heap->index,
						    block.granule);
		if (merge->before[node] == CW_NO_NODE) {
			add_count(&merge->paths->lost, &block);
		} else {
			add_count(&merge->paths->reached, &block);
			cw_bit_set(merge->is_on_way, node);
			merge->way[node] = 0;
		}
	}
	for (cw_node i = merge->num_reached; i-- > 0;)
		if (cw_bit_test(merge->is_on_way, merge->queue[i]))
			cw_bit_set(merge->is_on_way,
				   merge->before[merge->queue[i]]);
	return NULL;
}

/* "a[3].b" and "a[4].b" are the same. */
static uint64_t hash_name(struct cw_text *name)
{
	cw_text_empty_brackets(name);
	return cw_hash_bytes(name->chars ? name->chars : "", name->length);
}

static uint64_t hash_three(uint64_t first, uint64_t second, uint64_t third)
{
	return cw_hash_mix(cw_hash_mix(cw_hash_mix(first + 1) ^ second) ^
			   third);
}

/*
 * What is the same for the same field of blocks of a type, and for elements of
 * an array in them.
 */
static uint32_t place_in(struct merge *merge, const struct cw_merged_way *way)
{
	cw_cleanup_text struct cw_text name = {0};
	struct cw_typed_block typed;
	uint64_t offset = way->offset;

	/* Of the unknown only the first word is often the same thing. */
	if (!cw_typing_of(merge->typing, &way->holder, &typed) || !typed.type)
		return 0;
	bool is_header = offset < typed.header;
	if (!is_header && typed.type->size)
		offset = (offset - typed.header) % typed.type->size;
	uint32_t *place = cw_map_place(
		&merge->fields,
		hash_three(way->holder_label, is_header, offset), 0);
	if (*place == 0) {
		cw_field_path_add(is_header ? NULL : typed.type, offset, &name);
		*place = hash_name(&name) | 1;
	}
	return *place;
}

/*
 * The way with that key that goes on from @way->parent, a new one when there is
 * none.
 */
static uint32_t find_way(struct merge *merge, uint64_t key,
			 const struct cw_merged_way *way)
{
	uint32_t *number = cw_map_place(&merge->way_numbers, key, CW_NO_WAY);

	if (*number == CW_NO_WAY) {
		*number = merge->paths->ways.num;
		*cw_array_push(&merge->paths->ways) = *way;
	}
	return *number;
}

static uint32_t way_from_root(struct merge *merge, const struct seed *seed,
			      struct cw_merged_way *way)
{
	cw_cleanup_text struct cw_text name = {0};

	cw_name_root(merge->names, seed->root, seed->word, &name, NULL);
	way->parent = CW_NO_WAY;
	way->root = seed->root;
	way->offset = seed->word * sizeof(uint64_t);
	return find_way(merge,
			hash_three(CW_NO_WAY, hash_name(&name), way->label),
			way);
}

/* The way at @number or before it that goes through the field of @way. */
static uint32_t find_before(const struct cw_merged_paths *paths,
			    uint32_t number, const struct cw_merged_way *way)
{
	while (number != CW_NO_WAY) {
		const struct cw_merged_way *before = &paths->ways.items[number];

		if (!before->root && before->label == way->label &&
		    before->holder_label == way->holder_label &&
		    before->place == way->place)
			return number;
		number = before->parent;
	}
	return CW_NO_WAY;
}

/* The offset in the block @before of a word that points to @node. */
static uint64_t find_word(struct merge *merge, cw_node before, cw_node node,
			  const struct cw_merged_way *way)
{
	const struct cw_block_index *index = &merge->heap->index;
	uint64_t num_words = way->holder.size / sizeof(uint64_t);
	struct cw_piece piece = {
		.address = way->holder.address,
		.num_words = num_words,
		.bytes = cw_target_bytes(merge->heap->target,
					 way->holder.address,
					 num_words * sizeof(uint64_t)),
	};
	uint64_t offset = 0;
	cw_addr value;

	if (before != merge->holder)
		merge->next_word = 0;
	merge->holder = before;
	cw_piece_look(index, &piece);
	for (uint64_t i = merge->next_word; piece.bytes && i < num_words; i++) {
		uint64_t start = cw_piece_used(index, &piece, i);

		if (start == CW_NO_GRANULE ||
		    cw_block_index_block(index, start) != node)
			continue;
		merge->next_word = i + 1;
		return i * sizeof(uint64_t);
	}
	cw_reference_between(merge->heap, NULL, &way->holder, &way->block,
			     &offset, &value);
	return offset;
}

static uint32_t way_from_block(struct merge *merge, cw_node before,
			       cw_node node, const struct cw_labels *labels,
			       struct cw_merged_way *way)
{
	uint32_t parent = merge->way[before];

	way->holder = block_of(merge, before);
	way->offset = find_word(merge, before, node, way);
	way->holder_label = cw_label_of(labels, &way->holder);
	way->place = place_in(merge, way);
	uint32_t number = find_before(merge->paths, parent, way);
	if (number != CW_NO_WAY) {
		merge->paths->ways.items[number].is_repeated = true;
		return number;
	}
	way->parent = parent;
	way->depth = merge->paths->ways.items[parent].depth + 1;
	if (way->depth == CW_MAX_MERGED_DEPTH)
		return parent;
	return find_way(merge, hash_three(parent, way->place, way->label), way);
}

/* Parents are before their children: in the order of the search. */
static struct cw_error *make_ways(struct merge *merge,
				  struct cw_progress *progress)
{
	const struct cw_labels labels = cw_typing_labels(merge->typing);

	cw_progress_begin(progress, "merging paths", merge->num_reached);
	for (cw_node i = 0; i < merge->num_reached; i++) {
		cw_node node = merge->queue[i];
		uint32_t seed;

		if (i % 65536 == 0) {
			struct cw_error *err = cw_progress_step(progress, i);
			if (err)
				return err;
		}
		if (!cw_bit_test(merge->is_on_way, node))
			continue;
		struct cw_merged_way way = {.block = block_of(merge, node)};
		bool is_end = merge->way[node] == 0;
		way.label = cw_label_of(&labels, &way.block);
		if (merge->before[node] == node &&
		    cw_map_get(&merge->seed_numbers, node, &seed))
			merge->way[node] = way_from_root(
				merge, &merge->seeds.items[seed], &way);
		else
			merge->way[node] =
				way_from_block(merge, merge->before[node], node,
					       &labels, &way);
		if (is_end)
			add_count(&merge->paths->ways.items[merge->way[node]]
					   .ends,
				  &way.block);
	}
	return NULL;
}

static void sum_up(struct cw_merged_paths *paths)
{
	for (size_t i = paths->ways.num; i-- > 0;) {
		struct cw_merged_way *way = &paths->ways.items[i];

		way->count.blocks += way->ends.blocks;
		way->count.bytes += way->ends.bytes;
		if (way->parent == CW_NO_WAY)
			continue;
		struct cw_merged_way *parent = &paths->ways.items[way->parent];
		parent->count.blocks += way->count.blocks;
		parent->count.bytes += way->count.bytes;
	}
}

static struct cw_error *work(struct merge *merge, struct cw_progress *progress)
{
	struct cw_error *err = cw_bulk_alloc(nodes_size(merge), &merge->before);

	if (!err)
		err = cw_bulk_alloc(nodes_size(merge), &merge->queue);
	if (!err)
		err = cw_bulk_alloc(nodes_size(merge), &merge->way);
	if (!err)
		err = cw_bulk_alloc(bits_size(merge), &merge->is_on_way);
	if (err)
		return err;
	for (cw_node node = 0; node < merge->graph->num_nodes; node++)
		merge->way[node] = CW_NO_WAY;
	search(merge);
	err = mark(merge, progress);
	if (!err)
		err = make_ways(merge, progress);
	if (!err)
		sum_up(merge->paths);
	return err;
}

struct cw_error *cw_merged_paths_create(const struct cw_name_context *names,
					const struct cw_roots *roots,
					const struct cw_graph *graph,
					struct cw_typing *typing,
					const struct cw_wanted *wanted,
					struct cw_progress *progress,
					struct cw_merged_paths **ret)
{
	struct cw_merged_paths *paths = cw_alloc(sizeof(*paths));
	struct merge merge = {
		.names = names,
		.heap = names->heap,
		.roots = roots,
		.graph = graph,
		.typing = typing,
		.wanted = wanted,
		.paths = paths,
	};

	merge.holder = CW_NO_NODE;
	struct cw_error *err = work(&merge, progress);
	cw_bulk_free(merge.before, nodes_size(&merge));
	cw_bulk_free(merge.queue, nodes_size(&merge));
	cw_bulk_free(merge.way, nodes_size(&merge));
	cw_bulk_free(merge.is_on_way, bits_size(&merge));
	cw_array_deinit(&merge.seeds);
	cw_map_deinit(&merge.seed_numbers);
	cw_map_deinit(&merge.way_numbers);
	cw_map_deinit(&merge.fields);
	if (err) {
		cw_merged_paths_destroy(paths);
		return cw_error_in(err, "merged paths");
	}
	*ret = paths;
	return NULL;
}

void cw_merged_paths_destroy(struct cw_merged_paths *paths)
{
	if (!paths)
		return;
	cw_array_deinit(&paths->ways);
	free(paths);
}
