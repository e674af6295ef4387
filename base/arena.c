#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
	PIECE_SIZE = 64 * 1024,
	ALIGNMENT = 16,
};

struct cw_arena_piece {
	struct cw_arena_piece *older;
	_Alignas(16) char data[];
};

void cw_arena_init(struct cw_arena *arena)
{
	*arena = (struct cw_arena){0};
}

void cw_arena_deinit(struct cw_arena *arena)
{
	struct cw_arena_piece *piece = arena->pieces;

	while (piece) {
		struct cw_arena_piece *older = piece->older;
		free(piece);
		piece = older;
	}
	*arena = (struct cw_arena){0};
}

static char *piece_add(struct cw_arena *arena, size_t data_size)
{
	struct cw_arena_piece *piece = cw_alloc(sizeof(*piece) + data_size);

	piece->older = arena->pieces;
	arena->pieces = piece;
	arena->total_size += sizeof(*piece) + data_size;
	return piece->data;
}

void *cw_arena_alloc(struct cw_arena *arena, size_t size)
{
	size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	if (size > PIECE_SIZE / 4)
		return piece_add(arena, size);
	if (size > arena->left) {
		arena->next = piece_add(arena, PIECE_SIZE);
		arena->left = PIECE_SIZE;
	}

	void *result = arena->next;
	arena->next += size;
	arena->left -= size;
	return result;
}

void *cw_arena_copy(struct cw_arena *arena, const void *bytes, size_t size)
{
	void *copy = cw_arena_alloc(arena, size);

	return memcpy(copy, bytes, size);
}

char *cw_arena_strdup(struct cw_arena *arena, const char *text)
{
	return cw_arena_strndup(arena, text, strlen(text));
}

char *cw_arena_strndup(struct cw_arena *arena, const char *text, size_t size)
{
	size_t length = strnlen(text, size);
	char *copy = cw_arena_alloc(arena, length + 1);

	memcpy(copy, text, length);
	return copy;
}

char *cw_arena_format(struct cw_arena *arena, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	cw_cleanup_free char *text = cw_vformat(format, args);
	va_end(args);
	return cw_arena_strdup(arena, text);
}
