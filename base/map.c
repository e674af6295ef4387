#include "base/map.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void cw_map_init(struct cw_map *map)
{
	*map = (struct cw_map){0};
}

void cw_map_deinit(struct cw_map *map)
{
	free(map->entries);
	*map = (struct cw_map){0};
}

void cw_map_clear(struct cw_map *map)
{
	if (map->num * 64 < map->capacity)
		cw_map_deinit(map);
	else if (map->num)
		memset(map->entries, 0, map->capacity * sizeof(*map->entries));
	map->num = 0;
}

/* The entry of @key, or the unset one where it would go. */
static struct cw_map_entry *entry_find(const struct cw_map *map, uint64_t key)
{
	size_t i = cw_hash_mix(key) & (map->capacity - 1);

	while (map->entries[i].is_set && map->entries[i].key != key)
		i = (i + 1) & (map->capacity - 1);
	return &map->entries[i];
}

static void map_grow(struct cw_map *map)
{
	struct cw_map old = *map;

	map->capacity = old.capacity ? old.capacity * 2 : 16;
	map->entries = cw_alloc(map->capacity * sizeof(*map->entries));
	for (size_t i = 0; i < old.capacity; i++)
		if (old.entries[i].is_set)
			*entry_find(map, old.entries[i].key) = old.entries[i];
	free(old.entries);
}

uint32_t *cw_map_place(struct cw_map *map, uint64_t key, uint32_t initial)
{
	if (map->num * 4 >= map->capacity * 3)
		map_grow(map);

	struct cw_map_entry *entry = entry_find(map, key);
	if (!entry->is_set) {
		*entry = (struct cw_map_entry){key, initial, 1};
		map->num++;
	}
	return &entry->value;
}

void cw_map_set(struct cw_map *map, uint64_t key, uint32_t value)
{
	*cw_map_place(map, key, value) = value;
}

bool cw_map_get(const struct cw_map *map, uint64_t key, uint32_t *ret)
{
	if (map->num == 0)
		return false;

	const struct cw_map_entry *entry = entry_find(map, key);
	if (!entry->is_set)
		return false;
	*ret = entry->value;
	return true;
}

uint64_t cw_hash_bytes(const void *bytes, size_t size)
{
	const unsigned char *at = bytes;
	uint64_t hash = 0x9e3779b97f4a7c15 ^ size;

	while (size >= 8) {
		uint64_t word;
		memcpy(&word, at, 8);
		hash = cw_hash_mix(hash ^ word);
		at += 8;
		size -= 8;
	}
	uint64_t tail = 0;
	memcpy(&tail, at, size);
	return cw_hash_mix(hash ^ tail);
}
