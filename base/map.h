/*
 * Map: 64-bit keys to 32-bit values, open addressing.
 *
 * Any key is allowed.  A value is overwritten by a later set of its key.
 * Entries are not removed singly.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cw_map_entry {
	uint64_t key;
	uint32_t value;
	uint32_t is_set;
};

struct cw_map {
	struct cw_map_entry *entries;
	size_t capacity; /* power of two, or 0 */
	size_t num;
};

void cw_map_init(struct cw_map *map);
void cw_map_deinit(struct cw_map *map);

/* Forgets all; keeps the room, unless it is much more than was needed. */
void cw_map_clear(struct cw_map *map);
void cw_map_set(struct cw_map *map, uint64_t key, uint32_t value);

/* Writes the value and returns true, or returns false when there is none. */
bool cw_map_get(const struct cw_map *map, uint64_t key, uint32_t *ret);

/*
 * The place of @key's value, entered with @initial when it was not there.
 * Valid until the next set or place.
 */
uint32_t *cw_map_place(struct cw_map *map, uint64_t key, uint32_t initial);

/* A good 64-bit mix, also for hashes made of several words. */
static inline uint64_t cw_hash_mix(uint64_t value)
{
	value ^= value >> 32;
	value *= 0xd6e8feb86659fd93;
	value ^= value >> 32;
	value *= 0xd6e8feb86659fd93;
	value ^= value >> 32;
	return value;
}

uint64_t cw_hash_bytes(const void *bytes, size_t size);

#endif
