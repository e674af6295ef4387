#include "object/swiss_table.h"

static bool is_full(const struct cw_swiss_table *table, uint64_t slot)
{
	return table->control[slot] < 0x80;
}

uint64_t cw_swiss_table_count(const struct cw_swiss_table *table)
{
	uint64_t num = 0;

	for (uint64_t i = 0; i < table->num_slots; i++)
		num += is_full(table, i);
	return num;
}

void cw_swiss_table_visit(const struct cw_swiss_table *table,
			  struct cw_part part, struct cw_part_visitor *visitor)
{
	bool is_some = false;

	for (uint64_t i = 0; i < table->num_slots; i++) {
		if (!is_full(table, i))
			continue;
		uint64_t first = i;
		while (i + 1 < table->num_slots && is_full(table, i + 1))
			i++;
		part.count = i + 1 - first;
		part.address = table->goes_down
				       ? table->start - (i + 1) * table->stride
				       : table->start + first * table->stride;
		visitor->part(visitor, &part);
		part.first_index += part.count;
		is_some = true;
	}
	if (!is_some)
		visitor->part(visitor, &part);
}
