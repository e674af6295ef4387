#include "command/histogram.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/goroutine_text.h"
#include "command/root_share.h"
#include "golang/special.h"

/* Blocks looked at between two looks at whether to stop. */
#define STEP_BLOCKS 65536

static struct cw_histogram_row *place(struct cw_histogram *histogram,
				      uint64_t key)
{
	uint32_t *at =
		cw_map_place(&histogram->by_key, key, histogram->rows.num);

	if (*at == histogram->rows.num)
		*cw_array_push(&histogram->rows) = (struct cw_histogram_row){
			.key = key,
			.confidence = CW_CONFIDENCE_EXACT,
		};
	return &histogram->rows.items[*at];
}

static void count_block(struct cw_histogram *histogram,
			const struct cw_session *session,
			struct cw_histogram_row *row,
			const struct cw_block *block)
{
	if (session->reach && !cw_reach_has(session->reach, block->granule)) {
		row->unreachable.blocks++;
		row->unreachable.bytes += block->size;
	}
	if (row->count.blocks == 0)
		row->example = block->address;
	row->count.blocks++;
	row->count.bytes += block->size;
	histogram->total.blocks++;
	histogram->total.bytes += block->size;
}

static void count_typed(struct cw_histogram *histogram,
			struct cw_session *session,
			const struct cw_labels *labels,
			const struct cw_block *block)
{
	struct cw_typed_block typed;
	uint32_t label = cw_label_of(labels, block);
	struct cw_histogram_row *row = place(histogram, label);

	if (!row->name)
		row->name = cw_typing_label_name(session->typing, label);
	cw_typing_of(session->typing, block, &typed);
	row->shape = typed.shape_number;
	if (typed.confidence < row->confidence)
		row->confidence = typed.confidence;
	count_block(histogram, session, row, block);
}

static struct cw_error *count_blocks(struct cw_histogram *histogram,
				     struct cw_session *session,
				     const struct cw_filter *filter,
				     enum cw_histogram_by by)
{
	struct cw_block_cursor cursor = cw_heap_blocks(session->heap);
	struct cw_labels labels = {0};
	struct cw_block block;

	if (session->typing)
		labels = cw_typing_labels_and_shapes(session->typing);
	cw_progress_begin(&session->progress, "counting blocks",
			  session->heap->index.num_granules);
	for (uint64_t i = 0; cw_block_cursor_next(&cursor, &block); i++) {
		if (i % STEP_BLOCKS == 0) {
			struct cw_error *err = cw_progress_step(
				&session->progress, block.granule);
			if (err)
				return err;
		}
		if (block.state != CW_BLOCK_USED ||
		    !cw_filter_passes(filter, session, &block))
			continue;
		if (by == CW_BY_TYPE)
			count_typed(histogram, session, &labels, &block);
		else
			count_block(histogram, session,
				    place(histogram, block.size), &block);
	}
	return NULL;
}

static struct cw_error *count_roots(struct cw_histogram *histogram,
				    struct cw_session *session,
				    const struct cw_filter *filter)
{
	struct cw_root_shares shares;

	struct cw_error *err = cw_root_shares_init(&shares, session, filter);
	if (err)
		return err;
	cw_array_foreach(share, &shares.items)
	{
		struct cw_histogram_row *row =
			place(histogram,
			      cw_hash_bytes(share->name, strlen(share->name)));

		if (!row->name) {
			row->name =
				cw_arena_strdup(&histogram->arena, share->name);
			row->example = share->example;
		}
		row->count.blocks += share->count.blocks;
		row->count.bytes += share->count.bytes;
		histogram->total.blocks += share->count.blocks;
		histogram->total.bytes += share->count.bytes;
	}
	cw_root_shares_deinit(&shares);
	return NULL;
}

/* ---- Who allocated what the runtime of Go sampled */

#define NOT_SAMPLED 0

static const char *site_name(struct cw_histogram *histogram,
			     const struct cw_go *go, cw_addr address)
{
	cw_cleanup_text struct cw_text text = {0};
	struct cw_go_frame frame = {0};
	struct cw_go_bucket bucket;

	if (cw_go_bucket_read(go, address, &bucket) &&
	    cw_bucket_next_call(go, &bucket, &frame) && frame.name)
		cw_goroutine_add_place(go, &frame, &text);
	return text.chars ? cw_arena_strdup(&histogram->arena, text.chars)
			  : "?";
}

/* Buckets of one place, but of other callers, are one row. */
static struct cw_histogram_row *site_of(struct cw_histogram *histogram,
					const struct cw_go *go,
					struct cw_map *names, cw_addr bucket)
{
	uint32_t number;

	if (cw_map_get(names, bucket, &number))
		return &histogram->rows.items[number];
	const char *name = bucket == NOT_SAMPLED
				   ? "(not sampled)"
				   : site_name(histogram, go, bucket);
	struct cw_histogram_row *row =
		place(histogram, cw_hash_bytes(name, strlen(name)));
	row->name = name;
	cw_map_set(names, bucket, row - histogram->rows.items);
	return row;
}

static struct cw_error *count_sites_of(struct cw_histogram *histogram,
				       struct cw_session *session,
				       const struct cw_filter *filter,
				       const struct cw_map *buckets,
				       const struct cw_go_specials *specials)
{
	struct cw_block_cursor cursor = cw_heap_blocks(session->heap);
	struct cw_error *err = NULL;
	struct cw_block block;
	struct cw_map names;

	cw_map_init(&names);
	for (uint64_t i = 0; !err && cw_block_cursor_next(&cursor, &block);
	     i++) {
		cw_addr bucket = NOT_SAMPLED;
		uint32_t number;

		if (i % STEP_BLOCKS == 0)
			err = cw_progress_step(&session->progress,
					       block.granule);
		if (block.state != CW_BLOCK_USED ||
		    !cw_filter_passes(filter, session, &block))
			continue;
		/* An object may begin behind a header of its block. */
		if (cw_map_get(buckets, block.granule, &number))
			cw_target_read_word(session->target,
					    specials->items.items[number].slots,
					    &bucket);
		count_block(
			histogram, session,

			site_of(histogram, session->heap->go, &names, bucket),
			&block);
	}
	cw_map_deinit(&names);
	return err;
}

static struct cw_error *count_sites(struct cw_histogram *histogram,
				    struct cw_session *session,
				    const struct cw_filter *filter)
{
	const struct cw_heap *heap = session->heap;
	struct cw_go_specials specials = {0};
	struct cw_map buckets;

	if (!heap->go_spans)
		return cw_error_new(CW_ERROR_USAGE,
				    "no heap of Go: nobody noted who "
				    "allocated");
	cw_map_init(&buckets);
	cw_go_specials_init_profiled(&specials, heap->go, heap->go_spans);
	for (size_t i = 0; i < specials.items.num; i++)
		cw_map_set(
			&buckets,
			cw_block_index_granule(&heap->index,
					       specials.items.items[i].object),
			i);
	cw_progress_begin(&session->progress, "counting blocks",
			  heap->index.num_granules);
	struct cw_error *err =
		count_sites_of(histogram, session, filter, &buckets, &specials);
	cw_map_deinit(&buckets);
	cw_go_specials_deinit(&specials);
	return err;
}

struct cw_error *cw_histogram_init(struct cw_histogram *histogram,
				   struct cw_session *session,
				   const struct cw_filter *filter,
				   enum cw_histogram_by by)
{
	*histogram = (struct cw_histogram){0};
	cw_map_init(&histogram->by_key);
	cw_arena_init(&histogram->arena);
	struct cw_error *err =
		by == CW_BY_ROOT ? count_roots(histogram, session, filter)
		: by == CW_BY_SITE
			? count_sites(histogram, session, filter)
			: count_blocks(histogram, session, filter, by);
	if (err)
		cw_histogram_deinit(histogram);
	return err;
}

void cw_histogram_deinit(struct cw_histogram *histogram)
{
	cw_array_deinit(&histogram->rows);
	cw_map_deinit(&histogram->by_key);
	cw_arena_deinit(&histogram->arena);
}

static int compare(uint64_t a, uint64_t b)
{
	return a < b ? 1 : a > b ? -1 : 0;
}

static int compare_bytes(const void *a, const void *b)
{
	const struct cw_histogram_row *x = a, *y = b;
	int order = compare(x->count.bytes, y->count.bytes);

	if (order == 0)
		order = compare(x->count.blocks, y->count.blocks);
	return order ? order : -compare(x->example, y->example);
}

static int compare_blocks(const void *a, const void *b)
{
	const struct cw_histogram_row *x = a, *y = b;
	int order = compare(x->count.blocks, y->count.blocks);

	return order ? order : compare_bytes(a, b);
}

static int compare_retained(const void *a, const void *b)
{
	const struct cw_histogram_row *x = a, *y = b;
	int order = compare(x->retained, y->retained);

	return order ? order : compare_bytes(a, b);
}

struct cw_error *cw_histogram_add_retained(struct cw_histogram *histogram,
					   struct cw_session *session)
{
	struct cw_labels labels = cw_typing_labels_and_shapes(session->typing);
	struct cw_held_kinds kinds;

	struct cw_error *err =
		cw_holders_by_label(session->holders, &labels, &kinds);
	if (err)
		return err;
	cw_array_foreach(kind, &kinds.items)
	{
		uint32_t at;
		if (cw_map_get(&histogram->by_key, kind->label, &at))
			histogram->rows.items[at].retained =
				kind->retained.bytes;
	}
	cw_held_kinds_deinit(&kinds);
	return NULL;
}

void cw_histogram_sort(struct cw_histogram *histogram, enum cw_sort by)
{
	static int (*const orders[])(const void *a, const void *b) = {
		[CW_SORT_BYTES] = compare_bytes,
		[CW_SORT_BLOCKS] = compare_blocks,
		[CW_SORT_RETAINED] = compare_retained,
	};

	if (histogram->rows.num)
		qsort(histogram->rows.items, histogram->rows.num,
		      sizeof(*histogram->rows.items), orders[by]);
}
