#include "code/tally.h"

#include <string.h>

#include "base/memory.h"

enum {
	FIRST_SEEN = 1 << 8,
	MAX_SEEN = 1 << 20,
	MAX_SHIFTS = 64, /* between two types */
};

void cw_tally_init(struct cw_tally *tally)
{
	*tally = (struct cw_tally){0};
	for (int i = 0; i < CW_NUM_TALLIES; i++)
		cw_map_init(&tally->pairs[i].by_pair);
	cw_map_init(&tally->shifts_by_pair);
	*cw_array_push(&tally->shifts) = (struct cw_tally_shift){0};
}

void cw_tally_deinit(struct cw_tally *tally)
{
	for (int i = 0; i < CW_NUM_TALLIES; i++) {
		cw_array_deinit(&tally->pairs[i].entries);
		cw_map_deinit(&tally->pairs[i].by_pair);
	}
	cw_array_deinit(&tally->shifts);
	cw_map_deinit(&tally->shifts_by_pair);
	free(tally->seen);
	tally->seen = NULL;
	tally->num_seen = tally->seen_capacity = 0;
}

void cw_tally_next_function(struct cw_tally *tally)
{
	/* One large function's room is not cleared for all small ones. */
	if (tally->seen_capacity > 4 * FIRST_SEEN) {
		free(tally->seen);
		tally->seen = NULL;
		tally->seen_capacity = 0;
	} else if (tally->num_seen) {
		memset(tally->seen, 0,
		       tally->seen_capacity * sizeof(*tally->seen));
	}
	tally->num_seen = 0;
}

static void seen_put(struct cw_tally *tally, uint64_t hash)
{
	uint32_t i = hash & (tally->seen_capacity - 1);

	while (tally->seen[i] && tally->seen[i] != hash)
		i = (i + 1) & (tally->seen_capacity - 1);
	tally->seen[i] = hash;
}

static void seen_grow(struct cw_tally *tally)
{
	uint64_t *old = tally->seen;
	uint32_t old_capacity = tally->seen_capacity;

	tally->seen_capacity = old ? 2 * old_capacity : FIRST_SEEN;
	tally->seen = cw_alloc(tally->seen_capacity * sizeof(*tally->seen));
	for (uint32_t i = 0; i < old_capacity; i++)
		if (old[i])
			seen_put(tally, old[i]);
	free(old);
}

/* False: it was counted in this function already. */
static bool is_new(struct cw_tally *tally, uint64_t a, uint64_t b)
{
	uint64_t hash = cw_hash_mix(a ^ cw_hash_mix(b)) | 1;

	if (tally->num_seen * 2 >= tally->seen_capacity) {
		if (tally->seen_capacity >= MAX_SEEN)
			return true;
		seen_grow(tally);
	}
	for (uint32_t i = hash & (tally->seen_capacity - 1); tally->seen[i];
	     i = (i + 1) & (tally->seen_capacity - 1))
		if (tally->seen[i] == hash)
			return false;
	seen_put(tally, hash);
	tally->num_seen++;
	return true;
}

void cw_tally_pair(struct cw_tally *tally, enum cw_tally_kind kind,
		   uint32_t from, uint32_t to, uint32_t at)
{
	uint64_t key = (uint64_t)from << 32 | to;

	if (!is_new(tally, key, (uint64_t)kind << 32 | at))
		return;
	uint32_t *number = cw_map_place(&tally->pairs[kind].by_pair, key,
					tally->pairs[kind].entries.num);
	if (*number == tally->pairs[kind].entries.num)
		*cw_array_push(&tally->pairs[kind].entries) =
			(struct cw_tally_entry){.from = from, .to = to};
	tally->pairs[kind].entries.items[*number].num++;
}

void cw_tally_shift(struct cw_tally *tally, uint32_t from, int32_t offset,
		    uint32_t to, uint32_t at)
{
	uint64_t key = (uint64_t)from << 32 | to;

	if (!is_new(tally, key,
		    (uint64_t)CW_NUM_TALLIES << 32 | (at ^ (uint32_t)offset)))
		return;
	uint32_t *first = cw_map_place(&tally->shifts_by_pair, key, 0);
	uint32_t number = *first;
	int steps = 0;
	while (number && tally->shifts.items[number].offset != offset) {
		number = tally->shifts.items[number].next;
		if (++steps == MAX_SHIFTS)
			return;
	}
	if (!number) {
		number = tally->shifts.num;
		*cw_array_push(&tally->shifts) = (struct cw_tally_shift){
			.from = from,
			.to = to,
			.offset = offset,
			.next = *first,
		};
		*first = number;
	}
	tally->shifts.items[number].num++;
}

bool cw_tally_is_from_type(enum cw_tally_kind kind)
{
	return kind == CW_TALLY_CAST || kind == CW_TALLY_UP;
}

bool cw_tally_is_to_type(enum cw_tally_kind kind)
{
	return cw_tally_is_from_type(kind) || kind == CW_TALLY_USE ||
	       kind == CW_TALLY_PUT;
}

bool cw_tally_add_pair(struct cw_tally *tally, enum cw_tally_kind kind,
		       struct cw_tally_entry entry)
{
	uint32_t num = tally->pairs[kind].entries.num;

	if (*cw_map_place(&tally->pairs[kind].by_pair,
			  (uint64_t)entry.from << 32 | entry.to, num) != num)
		return false;
	*cw_array_push(&tally->pairs[kind].entries) = entry;
	return true;
}
