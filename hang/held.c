#include "hang/held.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/memory.h"
#include "hang/layout.h"
#include "hang/thread_number.h"

enum {
	MOST_TIDS = 1 << 22, /* PID_MAX_LIMIT of Linux */
	STEP = 8,
};

struct scanner {
	struct cw_waits *waits;
	const struct cw_target *target;
	uint64_t *is_tid; /* bits */
};

/* What is wanted, and what is told by the lock itself, comes first. */
static int compare_held(const void *left, const void *right)
{
	const struct cw_held *a = left, *b = right;

	if (a->thread != b->thread)
		return a->thread < b->thread ? -1 : 1;
	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	if (a->is_wanted != b->is_wanted)
		return a->is_wanted ? -1 : 1;
	return a->is_inferred - b->is_inferred;
}

void cw_held_sort(struct cw_waits *waits)
{
	size_t num = 0;

	if (waits->held.num > 1)
		qsort(waits->held.items, waits->held.num,
		      sizeof(struct cw_held), compare_held);
	for (size_t i = 0; i < waits->held.num; i++) {
		const struct cw_held *held = &waits->held.items[i];
		if (num > 0 &&
		    waits->held.items[num - 1].thread == held->thread &&
		    waits->held.items[num - 1].address == held->address)
			continue;
		waits->held.items[num++] = *held;
	}
	waits->held.num = num;
}

static void note_tids(struct scanner *scanner, const struct cw_thread *thread)
{
	uint32_t tids[CW_MAX_THREAD_NUMBERS];
	size_t num = cw_thread_numbers(scanner->target, thread, tids);

	for (size_t i = 0; i < num; i++)
		if (tids[i] < MOST_TIDS)
			cw_bit_set(scanner->is_tid, tids[i]);
}

static uint32_t thread_of(const struct scanner *scanner, uint32_t tid)
{
	const struct cw_target *target = scanner->target;

	for (uint32_t i = 0; i < target->threads.num; i++) {
		const struct cw_thread *thread = &target->threads.items[i];
		if (cw_thread_is_called(target, thread, tid))
			return i;
	}
	return CW_NO_THREAD;
}

/* Mutexes that begin in [start, end), which is in @segment. */
static void scan(struct scanner *scanner, const struct cw_segment *segment,
		 cw_addr start, cw_addr end)
{
	uint32_t words[CW_MUTEX_SIZE / sizeof(uint32_t)];
	uint64_t size = segment->end - segment->start;

	for (uint64_t at = start - segment->start;
	     at < end - segment->start && at + CW_MUTEX_SIZE <= size;
	     at += STEP) {
		const unsigned char *bytes = segment->bytes + at;
		uint32_t owner;

		memcpy(&owner, bytes + CW_MUTEX_OWNER, sizeof(owner));
		if (owner == 0 || owner >= MOST_TIDS ||
		    !cw_bit_test(scanner->is_tid, owner))
			continue;
		memcpy(words, bytes, CW_MUTEX_SIZE);
		if (!cw_mutex_is_owned(words))
			continue;
		const struct cw_held held = {
			.thread = thread_of(scanner, owner),
			.kind = CW_WAIT_MUTEX,
			.address = segment->start + at,
		};
		if (held.thread != CW_NO_THREAD)
			*cw_array_push(&scanner->waits->held) = held;
	}
}

struct cw_error *cw_held_scan(struct cw_waits *waits,
			      const struct cw_target *target,
			      struct cw_progress *progress, uint64_t max_bytes,
			      uint64_t *ret_left)
{
	struct scanner scanner = {
		.waits = waits,
		.target = target,
		.is_tid = cw_alloc(cw_bits_words(MOST_TIDS) * sizeof(uint64_t)),
	};
	struct cw_error *err = NULL;
	uint64_t left = 0;

	cw_array_foreach(thread, &target->threads) note_tids(&scanner, thread);
	cw_progress_begin(progress, "looking for held mutexes",
			  target->segments.num);
	for (size_t i = 0; i < target->segments.num && !err; i++) {
		const struct cw_segment *segment = &target->segments.items[i];
		cw_addr at = segment->start, start;

		if (!segment->bytes || !(segment->flags & CW_SEGMENT_WRITE))
			continue;
		while (cw_target_next_data(target, &at, segment->end, &start)) {
			uint64_t size = at - start;
			uint64_t now = size < max_bytes ? size : max_bytes;
			scan(&scanner, segment, start, start + now);
			max_bytes -= now;
			left += size - now;
		}
		err = cw_progress_step(progress, i);
	}
	free(scanner.is_tid);
	if (err)
		return err;
	cw_held_sort(waits);
	*ret_left = left;
	return NULL;
}
