#include "command/table.h"

#include <inttypes.h>
#include <libsmartcols.h>
#include <stdarg.h>
#include <string.h>

#include "base/memory.h"

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
	for (size_t i = 0; i < table->num_columns; i++)
		scols_table_new_column(batch, table->columns[i].name,
				       table->num_batches ? table->widths[i]
							  : 0,
				       flags[table->columns[i].kind]);
	table->batch = batch;
	table->num_rows = 0;
}

static void write_batch(struct cw_table *table)
{
	if (!table->batch)
		return;
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
	if (table->cell < table->num_columns)
		scols_line_set_data(table->line, table->cell++,
				    text ? text : "");
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
