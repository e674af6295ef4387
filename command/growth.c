#include "command/growth.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "command/histogram.h"

/* Beyond, blocks are told apart by size: types would take too long. */
#define MAX_BLOCKS_TO_TYPE 1000000

/* Numbers of shapes differ from look to look: their size does not. */
static char *kind_name(const struct cw_histogram_row *row)
{
	char number[CW_NUMBER_SIZE];

	if (row->shape)
		return cw_format(
			"unknown, of %s B",
			cw_text_count(number,
				      row->count.bytes / row->count.blocks));
	return row->name ? cw_strdup(row->name)
			 : cw_format("blocks of %s B",
				     cw_text_count(number, row->key));
}

static void count_add(struct cw_heap_count *sum,
		      const struct cw_heap_count *count)
{
	sum->blocks += count->blocks;
	sum->bytes += count->bytes;
}

static void kind_add(struct cw_kinds *kinds, const struct cw_histogram_row *row)
{
	cw_cleanup_free char *name = kind_name(row);

	cw_array_foreach(kind, &kinds->items)
	{
		if (!row->shape || strcmp(kind->name, name) != 0)
			continue;
		count_add(&kind->count, &row->count);
		count_add(&kind->unreachable, &row->unreachable);
		return;
	}
	*cw_array_push(&kinds->items) =
		(struct cw_kind){.name = name,
				 .count = row->count,
				 .unreachable = row->unreachable};
	name = NULL;
}

struct cw_error *cw_kinds_count(const struct cw_call *call,
				struct cw_session *session,
				struct cw_kinds *ret)
{
	bool has_types = session->heap->index.num_blocks <= MAX_BLOCKS_TO_TYPE;
	struct cw_histogram histogram;
	struct cw_kinds kinds = {0};
	struct cw_filter filter;

	struct cw_error *err = cw_session_need(
		session, has_types ? CW_NEEDS_TYPES : CW_NEEDS_NUMBERS);
	if (!err)
		err = cw_filter_init(&filter, call->options);
	if (err)
		return err;
	err = cw_histogram_init(&histogram, session, &filter,
				has_types ? CW_BY_TYPE : CW_BY_SIZE);
	cw_filter_deinit(&filter);
	if (err)
		return err;
	cw_array_foreach(row, &histogram.rows) kind_add(&kinds, row);
	cw_histogram_deinit(&histogram);
	*ret = kinds;
	return NULL;
}

void cw_kinds_deinit(struct cw_kinds *kinds)
{
	cw_array_foreach(kind, &kinds->items) free(kind->name);
	cw_array_deinit(&kinds->items);
}

/* What there is of a kind now, and was before. */
struct growth {
	const char *name;
	struct cw_heap_count before, after;
	int64_t unreachable; /* bytes more */
};

struct growths {
	CW_ARRAY(struct growth) items; /* that grew, most bytes first */
};

static int compare_growths(const void *left, const void *right)
{
	const struct growth *a = left, *b = right;
	int64_t grown_a = a->after.bytes - a->before.bytes;
	int64_t grown_b = b->after.bytes - b->before.bytes;

	if (grown_a != grown_b)
		return grown_a < grown_b ? 1 : -1;
	return strcmp(a->name, b->name);
}

static void growths_find(const struct cw_kinds *first,
			 const struct cw_kinds *last, struct growths *ret)
{
	struct cw_map by_name;
	uint32_t number;

	cw_map_init(&by_name);
	for (uint32_t i = 0; i < first->items.num; i++) {
		const char *name = first->items.items[i].name;
		cw_map_set(&by_name, cw_hash_bytes(name, strlen(name)), i);
	}
	cw_array_foreach(kind, &last->items)
	{
		struct growth growth = {.name = kind->name,
					.after = kind->count,
					.unreachable = kind->unreachable.bytes};
		if (cw_map_get(&by_name,
			       cw_hash_bytes(kind->name, strlen(kind->name)),
			       &number)) {
			const struct cw_kind *old = &first->items.items[number];
			growth.before = old->count;
			growth.unreachable -= old->unreachable.bytes;
		}
		if (growth.after.bytes > growth.before.bytes)
			*cw_array_push(&ret->items) = growth;
	}
	cw_map_deinit(&by_name);
	if (ret->items.num > 1)
		qsort(ret->items.items, ret->items.num, sizeof(struct growth),
		      compare_growths);
}

static void write_growths(const struct cw_call *call,
			  const struct growths *growths)
{
	static const struct cw_column columns[] = {
		{"grew by", CW_COLUMN_NUMBER},
		{"blocks", CW_COLUMN_NUMBER},
		{"to", CW_COLUMN_NUMBER},
		{"unreachable", CW_COLUMN_NUMBER},
		{"type", CW_COLUMN_CUT},
	};
	uint64_t limit = call->options->limit;
	struct cw_json *json = call->out->json;
	struct cw_table table;

	if (json)
		cw_json_array(json, "grew");
	else
		cw_table_init(&table, call->out, columns,
			      cw_num_elements(columns));
	for (size_t i = 0; i < growths->items.num && (!limit || i < limit);
	     i++) {
		const struct growth *growth = &growths->items.items[i];
		if (json) {
			cw_json_object(json, NULL);
			cw_json_text(json, "type", growth->name);
			cw_json_heap_count(json, "before", &growth->before);
			cw_json_heap_count(json, "after", &growth->after);
			cw_json_count(json, "unreachable",
				      growth->unreachable > 0
					      ? growth->unreachable
					      : 0);
			cw_json_end(json);
			continue;
		}
		cw_table_row(&table);
		cw_table_bytes(&table,
			       growth->after.bytes - growth->before.bytes);
		cw_table_format(&table, "%+" PRId64,
				(int64_t)(growth->after.blocks -
					  growth->before.blocks));
		cw_table_bytes(&table, growth->after.bytes);
		if (growth->unreachable > 0)
			cw_table_bytes(&table, growth->unreachable);
		else
			cw_table_empty(&table);
		cw_table_text(&table, growth->name);
	}
	if (json) {
		cw_json_end(json);
		return;
	}
	cw_table_end(&table);
	if (limit && growths->items.num > limit)
		cw_output_more(call->out, growths->items.num - limit);
	if (growths->items.num == 0)
		cw_output_line(call->out, 0, "nothing grew");
}

void cw_growth_write(const struct cw_call *call, const struct cw_kinds *before,
		     const struct cw_kinds *after)
{
	struct growths growths = {0};

	growths_find(before, after, &growths);
	write_growths(call, &growths);
	cw_array_deinit(&growths.items);
}
