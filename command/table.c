#include "command/table.h"

#include <inttypes.h>
#include <libsmartcols.h>
#include <stdarg.h>
#include <string.h>

#include "base/memory.h"
#include "dwarf/short_name.h"

/* Rows that are laid out together. */
#define BATCH_ROWS 4096

void cw_table_init(struct cw_table *table, struct cw_output *out,
		   const struct cw_column *columns, size_t num_columns)
{
	*table = (struct cw_table){
		.out = out,
		.columns = columns,
		.num_columns = num_columns,
		.has_headings = true,
	};
}

static void begin_batch(struct cw_table *table)
{
	static const int flags[] = {
		[CW_COLUMN_TEXT] = 0,
		[CW_COLUMN_NUMBER] = SCOLS_FL_RIGHT,
		[CW_COLUMN_CUT] = SCOLS_FL_TRUNC,
		[CW_COLUMN_WRAP] = SCOLS_FL_WRAP,
	};
	struct libscols_table *batch = scols_new_table();

	scols_table_set_column_separator(batch, "  ");
	scols_table_set_stream(batch, table->out->file);
	scols_table_enable_noheadings(batch, !table->has_headings ||
						     table->num_batches > 0);
	if (table->out->width) {
		scols_table_set_termforce(batch, SCOLS_TERMFORCE_ALWAYS);
		scols_table_set_termwidth(batch, table->out->width);
	} else {
		scols_table_set_termforce(batch, SCOLS_TERMFORCE_NEVER);
	}
	for (size_t i = 0; i < table->num_columns; i++) {
		enum cw_column_kind kind = table->columns[i].kind;
		struct libscols_column *column = scols_table_new_column(
			batch, table->columns[i].name,
			table->num_batches ? table->widths[i] : 0, flags[kind]);

		if (kind != CW_COLUMN_WRAP)
			continue;
		scols_column_set_safechars(column, "\n");
		scols_column_set_wrapfunc(column, scols_wrapnl_chunksize,
					  scols_wrapnl_nextchunk, NULL);
	}
	table->batch = batch;
	table->num_rows = 0;
}

/* Below, a folded column would be all height. */
#define MIN_FOLD_WIDTH 16

/* Columns that @column takes in this batch. */
static size_t column_width(const struct cw_table *table, size_t column)
{
	size_t width = table->has_headings
			       ? cw_output_columns(table->columns[column].name)
			       : 0;

	for (size_t i = 0; i < table->num_rows; i++) {
		struct libscols_line *line =
			scols_table_get_line(table->batch, i);
		const char *data =
			scols_cell_get_data(scols_line_get_cell(line, column));
		size_t columns = data ? cw_output_columns(data) : 0;
		if (columns > width)
			width = columns;
	}
	return width;
}

/* The library cuts in the middle of words: here it is told where. */
static void fold_column(struct cw_table *table, size_t folded)
{
	size_t taken = table->indent + 2 * (table->num_columns - 1);

	for (size_t i = 0; i < table->num_columns; i++)
		if (i != folded)
			taken += column_width(table, i);
	size_t width = taken + MIN_FOLD_WIDTH < table->out->width
			       ? table->out->width - taken
			       : MIN_FOLD_WIDTH;
	for (size_t i = 0; i < table->num_rows; i++) {
		struct libscols_cell *cell = scols_line_get_cell(
			scols_table_get_line(table->batch, i), folded);
		const char *data = scols_cell_get_data(cell);
		if (!data || cw_output_columns(data) <= width)
			continue;
		cw_cleanup_free char *text = cw_strdup(data);
		cw_output_fold(text, width);
		scols_cell_set_data(cell, text);
	}
}

static void fold(struct cw_table *table)
{
	for (size_t i = 0; table->out->width && i < table->num_columns; i++)
		if (table->columns[i].kind == CW_COLUMN_WRAP)
			fold_column(table, i);
}

static void write_batch(struct cw_table *table)
{
	if (!table->batch)
		return;
	fold(table);
	if (table->indent) {
		/* The library has no margin: lines are set off here. */
		char *text = NULL;
		scols_table_reduce_termwidth(table->batch, table->indent);
		scols_print_table_to_string(table->batch, &text);
		char *rest = text;
		for (char *line; (line = strsep(&rest, "\n")) && *line;)
			fprintf(table->out->file, "%*s%s\n", (int)table->indent,
				"", line);
		free(text);
	} else {
		scols_print_table(table->batch);
	}
	for (size_t i = 0; table->num_batches == 0 && i < table->num_columns &&
			   i < cw_num_elements(table->widths);
	     i++)
		table->widths[i] = scols_column_get_width(
			scols_table_get_column(table->batch, i));
	scols_unref_table(table->batch);
	table->batch = NULL;
	table->num_batches++;
}

void cw_table_row(struct cw_table *table)
{
	if (table->batch && table->num_rows >= BATCH_ROWS)
		write_batch(table);
	if (!table->batch)
		begin_batch(table);
	table->line = scols_table_new_line(table->batch, NULL);
	table->cell = 0;
	table->num_rows++;
}

void cw_table_text(struct cw_table *table, const char *text)
{
	if (table->cell >= table->num_columns)
		return;
	cw_cleanup_free char *short_text = cw_strdup(text ? text : "");
	cw_names_shorten(short_text);
	scols_line_set_data(table->line, table->cell++, short_text);
}

void cw_table_format(struct cw_table *table, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	cw_cleanup_free char *text = cw_vformat(format, args);
	va_end(args);
	cw_table_text(table, text);
}

void cw_table_count(struct cw_table *table, uint64_t count)
{
	char buffer[CW_NUMBER_SIZE];

	cw_table_text(table, cw_text_count(buffer, count));
}

void cw_table_bytes(struct cw_table *table, uint64_t bytes)
{
	char buffer[CW_NUMBER_SIZE];

	cw_table_text(table, cw_output_bytes(table->out, buffer, bytes));
}

void cw_table_share(struct cw_table *table, uint64_t part, uint64_t whole)
{
	char buffer[CW_NUMBER_SIZE];

	cw_table_text(table, cw_text_share(buffer, part, whole));
}

void cw_table_address(struct cw_table *table, cw_addr address)
{
	cw_table_format(table, "0x%" PRIx64, address);
}

void cw_table_empty(struct cw_table *table)
{
	cw_table_text(table, "");
}

void cw_table_end(struct cw_table *table)
{
	write_batch(table);
}
