/*
 * Arena: many small pieces that are freed together.
 *
 * One arena a result (the types of a program, the modules of a target):
 * pieces are never freed singly.  Pieces are zeroed and aligned to 16.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/error.h"

struct cw_arena {
	struct cw_arena_piece *pieces;
	char *next;
	size_t left;
	size_t total_size; /* asked of the system, bytes */
};

void cw_arena_init(struct cw_arena *arena);
void cw_arena_deinit(struct cw_arena *arena);

void *cw_arena_alloc(struct cw_arena *arena, size_t size)
	__attribute__((returns_nonnull));
/* A copy of @size bytes. */
void *cw_arena_copy(struct cw_arena *arena, const void *bytes, size_t size)
	__attribute__((returns_nonnull));
char *cw_arena_strdup(struct cw_arena *arena, const char *text);
char *cw_arena_strndup(struct cw_arena *arena, const char *text, size_t size);
char *cw_arena_format(struct cw_arena *arena, const char *format, ...)
	cw_printf(2, 3);

#endif
