/*
 * Cursor: numbers read from the bytes of a section, one after the other.
 *
 * A read beyond the end gives 0 and makes the cursor bad, for good.
 */
#ifndef DWARF_CURSOR_H
#define DWARF_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct cw_cursor {
	const unsigned char *at, *end;
	bool is_bad;
};

static inline uint64_t cw_cursor_left(const struct cw_cursor *cursor)
{
	return cursor->end - cursor->at;
}

/* The next @size bytes, or NULL. */
static inline const unsigned char *cw_cursor_bytes(struct cw_cursor *cursor,
						   uint64_t size)
{
	const unsigned char *bytes = cursor->at;

	if (cursor->is_bad || cw_cursor_left(cursor) < size) {
		cursor->is_bad = true;
		return NULL;
	}
	cursor->at += size;
	return bytes;
}

/* Little-endian, at most 8 bytes. */
static inline uint64_t cw_cursor_fixed(struct cw_cursor *cursor, size_t size)
{
	const unsigned char *bytes = cw_cursor_bytes(cursor, size);
	uint64_t value = 0;

	if (bytes)
		memcpy(&value, bytes, size);
	return value;
}

static inline uint64_t cw_cursor_uleb(struct cw_cursor *cursor)
{
	uint64_t value = 0;

	if (cursor->is_bad)
		return 0;
	for (unsigned shift = 0; shift < 64 && cursor->at < cursor->end;
	     shift += 7) {
		uint64_t byte = *cursor->at++;
		value |= (byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	cursor->is_bad = true;
	return 0;
}

static inline int64_t cw_cursor_sleb(struct cw_cursor *cursor)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64;) {
		uint64_t byte = cw_cursor_fixed(cursor, 1);
		value |= (byte & 0x7f) << shift;
		shift += 7;
		if (byte & 0x80)
			continue;
		if (byte & 0x40 && shift < 64)
			value |= ~UINT64_C(0) << shift;
		return value;
	}
	cursor->is_bad = true;
	return 0;
}

#endif
