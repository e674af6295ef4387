#include "dwarf/line.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/search.h"

/* From the address on, up to the next row's. */
struct line_row {
	uint64_t address;
	uint32_t line; /* 0: no code of the unit begins here */
	uint32_t name;
};

struct cw_line_table {
	CW_ARRAY(struct line_row) rows; /* sorted by address */
	CW_ARRAY(char *) names;
	struct cw_map files; /* their numbers to numbers of names */
};

static int compare_rows(const void *left, const void *right)
{
	const struct line_row *a = left, *b = right;

	if (a->address != b->address)
		return a->address > b->address ? 1 : -1;
	/* The end of one sequence may be the start of another. */
	return (a->line > b->line) - (a->line < b->line);
}

/* The number of the name of file number @number in the table. */
static uint32_t name_number(struct cw_line_table *table,
			    struct cw_library *library, Dwarf_Line line)
{
	Dwarf_Error err = NULL;
	Dwarf_Unsigned number = 0;
	char *name = NULL;
	uint32_t place;

	if (!cw_library_is_ok(library,
			      dwarf_line_srcfileno(line, &number, &err), &err))
		return 0;
	if (cw_map_get(&table->files, number, &place))
		return place;
	if (!cw_library_is_ok(library, dwarf_linesrc(line, &name, &err), &err))
		name = NULL;
	place = table->names.num;
	*cw_array_push(&table->names) = cw_strdup(name ? name : "?");
	if (name)
		dwarf_dealloc(library->debug, name, DW_DLA_STRING);
	cw_map_set(&table->files, number, place);
	return place;
}

static void rows_read(struct cw_line_table *table, struct cw_library *library,
		      Dwarf_Line *lines, Dwarf_Signed num)
{
	for (Dwarf_Signed i = 0; i < num; i++) {
		Dwarf_Error err = NULL;
		Dwarf_Addr address;
		Dwarf_Unsigned number = 0;
		Dwarf_Bool is_end = false;
		if (!cw_library_is_ok(library,
				      dwarf_lineaddr(lines[i], &address, &err),
				      &err) ||
		    !cw_library_is_ok(library,
				      dwarf_lineno(lines[i], &number, &err),
				      &err) ||
		    !cw_library_is_ok(
			    library,
			    dwarf_lineendsequence(lines[i], &is_end, &err),
			    &err))
			continue;
		struct line_row row = {.address = address};
		if (!is_end) {
			row.line = number;
			row.name = name_number(table, library, lines[i]);
		}
		*cw_array_push(&table->rows) = row;
	}
	if (table->rows.num)
		qsort(table->rows.items, table->rows.num,
		      sizeof(*table->rows.items), compare_rows);
}

static void table_fill(struct cw_line_table *table, struct cw_library *library,
		       Dwarf_Die die)
{
	Dwarf_Error err = NULL;
	Dwarf_Unsigned version;
	Dwarf_Small num_tables;
	Dwarf_Line_Context context = NULL;
	Dwarf_Line *lines;
	Dwarf_Signed num;

	if (!cw_library_is_ok(library,
			      dwarf_srclines_b(die, &version, &num_tables,
					       &context, &err),
			      &err))
		return;
	if (cw_library_is_ok(library,
			     dwarf_srclines_from_linecontext(context, &lines,
							     &num, &err),
			     &err))
		rows_read(table, library, lines, num);
	dwarf_srclines_dealloc_b(context);
}

static struct cw_line_table *table_read(struct cw_library *library,
					uint64_t unit)
{
	struct cw_line_table *table = cw_alloc(sizeof(*table));
	Dwarf_Error err = NULL;
	Dwarf_Die die = NULL;

	cw_map_init(&table->files);
	*cw_array_push(&table->names) = cw_strdup("?");
	int status = dwarf_offdie_b(library->debug, unit, true, &die, &err);
	if (cw_library_is_ok(library, status, &err)) {
		table_fill(table, library, die);
		dwarf_dealloc_die(die);
	}
	return table;
}

void cw_line_table_destroy(struct cw_line_table *table)
{
	cw_array_foreach(name, &table->names) free(*name);
	cw_array_deinit(&table->names);
	cw_array_deinit(&table->rows);
	cw_map_deinit(&table->files);
	free(table);
}

static struct cw_line_table *table_of(struct cw_debug_file *file, uint64_t unit)
{
	uint32_t number;

	/* That of a part is in the executable. */
	if (file->whole) {
		unit = file->skeleton;
		file = file->whole;
	}
	if (!cw_map_get(&file->lines, unit, &number)) {
		number = file->line_tables.num;
		*cw_array_push(&file->line_tables) =
			table_read(&file->library, unit);
		cw_map_set(&file->lines, unit, number);
	}
	return file->line_tables.items[number];
}

bool cw_line_at(struct cw_debug_file *file, uint64_t unit, uint64_t address,
		const char **ret_name, unsigned *ret_line)
{
	const struct cw_line_table *table = table_of(file, unit);
	size_t low = cw_search_first(i, 0, table->rows.num,
				     table->rows.items[i].address <= address);

	/* Line 0 is code that no line is responsible for: go back. */
	if (low == 0 || table->rows.items[low - 1].line == 0)
		return false;
	const struct line_row *row = &table->rows.items[low - 1];
	*ret_name = table->names.items[row->name];
	*ret_line = row->line;
	return true;
}

const char *cw_line_file(struct cw_debug_file *file, uint64_t unit,
			 uint64_t number)
{
	const struct cw_line_table *table = table_of(file, unit);
	uint32_t name;

	if (!cw_map_get(&table->files, number, &name))
		return NULL;
	return table->names.items[name];
}
