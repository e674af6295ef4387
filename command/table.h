/*
 * Table: rows of cells under headings, aligned, as wide as the terminal.
 *
 *	struct cw_table table;
 *	cw_table_init(&table, out, columns, cw_num_elements(columns));
 *	cw_table_row(&table);
 *	cw_table_count(&table, blocks);
 *	cw_table_text(&table, name);
 *	cw_table_end(&table);
 *
 * Cells are given in the order of the columns; those left out are empty.
 * Rows are written in batches, so that a long table needs little memory; the
 * columns then keep the widths that the first batch gave them.
 */
#ifndef COMMAND_TABLE_H
#define COMMAND_TABLE_H

#include "command/output.h"

enum cw_column_kind {
	CW_COLUMN_TEXT,	  /* to the left, never cut */
	CW_COLUMN_NUMBER, /* to the right */
	CW_COLUMN_CUT,	  /* to the left, cut when the line is too long */
	CW_COLUMN_WRAP,	  /* to the left, goes on in the next line */
};

struct cw_column {
	const char *name;
	enum cw_column_kind kind;
};

struct cw_table {
	struct cw_output *out;
	const struct cw_column *columns;
	size_t num_columns;
	bool has_headings;
	unsigned indent;

	/* Private. */
	struct libscols_table *batch;
	struct libscols_line *line;
	size_t cell;	     /* next one of the line */
	size_t num_rows;     /* of the batch */
	size_t num_batches;  /* written */
	unsigned widths[16]; /* of the columns, from the first batch */
};

void cw_table_init(struct cw_table *table, struct cw_output *out,
		   const struct cw_column *columns, size_t num_columns);
void cw_table_row(struct cw_table *table);
void cw_table_text(struct cw_table *table, const char *text);
void cw_table_format(struct cw_table *table, const char *format, ...)
	cw_printf(2, 3);
void cw_table_count(struct cw_table *table, uint64_t count);
void cw_table_bytes(struct cw_table *table, uint64_t bytes);
void cw_table_share(struct cw_table *table, uint64_t part, uint64_t whole);
void cw_table_address(struct cw_table *table, cw_addr address);
void cw_table_empty(struct cw_table *table);
/* Writes what is left, and frees. */
void cw_table_end(struct cw_table *table);

#endif
