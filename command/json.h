/*
 * Json: one JSON object, written as it comes.
 *
 * Rows are written when they are known and kept nowhere, so that an answer of
 * 20 million rows needs no memory.  Inside an object every value has a key;
 * inside an array the key is NULL.  Text that is not UTF-8 is made so.
 */
#ifndef COMMAND_JSON_H
#define COMMAND_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/text.h"
#include "heap/heap.h"

enum { CW_JSON_MAX_DEPTH = 16 };

struct cw_json {
	FILE *file;
	bool is_line; /* all in one line */
	unsigned depth;
	char closer[CW_JSON_MAX_DEPTH]; /* of each open object or array */
	bool has_items[CW_JSON_MAX_DEPTH];
};

void cw_json_init(struct cw_json *json, FILE *file);

void cw_json_object(struct cw_json *json, const char *key);
void cw_json_array(struct cw_json *json, const char *key);
/* Closes what was opened last. */
void cw_json_end(struct cw_json *json);
/* Closes all that is open, for an answer that ends early. */
void cw_json_end_all(struct cw_json *json);

/* NULL is written as null. */
void cw_json_text(struct cw_json *json, const char *key, const char *text);
void cw_json_count(struct cw_json *json, const char *key, uint64_t count);
/* "0x55…", a string. */
void cw_json_address(struct cw_json *json, const char *key, cw_addr address);
void cw_json_share(struct cw_json *json, const char *key, double share);
void cw_json_bool(struct cw_json *json, const char *key, bool is_true);
void cw_json_null(struct cw_json *json, const char *key);
/* {"blocks": …, "bytes": …} */
void cw_json_heap_count(struct cw_json *json, const char *key,
			const struct cw_heap_count *count);

#endif
