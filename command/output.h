/*
 * Output: where an answer goes and how it looks there.
 *
 * Lines are written for a person: bytes with units unless --bytes was given,
 * wrapped at the width of the terminal where that is known.  Options in text
 * are written "--limit" in the sources and become "-limit" inside GDB.
 */
#ifndef COMMAND_OUTPUT_H
#define COMMAND_OUTPUT_H

#include <stdio.h>

#include "base/array.h"
#include "base/text.h"
#include "command/json.h"
#include "heap/heap.h"

struct cw_output {
	FILE *file;
	struct cw_json *json; /* NULL: text */
	unsigned width;	      /* columns; 0: any */
	bool has_color, is_gdb, is_exact;
	bool is_utf8; /* the terminal shows what is not ASCII */
	/* What to type next, written at the end. */
	CW_ARRAY(char *) suggestions;
};

void cw_output_deinit(struct cw_output *out);

/* Writes as it is. */
void cw_output_text(struct cw_output *out, const char *format, ...)
	cw_printf(2, 3);

/*
 * Writes one line, cut between words where it is too long; the lines behind
 * the first begin with @indent spaces.
 */
void cw_output_line(struct cw_output *out, unsigned indent, const char *format,
		    ...) cw_printf(3, 4);

/* Makes line feeds of the spaces where @text must be cut to be @width wide. */
void cw_output_fold(char *text, size_t width);

/* Columns of the UTF-8 text, taking each character for one wide. */
size_t cw_output_columns(const char *text);

/* A line in bold on a colour terminal: what a section is about. */
void cw_output_heading(struct cw_output *out, const char *format, ...)
	cw_printf(2, 3);

/* "1,234 more (--limit 0)": rows that were left out; nothing of 0. */
void cw_output_more(struct cw_output *out, uint64_t num);

/* Something to type next: "heap leaks --limit 0". */
void cw_output_suggest(struct cw_output *out, const char *format, ...)
	cw_printf(2, 3);
/* Writes the suggestions, if any. */
void cw_output_suggestions(struct cw_output *out);

/* "39.1 KB", or exact; @buffer has CW_NUMBER_SIZE. */
const char *cw_output_bytes(const struct cw_output *out, char *buffer,
			    uint64_t bytes);

/* "1,904 blocks", "1 block"; @buffer has CW_NUMBER_SIZE + length of noun. */
enum { CW_COUNTED_SIZE = 96 };
const char *cw_output_counted(char *buffer, uint64_t count, const char *noun);

#endif
