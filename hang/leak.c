#include "hang/leak.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/memory.h"
#include "object/extent.h"

enum {
	MAX_LINKS = 1 << 16, /* channels of one select */
	/* Bytes of the innermost frames, which hold the sudog in a variable:
	 * runtime.semacquire1, runtime.notifyListWait. */
	MAX_FRAMES_SIZE = 1024,
	LIST_FIRST = 16, /* in a runtime.notifyList */
	STEP = 1 << 12,
	MAIN_ID = 1,
};

struct state {
	enum cw_go_wait wait;
	bool is_live; /* it may go on, for all that is known */
	uint32_t first_sudog, num_sudogs;
	uint32_t first_root; /* number + 1 */
};

struct finder {
	const struct cw_go *go;
	const struct cw_goroutines *goroutines;
	const struct cw_heap *heap;
	const struct cw_roots *roots;
	struct cw_progress *progress;
	struct cw_extents extents;
	size_t hint;
	size_t bitmap_size;
	uint64_t *marks;
	/* Blocks that are read otherwise: of goroutines and sudogs. */
	uint64_t *is_special;
	struct cw_map owners; /* of these by granule: number of goroutine */
	struct cw_map ids;    /* of goroutines: their numbers */
	struct state *states;
	uint32_t *next_root; /* of the same goroutine: number + 1, by root */
	CW_ARRAY(struct cw_go_sudog) sudogs;
	CW_ARRAY(uint64_t) stack; /* granules to be scanned */
	struct cw_heap_count marked;
};

static uint64_t block_of(const struct finder *finder, cw_addr address)
{
	return cw_pointer_used(&finder->heap->index, address);
}

/* ---- What goroutines wait for */

static void add_special(struct finder *finder, cw_addr address, uint32_t number)
{
	uint64_t granule = block_of(finder, address);

	if (granule == CW_NO_GRANULE)
		return;
	cw_bit_set(finder->is_special, granule);
	cw_map_set(&finder->owners, granule, number);
}

static void add_sudog(struct finder *finder, uint32_t number,
		      const struct cw_go_sudog *sudog)
{
	*cw_array_push(&finder->sudogs) = *sudog;
	finder->states[number].num_sudogs++;
	add_special(finder, sudog->address, number);
}

/* Those of a list of its own. */
static void add_listed(struct finder *finder, uint32_t number)
{
	const struct cw_goroutine *goroutine =
		&finder->goroutines->items.items[number];
	cw_addr at = cw_goroutine_first_sudog(finder->go, goroutine);
	struct cw_go_sudog sudog;

	for (unsigned i = 0; at && i < MAX_LINKS; i++) {
		if (!cw_go_sudog_read(finder->go, at, &sudog) ||
		    sudog.goroutine != goroutine->address)
			return;
		add_sudog(finder, number, &sudog);
		at = sudog.link;
	}
}

struct words {
	cw_addr start, end;
};

/* What the runtime's own functions have at hand, where a goroutine waits. */
static struct words innermost_words(const struct cw_goroutine *goroutine)
{
	cw_addr end = goroutine->sp + MAX_FRAMES_SIZE;

	if (goroutine->sp == 0)
		return (struct words){0};
	return (struct words){
		.start = goroutine->sp,
		.end = end < goroutine->stack_end ? end : goroutine->stack_end,
	};
}

/* Before 1.26 those for locks are in no list of the goroutine's, but the
 * function that waits has them in a variable. */
static void search_frames(struct finder *finder, uint32_t number)
{
	const struct cw_goroutine *goroutine =
		&finder->goroutines->items.items[number];
	struct words words = innermost_words(goroutine);
	struct cw_go_sudog sudog;
	uint64_t word;

	for (; words.start + 8 <= words.end; words.start += 8) {
		uint64_t granule;

		if (!cw_target_read_word(finder->go->target, words.start,
					 &word))
			return;
		granule = block_of(finder, word);
		if (granule == CW_NO_GRANULE ||
		    cw_block_index_address(&finder->heap->index, granule) !=
			    word ||
		    cw_bit_test(finder->is_special, granule) ||
		    !cw_go_sudog_read(finder->go, word, &sudog) ||
		    sudog.goroutine != goroutine->address || sudog.channel ||
		    (finder->states[number].wait == CW_GO_WAIT_SEMAPHORE &&
		     sudog.element == 0))
			continue;
		add_sudog(finder, number, &sudog);
	}
}

static void look_at(struct finder *finder, uint32_t number)
{
	const struct cw_goroutine *goroutine =
		&finder->goroutines->items.items[number];
	struct state *state = &finder->states[number];

	state->wait = cw_go_wait_of(goroutine);
	state->first_sudog = finder->sudogs.num;
	/* That main() has nothing more to do ends no program that serves. */
	state->is_live =
		state->wait == CW_GO_WAIT_NONE ||
		(state->wait == CW_GO_WAIT_NEVER && goroutine->id == MAIN_ID);
	cw_map_set(&finder->ids, goroutine->id, number);
	if (state->is_live)
		return;
	add_special(finder, goroutine->address, number);
	if (state->wait == CW_GO_WAIT_NEVER)
		return;
	add_listed(finder, number);
	if (state->num_sudogs == 0 && state->wait != CW_GO_WAIT_CHANNEL)
		search_frames(finder, number);
	/* What it waits for is not known: it may be anything. */
	state->is_live = state->num_sudogs == 0;
}

/* ---- Marking */

static void mark(struct finder *finder, uint64_t granule)
{
	if (granule == CW_NO_GRANULE || cw_bit_test(finder->marks, granule))
		return;
	cw_bit_set(finder->marks, granule);
	*cw_array_push(&finder->stack) = granule;
}

static void mark_piece(struct finder *finder, const struct cw_piece *piece)
{
	for (uint64_t i = 0; i < piece->num_words; i++)
		mark(finder, cw_piece_used(&finder->heap->index, piece, i));
}

/* Whether the block is of a goroutine that is not live; then it leads nowhere,
 * but sudogs to others of their queue. */
static bool is_withheld(struct finder *finder, uint64_t granule)
{
	struct cw_go_sudog sudog;
	uint32_t number;

	if (!cw_bit_test(finder->is_special, granule) ||
	    !cw_map_get(&finder->owners, granule, &number) ||
	    finder->states[number].is_live)
		return false;
	cw_addr address = cw_block_index_address(&finder->heap->index, granule);
	if (address != finder->goroutines->items.items[number].address &&
	    cw_go_sudog_read(finder->go, address, &sudog)) {
		mark(finder, block_of(finder, sudog.next));
		mark(finder, block_of(finder, sudog.previous));
	}
	return true;
}

static void scan(struct finder *finder, uint64_t granule)
{
	const struct cw_block_index *index = &finder->heap->index;
	cw_addr address = cw_block_index_address(index, granule);
	cw_addr end = cw_extent_block_end(index, granule);
	struct cw_piece piece;

	finder->marked.blocks++;
	finder->marked.bytes += end - address;
	while (cw_extents_next(&finder->extents, &finder->hint, &address, end,
			       &piece)) {
		cw_piece_look(index, &piece);
		mark_piece(finder, &piece);
	}
}

static struct cw_error *mark_all(struct finder *finder)
{
	for (uint64_t i = 0; finder->stack.num > 0; i++) {
		uint64_t granule = finder->stack.items[--finder->stack.num];

		if (!is_withheld(finder, granule))
			scan(finder, granule);
		struct cw_error *err =
			i % STEP ? NULL
				 : cw_progress_step(finder->progress,
						    finder->marked.blocks);
		if (err)
			return err;
	}
	return NULL;
}

static void mark_root(struct finder *finder, const struct cw_root *root)
{
	struct cw_piece piece = cw_root_piece(root);

	mark_piece(finder, &piece);
}

static void mark_stack(struct finder *finder, const struct state *state)
{
	for (uint32_t i = state->first_root; i; i = finder->next_root[i - 1])
		mark_root(finder, &finder->roots->roots.items[i - 1]);
}

/* Stacks of goroutines are put off until it is known who may go on. */
static void mark_roots(struct finder *finder)
{
	uint32_t owner;

	for (size_t i = 0; i < finder->roots->roots.num; i++) {
		const struct cw_root *root = &finder->roots->roots.items[i];

		if (root->kind == CW_ROOT_GOROUTINE && root->goroutine &&
		    cw_map_get(&finder->ids, root->goroutine->id, &owner)) {
			finder->next_root[i] = finder->states[owner].first_root;
			finder->states[owner].first_root = i + 1;
		} else {
			mark_root(finder, root);
		}
	}
	for (size_t i = 0; i < finder->goroutines->items.num; i++)
		if (finder->states[i].is_live)
			mark_stack(finder, &finder->states[i]);
}

static void mark_again(struct finder *finder, cw_addr address)
{
	uint64_t granule = block_of(finder, address);

	if (granule != CW_NO_GRANULE && cw_bit_test(finder->marks, granule))
		*cw_array_push(&finder->stack) = granule;
}

/* What was withheld because of it counts from now on. */
static void make_live(struct finder *finder, uint32_t number)
{
	struct state *state = &finder->states[number];

	state->is_live = true;
	mark_again(finder, finder->goroutines->items.items[number].address);
	for (uint32_t i = 0; i < state->num_sudogs; i++)
		mark_again(
			finder,
			finder->sudogs.items[state->first_sudog + i].address);
	mark_stack(finder, state);
}

/* ---- Who may go on */

/* Whether somebody who may go on can get at the address. */
static bool is_at_hand(const struct finder *finder, cw_addr address)
{
	uint64_t granule = block_of(finder, address);
	uint32_t number;

	if (granule != CW_NO_GRANULE)
		return cw_bit_test(finder->marks, granule);
	const struct cw_root *root = cw_roots_root_at(finder->roots, address);
	if (root && root->kind == CW_ROOT_GOROUTINE && root->goroutine &&
	    cw_map_get(&finder->ids, root->goroutine->id, &number))
		return finder->states[number].is_live;
	return true;
}

static bool may_go_on(const struct finder *finder, const struct state *state)
{
	for (uint32_t i = 0; i < state->num_sudogs; i++) {
		const struct cw_go_sudog *sudog =
			&finder->sudogs.items[state->first_sudog + i];
		cw_addr address = sudog->channel;

		/* Of a condition the list of its sudogs begins in it. */
		if (state->wait == CW_GO_WAIT_CONDITION)
			address = sudog->address;
		else if (state->wait == CW_GO_WAIT_SEMAPHORE)
			address = sudog->element;
		if (address == 0 || is_at_hand(finder, address))
			return true;
	}
	return false;
}

static struct cw_error *settle(struct finder *finder)
{
	size_t num = finder->goroutines->items.num;

	for (bool has_changed = true; has_changed;) {
		struct cw_error *err = mark_all(finder);

		if (err)
			return err;
		has_changed = false;
		for (size_t i = 0; i < num; i++) {
			struct state *state = &finder->states[i];

			if (state->is_live || !may_go_on(finder, state))
				continue;
			make_live(finder, i);
			has_changed = true;
		}
	}
	return NULL;
}

/* ---- The answer */

/* Whether the sudog is in the list from the first to the last of @ends. */
static bool is_in_list(const struct finder *finder, const cw_addr ends[2],
		       cw_addr address)
{
	struct cw_go_sudog sudog = {.next = ends[0]};
	bool is_met = false;

	for (unsigned i = 0; sudog.next && i < MAX_LINKS; i++) {
		uint64_t granule = block_of(finder, sudog.next);

		is_met |= sudog.next == address;
		if (sudog.next == ends[1])
			return is_met;
		if (granule == CW_NO_GRANULE ||
		    !cw_bit_test(finder->is_special, granule) ||
		    !cw_go_sudog_read(finder->go, sudog.next, &sudog))
			break;
	}
	return false;
}

/*
 * The runtime.notifyList of a condition: before 1.26 the sudog does not tell,
 * but the function that waits has it at hand.
 */
static cw_addr list_of(const struct finder *finder,
		       const struct cw_goroutine *goroutine,
		       const struct cw_go_sudog *sudog)
{
	struct words words = innermost_words(goroutine);
	uint64_t list, ends[2];

	for (; words.start + 8 <= words.end; words.start += 8)
		if (cw_target_read_word(finder->go->target, words.start,
					&list) &&
		    cw_target_read(finder->go->target, list + LIST_FIRST, ends,
				   sizeof(ends)) &&
		    is_in_list(finder, ends, sudog->address))
			return list;
	return 0;
}

static void tell(const struct finder *finder, uint32_t number,
		 struct cw_goroutine_leak *leak)
{
	const struct state *state = &finder->states[number];

	leak->is_leaked = !state->is_live;
	if (state->num_sudogs == 0)
		return;
	const struct cw_go_sudog *first =
		&finder->sudogs.items[state->first_sudog];
	leak->waits_for = first->channel ? first->channel : first->element;
	if (state->wait == CW_GO_WAIT_CONDITION && leak->waits_for == 0)
		leak->waits_for = list_of(
			finder, &finder->goroutines->items.items[number],
			first);
}

/* What each leaked one marks that none before it did. */
static struct cw_error *count_retained(struct finder *finder,
				       struct cw_goroutine_leaks *leaks)
{
	for (uint32_t i = 0; i < leaks->num_goroutines; i++) {
		const struct cw_goroutine *goroutine =
			&finder->goroutines->items.items[i];
		struct cw_heap_count before = finder->marked;

		if (!leaks->items[i].is_leaked)
			continue;
		make_live(finder, i);
		struct cw_error *err = mark_all(finder);
		if (err)
			return err;
		struct cw_heap_count *retained = &leaks->items[i].retained;
		retained->blocks = finder->marked.blocks - before.blocks;
		retained->bytes = finder->marked.bytes - before.bytes;
		leaks->retained.blocks += retained->blocks;
		leaks->retained.bytes += retained->bytes;
		leaks->stack_size +=
			goroutine->stack_end - goroutine->stack_start;
		leaks->num_leaked++;
	}
	return NULL;
}

static struct cw_error *finder_run(struct finder *finder,
				   struct cw_goroutine_leaks *leaks)
{
	size_t num = finder->goroutines->items.num;

	for (size_t i = 0; i < num; i++)
		look_at(finder, i);
	cw_progress_begin(finder->progress, "looking for leaked goroutines",
			  finder->heap->count[CW_BLOCK_USED].blocks);
	mark_roots(finder);
	struct cw_error *err = settle(finder);
	if (err)
		return err;
	leaks->num_unseen = finder->goroutines->num_damaged;
	for (size_t i = 0; i < num; i++) {
		tell(finder, i, &leaks->items[i]);
		leaks->num_unseen += finder->states[i].is_live &&
				     finder->states[i].first_root == 0;
	}
	return count_retained(finder, leaks);
}

static void finder_deinit(struct finder *finder)
{
	cw_extents_deinit(&finder->extents);
	cw_bulk_free(finder->marks, finder->bitmap_size);
	cw_bulk_free(finder->is_special, finder->bitmap_size);
	cw_map_deinit(&finder->owners);
	cw_map_deinit(&finder->ids);
	cw_array_deinit(&finder->sudogs);
	cw_array_deinit(&finder->stack);
	free(finder->states);
	free(finder->next_root);
}

struct cw_error *cw_goroutine_leaks_create(
	const struct cw_go *go, const struct cw_goroutines *goroutines,
	const struct cw_heap *heap, const struct cw_roots *roots,
	struct cw_progress *progress, struct cw_goroutine_leaks **ret)
{
	size_t num = goroutines->items.num;
	struct finder finder = {
		.go = go,
		.goroutines = goroutines,
		.heap = heap,
		.roots = roots,
		.progress = progress,
		.bitmap_size = cw_bits_words(heap->index.num_granules) *
			       sizeof(uint64_t),
	};

	struct cw_error *err = cw_bulk_alloc(finder.bitmap_size, &finder.marks);
	if (err)
		return err;
	err = cw_bulk_alloc(finder.bitmap_size, &finder.is_special);
	if (err) {
		cw_bulk_free(finder.marks, finder.bitmap_size);
		return err;
	}
	cw_extents_init(&finder.extents, heap->target);
	cw_map_init(&finder.owners);
	cw_map_init(&finder.ids);
	finder.states = cw_alloc(num * sizeof(*finder.states));
	finder.next_root =
		cw_alloc(roots->roots.num * sizeof(*finder.next_root));
	struct cw_goroutine_leaks *leaks = cw_alloc(sizeof(*leaks));
	leaks->num_goroutines = num;
	leaks->items = cw_alloc(num * sizeof(*leaks->items));
	err = finder_run(&finder, leaks);
	finder_deinit(&finder);
	if (err)
		cw_goroutine_leaks_destroy(leaks);
	else
		*ret = leaks;
	return err;
}

void cw_goroutine_leaks_destroy(struct cw_goroutine_leaks *leaks)
{
	if (!leaks)
		return;
	free(leaks->items);
	free(leaks);
}
