/*
 * Line table: the source lines of one unit, by address in the file.
 */
#ifndef DWARF_LINE_H
#define DWARF_LINE_H

#include "dwarf/file.h"

struct cw_line_table;

/*
 * The file and line of @address by the table of the unit with that key; the
 * name lives as long as @file.  False: the table has none for it.
 */
bool cw_line_at(struct cw_debug_file *file, uint64_t unit, uint64_t address,
		const char **ret_name, unsigned *ret_line);

/* The file with that number in the unit's table, or NULL; lives as long. */
const char *cw_line_file(struct cw_debug_file *file, uint64_t unit,
			 uint64_t number);

void cw_line_table_destroy(struct cw_line_table *table);

#endif
