/*
 * Text: numbers as people read them, and strings that grow.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Enough for any number that the functions below write. */
#define CW_NUMBER_SIZE 32

/* "1,234,567".  Returns @buffer, CW_NUMBER_SIZE long. */
const char *cw_text_count(char *buffer, uint64_t count);

/*
 * "39.1 KB", "2.91 GB": three or four digits, powers of 1024.  With
 * @is_exact "41,201,334".  Returns @buffer.
 */
const char *cw_text_bytes(char *buffer, uint64_t bytes, bool is_exact);

/* "85.1 %"; "0.00 %" for nothing of nothing.  Returns @buffer. */
const char *cw_text_share(char *buffer, uint64_t part, uint64_t whole);

/* A string that grows; always NUL-terminated once something was added. */
struct cw_text {
	char *chars;
	size_t length;
	size_t capacity;
};

void cw_text_deinit(struct cw_text *text);
void cw_text_add(struct cw_text *text, const char *chars);
void cw_text_add_n(struct cw_text *text, const char *chars, size_t length);
void cw_text_addf(struct cw_text *text, const char *format, ...)
	cw_printf(2, 3);

/* To that length, where it is longer. */
void cw_text_cut(struct cw_text *text, size_t length);

/* Leaves out what is in brackets: "a[3].b" becomes "a[].b". */
void cw_text_empty_brackets(struct cw_text *text);

#define cw_cleanup_text __attribute__((cleanup(cw_text_deinit)))

#endif
