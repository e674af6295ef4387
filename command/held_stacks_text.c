#include <stdlib.h>

#include "base/memory.h"
#include "command/held_stacks.h"

static const struct cw_column columns[] = {
	{"bytes", CW_COLUMN_NUMBER},
	{"blocks", CW_COLUMN_NUMBER},
	{"share", CW_COLUMN_NUMBER},
	{"held by", CW_COLUMN_WRAP},
};

static int compare_counts(uint64_t a, uint64_t b)
{
	return (a < b) - (a > b);
}

static int by_bytes(const void *left, const void *right, void *context)
{
	const struct cw_held_stack *items = context;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	int order = compare_counts(items[a].count.bytes, items[b].count.bytes);

	return order ? order : (a > b) - (a < b);
}

static int by_blocks(const void *left, const void *right, void *context)
{
	const struct cw_held_stack *items = context;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	int order =
		compare_counts(items[a].count.blocks, items[b].count.blocks);

	return order ? order : (a > b) - (a < b);
}

static void write_json(struct cw_json *json, const struct cw_held_stack *stack,
		       const char *const *names, size_t num)
{
	cw_json_object(json, NULL);
	cw_json_count(json, "blocks", stack->count.blocks);
	cw_json_count(json, "bytes", stack->count.bytes);
	cw_json_array(json, "frames");
	for (size_t i = 0; i < num; i++)
		cw_json_text(json, NULL, names[i]);
	cw_json_end(json);
	cw_json_end(json);
}

/* From the root on: "g_cache -> table -> node". */
static void write_row(struct cw_table *table,
		      const struct cw_held_stacks *stacks,
		      const struct cw_held_stack *stack,
		      const char *const *names, size_t num, bool is_bytes)
{
	cw_cleanup_text struct cw_text text = {0};

	for (size_t i = num; i-- > 0;)
		cw_text_addf(&text, "%s%s", names[i], i ? " -> " : "");
	cw_table_row(table);
	cw_table_bytes(table, stack->count.bytes);
	cw_table_count(table, stack->count.blocks);
	if (is_bytes)
		cw_table_share(table, stack->count.bytes, stacks->total.bytes);
	else
		cw_table_share(table, stack->count.blocks,
			       stacks->total.blocks);
	cw_table_text(table, text.chars);
}

void cw_held_stacks_write(struct cw_call *call,
			  const struct cw_held_stacks *stacks, bool is_bytes)
{
	struct cw_json *json = call->out->json;
	uint64_t limit = call->options->limit, num = 0, num_rows = 0;
	cw_cleanup_free uint32_t *order =
		cw_alloc((stacks->items.num + 1) * sizeof(*order));
	struct cw_table table;

	for (uint32_t i = 0; i < stacks->items.num; i++)
		if (stacks->items.items[i].count.blocks)
			order[num++] = i;
	qsort_r(order, num, sizeof(*order), is_bytes ? by_bytes : by_blocks,
		stacks->items.items);
	num_rows = limit && limit < num ? limit : num;
	if (json)
		cw_json_array(json, "stacks");
	else
		cw_table_init(&table, call->out, columns,
			      cw_num_elements(columns));
	for (uint64_t i = 0; i < num_rows; i++) {
		const struct cw_held_stack *stack =
			&stacks->items.items[order[i]];
		const char *names[CW_MAX_HELD_DEPTH];
		size_t num_names = cw_held_stack_names(stacks, order[i], names);

		if (json)
			write_json(json, stack, names, num_names);
		else
			write_row(&table, stacks, stack, names, num_names,
				  is_bytes);
	}
	if (json) {
		cw_json_end(json);
		return;
	}
	cw_table_end(&table);
	cw_output_more(call->out, num - num_rows);
}
