/*
 * Marks: which blocks are marked, and which of these are grey: not yet looked
 * through.
 *
 * A bit a granule for each.  Granules come in windows, small enough for their
 * bits and memory to stay in the cache; a window with grey blocks is pending.
 *
 * Bits of all windows are set by anybody.  While they are shared, by several
 * threads at once: then a bit is set by whoever comes first, and a window whose
 * grey bits were just taken becomes pending again by another one.
 *
 * Not here: in which order windows are visited (object/marker.c).
 */
#ifndef OBJECT_MARKS_H
#define OBJECT_MARKS_H

#include "base/bits.h"
#include "heap/block_index.h"

enum {
	CW_WINDOW_SHIFT = 19, /* granules: 8 MiB of memory, 64 KiB of bits */
	CW_WINDOW_GRANULES = 1 << CW_WINDOW_SHIFT,
	CW_WINDOW_WORDS = CW_WINDOW_GRANULES / 64,
};

struct cw_marks {
	uint64_t *marks;
	uint64_t *grey;
	bool *is_pending; /* by window */
	uint64_t num_granules, num_windows;
	bool is_shared;
};

/* What is not in use is marked from the start.  To be ended also when this
 * fails. */
struct cw_error *
cw_marks_init(struct cw_marks *marks,
	      const struct cw_block_index *index) cw_must_check;
void cw_marks_deinit(struct cw_marks *marks);

static inline bool cw_marks_test(const struct cw_marks *marks, uint64_t granule)
{
	uint64_t bits =
		__atomic_load_n(&marks->marks[granule >> 6], __ATOMIC_RELAXED);

	return bits >> (granule & 63) & 1;
}

/* False: somebody else was faster. */
static inline bool cw_marks_set(struct cw_marks *marks, uint64_t granule)
{
	uint64_t bit = UINT64_C(1) << (granule & 63);

	if (marks->is_shared)
		return !(__atomic_fetch_or(&marks->marks[granule >> 6], bit,
					   __ATOMIC_RELAXED) &
			 bit);
	marks->marks[granule >> 6] |= bit;
	return true;
}

static inline void cw_marks_set_grey(struct cw_marks *marks, uint64_t granule)
{
	bool *is_pending = &marks->is_pending[granule >> CW_WINDOW_SHIFT];

	if (marks->is_shared) {
		__atomic_fetch_or(&marks->grey[granule >> 6],
				  UINT64_C(1) << (granule & 63),
				  __ATOMIC_SEQ_CST);
		__atomic_store_n(is_pending, true, __ATOMIC_SEQ_CST);
	} else {
		cw_bit_set(marks->grey, granule);
		*is_pending = true;
	}
}

/* The window is not pending any more; its grey bits are to be taken next. */
static inline void cw_marks_open(struct cw_marks *marks, uint64_t window)
{
	__atomic_store_n(&marks->is_pending[window], false, __ATOMIC_SEQ_CST);
}

/* The grey bits of a word of a window, of which there are none then. */
static inline uint64_t cw_marks_take_grey(struct cw_marks *marks,
					  uint64_t window, uint64_t i)
{
	uint64_t *word = &marks->grey[window * CW_WINDOW_WORDS + i];
	uint64_t bits = __atomic_load_n(word, __ATOMIC_SEQ_CST);

	if (bits && marks->is_shared)
		return __atomic_exchange_n(word, 0, __ATOMIC_SEQ_CST);
	if (bits)
		*word = 0;
	return bits;
}

#endif
