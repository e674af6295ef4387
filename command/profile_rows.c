#include "command/profile_rows.h"

#include <stdlib.h>
#include <string.h>

void cw_profile_rows_init(struct cw_profile_rows *rows)
{
	*rows = (struct cw_profile_rows){0};
	cw_map_init(&rows->numbers);
}

void cw_profile_rows_deinit(struct cw_profile_rows *rows)
{
	cw_array_deinit(&rows->items);
	cw_map_deinit(&rows->numbers);
}

static struct cw_profile_row *row_of(struct cw_profile_rows *rows,
				     const char *function)
{
	uint64_t hash = cw_hash_bytes(function, strlen(function));
	uint32_t number;

	for (; cw_map_get(&rows->numbers, hash, &number); hash++)
		if (strcmp(rows->items.items[number].function, function) == 0)
			return &rows->items.items[number];
	cw_map_set(&rows->numbers, hash, rows->items.num);
	struct cw_profile_row *row = cw_array_push(&rows->items);
	*row = (struct cw_profile_row){.function = function};
	return row;
}

void cw_profile_rows_add(struct cw_profile_rows *rows,
			 const char *const *functions, size_t num,
			 uint64_t value)
{
	rows->num_samples++;
	rows->total += value;
	for (size_t i = 0; i < num; i++) {
		struct cw_profile_row *row = row_of(rows, functions[i]);

		if (i == 0)
			row->flat += value;
		if (row->last_sample != rows->num_samples)
			row->cumulative += value;
		row->last_sample = rows->num_samples;
	}
}

static int by_value(const void *left, const void *right)
{
	const struct cw_profile_row *a = left, *b = right;

	if (a->flat != b->flat)
		return a->flat < b->flat ? 1 : -1;
	if (a->cumulative != b->cumulative)
		return a->cumulative < b->cumulative ? 1 : -1;
	return strcmp(a->function, b->function);
}

void cw_profile_rows_sort(struct cw_profile_rows *rows)
{
	if (rows->items.num)
		qsort(rows->items.items, rows->items.num,
		      sizeof(*rows->items.items), by_value);
}
