/*
 * Swiss table: slots of which one control byte each says whether they are full,
 * as hash tables of Abseil and Rust's hashbrown have them.
 *
 * Bit 7 of a control byte is clear when its slot is full.  Slots lie one behind
 * the other, or each before the last one.
 *
 * Not here: where tables say that their bytes and slots are (object/absl.c,
 * object/rust_map.c).
 */
#ifndef OBJECT_SWISS_TABLE_H
#define OBJECT_SWISS_TABLE_H

#include "object/rule.h"

struct cw_swiss_table {
	const unsigned char *control; /* num_slots of them */
	uint64_t num_slots;
	cw_addr start; /* of slot 0; with @goes_down its end */
	uint64_t stride;
	bool goes_down;
};

uint64_t cw_swiss_table_count(const struct cw_swiss_table *table);

/* Tells all full slots, neighbours as one part: as @part, but for the address
 * and the number of elements.  Of a table without any @part alone. */
void cw_swiss_table_visit(const struct cw_swiss_table *table,
			  struct cw_part part, struct cw_part_visitor *visitor);

#endif
