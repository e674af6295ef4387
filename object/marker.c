/*
 * Marking by windows.
 *
 * A block that is marked is scanned at once when it is in the window at hand
 * (by a stack), else when its window's turn comes (it is grey until then): bits
 * are written all over, but memory is read window by window.  Windows are
 * visited up and down in turn until none has grey blocks.
 *
 * Several threads take windows of one pass, each with a stack of its own: what
 * is marked in the end does not depend on who marks it, and a window's blocks
 * are scanned by the one who took it.
 *
 * Memory laid out against this (each pointer leads to a window that was just
 * left) would need a pass for each block.  So when a pass finds too little to
 * do for the bits that it looks through, blocks are taken in any order, by a
 * stack over all memory, until there is nothing left or so much that windows
 * pay again.
 */
#include "object/marker.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "object/extent.h"
#include "object/marks.h"

enum {
	/* A pass has too little to do with fewer blocks than a 16th of the
	 * words of bits that it looks through. */
	LOW_WORK_SHIFT = 4,
	MAX_ANYWHERE = 1 << 14, /* on the stack over all memory */
	AHEAD = 16, /* blocks between taking one off the stack and scanning */
	NUM_PUT_OFFS = 32, /* blocks between marking one and making it grey */
	NUM_SUSPECTS = 32, /* words between seeing one and looking it up */
	/* A pass over fewer windows for each thread is not worth starting it.
	 */
	WINDOWS_A_THREAD = 2,
};

/* No window: what is marked is put off until its window's turn comes. */
#define NOWHERE (UINT64_MAX - 1)
/* Every window at once: what is marked goes on the stack. */
#define ANYWHERE UINT64_MAX

struct cw_marker {
	const struct cw_block_index *index;
	const uint64_t *pointers;	       /* as the index's, or fewer */
	const struct cw_number_words *numbers; /* that do not count, or NULL */
	struct cw_extents extents;
	struct cw_progress *progress;
	cw_addr low, high; /* all pages of the index are in [low, high) */
	struct cw_marks marks;
	uint64_t *stack;
	uint64_t num_stack;
	size_t hint;			 /* for the extents */
	uint64_t suspects[NUM_SUSPECTS]; /* granules, a ring */
	uint64_t num_seen, num_resolved; /* of them, ever */
	uint64_t put_offs[NUM_PUT_OFFS]; /* granules, a ring */
	uint64_t num_put_off, num_grey;	 /* of them, ever */
	uint64_t num_scanned;
	unsigned num_threads;
	uint64_t *turns; /* windows of the pass at hand */
};

/* Its bit, too, is asked for now and set some blocks later. */
static inline void put_off(struct cw_marker *marker, uint64_t granule)
{
	uint64_t *place =
		&marker->put_offs[marker->num_put_off++ % NUM_PUT_OFFS];

	__builtin_prefetch(&marker->marks.grey[granule >> 6], 1);
	if (marker->num_put_off - marker->num_grey > NUM_PUT_OFFS) {
		marker->num_grey++;
		cw_marks_set_grey(&marker->marks, *place);
	}
	*place = granule;
}

/* Before anybody looks at what is grey or pending. */
static void put_off_all(struct cw_marker *marker)
{
	while (marker->num_grey != marker->num_put_off)
		cw_marks_set_grey(
			&marker->marks,
			marker->put_offs[marker->num_grey++ % NUM_PUT_OFFS]);
}

/* A granule that some word points to, found or not to be a marked block's. */
static inline void resolve(struct cw_marker *marker, uint64_t granule,
			   uint64_t window)
{
	uint64_t start = cw_block_index_start(marker->index, granule);
	if (start == CW_NO_GRANULE || cw_marks_test(&marker->marks, start) ||
	    !cw_marks_set(&marker->marks, start))
		return;
	if (window == ANYWHERE ? marker->num_stack < MAX_ANYWHERE
			       : start >> CW_WINDOW_SHIFT == window)
		marker->stack[marker->num_stack++] = start;
	else
		put_off(marker, start);
}

/*
 * A word that may be a pointer.  The bits that tell are asked for now and
 * looked at some words later, when they have come: on large heaps with edges
 * in all directions nothing else costs as much as waiting for them.
 */
static inline void suspect(struct cw_marker *marker, uint64_t value,
			   uint64_t window)
{
	if (value - marker->low >= marker->high - marker->low)
		return;

	uint64_t granule = cw_block_index_granule(marker->index, value);
	if (granule == CW_NO_GRANULE)
		return;
	__builtin_prefetch(&marker->index->starts[granule >> 6]);
	__builtin_prefetch(&marker->marks.marks[granule >> 6], 1);
	uint64_t *place = &marker->suspects[marker->num_seen++ % NUM_SUSPECTS];
	if (marker->num_seen - marker->num_resolved > NUM_SUSPECTS) {
		marker->num_resolved++;
		resolve(marker, *place, window);
	}
	*place = granule;
}

/*
 * The words of @piece.  Where there is nothing but Go's heap, words that are no
 * pointers need not even be looked at.
 */
static inline void suspect_words(struct cw_marker *marker,
				 const struct cw_piece *piece, uint64_t window)
{
	uint64_t i = 0;

	if (!piece->pointers) {
		for (; i < piece->num_words; i++)
			suspect(marker, cw_piece_word(piece, i), window);
		return;
	}
	if (marker->index->is_mixed) {
		for (; i < piece->num_words; i++)
			if (cw_piece_granule(marker->index, piece, i) !=
			    CW_NO_GRANULE)
				suspect(marker, cw_piece_word(piece, i),
					window);
		return;
	}
	while (i < piece->num_words) {
		uint64_t at = piece->first_pointer + i;
		uint64_t left = piece->num_words - i;
		uint64_t bits = piece->pointers[at >> 6] >> (at & 63);

		if (left < 64)
			bits &= (UINT64_C(1) << left) - 1;
		for (; bits; bits &= bits - 1)
			suspect(marker,
				cw_piece_word(piece, i + __builtin_ctzll(bits)),
				window);
		i += 64 - (at & 63);
	}
}

/* Looks up the oldest suspect; false: there is none. */
static inline bool resolve_oldest(struct cw_marker *marker, uint64_t window)
{
	if (marker->num_resolved == marker->num_seen)
		return false;
	resolve(marker, marker->suspects[marker->num_resolved++ % NUM_SUSPECTS],
		window);
	return true;
}

/* The same, without numbers. */
static void suspect_but_numbers(struct cw_marker *marker,
				const struct cw_piece *piece, uint64_t window)
{
	const struct cw_number_words *numbers = marker->numbers;
	cw_addr end = piece->address + piece->num_words * sizeof(uint64_t);
	struct cw_piece rest = *piece;

	for (size_t i = cw_number_words_before(numbers, piece->address);
	     i < numbers->slots.num && numbers->slots.items[i] < end; i++) {
		uint64_t done = (numbers->slots.items[i] - rest.address) /
				sizeof(uint64_t);
		struct cw_piece before = rest;

		before.num_words = done;
		suspect_words(marker, &before, window);
		rest = cw_piece_from(&rest, done + 1);
	}
	suspect_words(marker, &rest, window);
}

/* @window is the one at hand, or ANYWHERE. */
static inline void scan(struct cw_marker *marker, uint64_t granule,
			uint64_t window)
{
	cw_addr address = cw_block_index_address(marker->index, granule);
	cw_addr end = cw_extent_block_end(marker->index, granule);
	bool has_numbers = cw_number_words_hold(marker->numbers, granule);
	struct cw_piece piece;

	marker->num_scanned++;
	while (cw_extents_next(&marker->extents, &marker->hint, &address, end,
			       &piece)) {
		cw_piece_look(marker->index, &piece);
		piece.pointers = piece.pointers ? marker->pointers : NULL;
		if (__builtin_expect(has_numbers, false))
			suspect_but_numbers(marker, &piece, window);
		else
			suspect_words(marker, &piece, window);
	}
}

static void mark_window(struct cw_marker *marker, uint64_t window)
{
	cw_marks_open(&marker->marks, window);
	for (uint64_t i = 0; i < CW_WINDOW_WORDS; i++) {
		uint64_t bits = cw_marks_take_grey(&marker->marks, window, i);

		for (; bits; bits &= bits - 1) {
			uint64_t bit = __builtin_ctzll(bits);

			scan(marker, (window * CW_WINDOW_WORDS + i) * 64 + bit,
			     window);
			while (marker->num_stack > 0)
				scan(marker, marker->stack[--marker->num_stack],
				     window);
		}
	}
	do {
		while (marker->num_stack > 0)
			scan(marker, marker->stack[--marker->num_stack],
			     window);
	} while (resolve_oldest(marker, window));
	put_off_all(marker);
}

/* In a window each block is on the stack at most once. */
static size_t stack_size(void)
{
	return (CW_WINDOW_GRANULES + MAX_ANYWHERE) * sizeof(uint64_t);
}

/* The threads of one pass. */
struct crew {
	struct cw_marker *marker;
	pthread_t caller; /* who alone may show progress */
	uint64_t num_turns;
	atomic_uint_fast64_t next, num_scanned;
};

/* One thread's part: a marker of its own but for the bits. */
static struct cw_error *turns_take(void *context, uint64_t item)
{
	struct crew *crew = context;
	struct cw_marker own = *crew->marker;
	bool is_caller = pthread_equal(pthread_self(), crew->caller);
	uint64_t turn;

	own.marks.is_shared = true;
	own.num_scanned = 0;
	own.stack = NULL;
	struct cw_error *err = cw_bulk_alloc(stack_size(), &own.stack);
	while (!err &&
	       (turn = atomic_fetch_add(&crew->next, 1)) < crew->num_turns) {
		mark_window(&own, own.turns[turn]);
		if (is_caller)
			err = cw_progress_step(own.progress, turn);
	}
	if (err) /* nobody need go on */
		atomic_store(&crew->next, crew->num_turns);
	atomic_fetch_add(&crew->num_scanned, own.num_scanned);
	cw_bulk_free(own.stack, stack_size());
	return err;
}

static struct cw_error *pass_together(struct cw_marker *marker, bool is_up,
				      unsigned num_threads, uint64_t num_turns)
{
	struct crew crew = {
		.marker = marker,
		.caller = pthread_self(),
		.num_turns = num_turns,
	};
	uint64_t num = 0;

	for (uint64_t i = 0; i < marker->marks.num_windows; i++) {
		uint64_t window = is_up ? i : marker->marks.num_windows - 1 - i;

		if (marker->marks.is_pending[window])
			marker->turns[num++] = window;
	}
	struct cw_error *err =
		cw_parallel_for(num_threads, num_threads, turns_take, &crew);
	marker->num_scanned += crew.num_scanned;
	return err;
}

/* Visits the pending windows in one direction; counts them. */
static struct cw_error *pass(struct cw_marker *marker, bool is_up,
			     uint64_t *ret_visited)
{
	uint64_t visited = 0;

	for (uint64_t i = 0; i < marker->marks.num_windows; i++)
		visited += marker->marks.is_pending[i];
	uint64_t num_threads = visited / WINDOWS_A_THREAD;
	if (num_threads > marker->num_threads)
		num_threads = marker->num_threads;
	if (num_threads > 1) {
		*ret_visited = visited;
		return pass_together(marker, is_up, num_threads, visited);
	}
	visited = 0;
	for (uint64_t i = 0; i < marker->marks.num_windows; i++) {
		uint64_t window = is_up ? i : marker->marks.num_windows - 1 - i;
		struct cw_error *err;

		if (!marker->marks.is_pending[window])
			continue;
		visited++;
		mark_window(marker, window);
		err = cw_progress_step(marker->progress, i);
		if (err)
			return err;
	}
	*ret_visited = visited;
	return NULL;
}

/* Puts grey blocks on the stack, as many as there may be. */
static void gather(struct cw_marker *marker)
{
	for (uint64_t window = 0; window < marker->marks.num_windows;
	     window++) {
		uint64_t *grey = marker->marks.grey + window * CW_WINDOW_WORDS;

		if (!marker->marks.is_pending[window])
			continue;
		for (uint64_t i = 0; i < CW_WINDOW_WORDS; i++) {
			for (; grey[i]; grey[i] &= grey[i] - 1) {
				if (marker->num_stack == MAX_ANYWHERE)
					return;
				marker->stack[marker->num_stack++] =
					(window * CW_WINDOW_WORDS + i) * 64 +
					__builtin_ctzll(grey[i]);
			}
		}
		marker->marks.is_pending[window] = false;
	}
}

static void prefetch(struct cw_marker *marker, uint64_t granule)
{
	cw_addr address = cw_block_index_address(marker->index, granule);
	size_t hint = marker->hint;
	struct cw_piece piece;

	if (cw_extents_next(&marker->extents, &hint, &address, address + 8,
			    &piece))
		__builtin_prefetch(piece.bytes);
}

/*
 * Takes blocks off the stack, but asks for the memory of each well before it
 * is scanned.  Ends when there are none left, or too many.
 */
static struct cw_error *mark_anywhere(struct cw_marker *marker)
{
	uint64_t ahead[AHEAD];
	uint64_t num_in = 0, num_out = 0;

	gather(marker);
	while (marker->num_stack < MAX_ANYWHERE &&
	       (marker->num_stack > 0 || num_in != num_out ||
		resolve_oldest(marker, ANYWHERE))) {
		while (marker->num_stack > 0 && num_in - num_out < AHEAD) {
			uint64_t granule = marker->stack[--marker->num_stack];

			prefetch(marker, granule);
			ahead[num_in++ % AHEAD] = granule;
		}
		if (num_in != num_out)
			scan(marker, ahead[num_out++ % AHEAD], ANYWHERE);
		if (num_out % (1 << 16) == 0) {
			struct cw_error *err = cw_progress_step(
				marker->progress, marker->marks.num_windows);
			if (err)
				return err;
		}
	}
	while (resolve_oldest(marker, NOWHERE))
		;
	while (num_in != num_out)
		put_off(marker, ahead[num_out++ % AHEAD]);
	while (marker->num_stack > 0)
		put_off(marker, marker->stack[--marker->num_stack]);
	put_off_all(marker);
	return NULL;
}

void cw_marker_leave_out(struct cw_marker *marker,
			 const struct cw_number_words *numbers)
{
	marker->numbers = numbers;
}

void cw_marker_add(struct cw_marker *marker, const struct cw_piece *words)
{
	suspect_words(marker, words, NOWHERE);
}

struct cw_error *cw_marker_run(struct cw_marker *marker, unsigned *ret_passes)
{
	while (resolve_oldest(marker, NOWHERE))
		;
	put_off_all(marker);
	for (unsigned passes = 0;; passes++) {
		uint64_t visited, scanned = marker->num_scanned;
		struct cw_error *err = pass(marker, passes % 2 == 0, &visited);

		if (err)
			return err;
		if (visited == 0) {
			if (ret_passes)
				*ret_passes += passes;
			return NULL;
		}
		scanned = marker->num_scanned - scanned;
		if (scanned << LOW_WORK_SHIFT < visited * CW_WINDOW_WORDS)
			err = mark_anywhere(marker);
		if (err)
			return err;
	}
}

struct cw_error *cw_marker_create(const struct cw_heap *heap,
				  const uint64_t *pointers,
				  unsigned num_threads,
				  struct cw_progress *progress,
				  struct cw_marker **ret)
{
	const struct cw_block_index *index = &heap->index;
	struct cw_marker *marker = cw_alloc(sizeof(*marker));

	marker->index = index;
	marker->pointers = pointers ? pointers : index->pointers;
	marker->progress = progress;
	marker->num_threads =
		num_threads ? num_threads : cw_parallel_num_processors();
	cw_extents_init(&marker->extents, heap->target);
	struct cw_error *err = cw_marks_init(&marker->marks, index);
	marker->turns =
		cw_alloc(marker->marks.num_windows * sizeof(*marker->turns));
	if (!err)
		err = cw_bulk_alloc(stack_size(), &marker->stack);
	if (err) {
		cw_marker_destroy(marker);
		return err;
	}
	if (index->num_pages > 0) {
		marker->low = index->page_address[0];
		marker->high = index->page_address[index->num_pages - 1] +
			       (UINT64_C(1) << CW_PAGE_SHIFT);
	}
	*ret = marker;
	return NULL;
}

void cw_marker_destroy(struct cw_marker *marker)
{
	if (!marker)
		return;
	cw_extents_deinit(&marker->extents);
	free(marker->turns);
	cw_marks_deinit(&marker->marks);
	cw_bulk_free(marker->stack, stack_size());
	free(marker);
}

const uint64_t *cw_marker_marks(const struct cw_marker *marker)
{
	return marker->marks.marks;
}

uint64_t *cw_marker_take(struct cw_marker *marker)
{
	return cw_take(marker->marks.marks);
}
