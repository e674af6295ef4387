#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "hang/leak_private.h"

enum { STEP = 1 << 12 };

/* ---- Marking */

static void mark(struct cw_leak_finder *finder, uint64_t granule)
{
	if (granule == CW_NO_GRANULE || cw_bit_test(finder->marks, granule))
		return;
	cw_bit_set(finder->marks, granule);
	*cw_array_push(&finder->stack) = granule;
}

static void mark_piece(struct cw_leak_finder *finder,
		       const struct cw_piece *piece)
{
	for (uint64_t i = 0; i < piece->num_words; i++)
		mark(finder, cw_piece_used(&finder->heap->index, piece, i));
}

/* Whether the block is of a goroutine that is not live; then it leads nowhere,
 * but sudogs to others of their queue. */
static bool is_withheld(struct cw_leak_finder *finder, uint64_t granule)
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
		mark(finder, cw_leak_block_of(finder, sudog.next));
		mark(finder, cw_leak_block_of(finder, sudog.previous));
	}
	return true;
}

static void scan(struct cw_leak_finder *finder, uint64_t granule)
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

static struct cw_error *mark_all(struct cw_leak_finder *finder)
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

static void mark_root(struct cw_leak_finder *finder, const struct cw_root *root)
{
	struct cw_piece piece = cw_root_piece(root);

	mark_piece(finder, &piece);
}

static void mark_stack(struct cw_leak_finder *finder,
		       const struct cw_leak_state *state)
{
	for (uint32_t i = state->first_root; i; i = finder->next_root[i - 1])
		mark_root(finder, &finder->roots->roots.items[i - 1]);
}

/* Stacks of goroutines are put off until it is known who may go on. */
static void mark_roots(struct cw_leak_finder *finder)
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

static void mark_again(struct cw_leak_finder *finder, cw_addr address)
{
	uint64_t granule = cw_leak_block_of(finder, address);

	if (granule != CW_NO_GRANULE && cw_bit_test(finder->marks, granule))
		*cw_array_push(&finder->stack) = granule;
}

/* What was withheld because of it counts from now on. */
static void make_live(struct cw_leak_finder *finder, uint32_t number)
{
	struct cw_leak_state *state = &finder->states[number];

	state->is_live = true;
	mark_again(finder, finder->goroutines->items.items[number].address);
	for (uint32_t i = 0; i < state->num_sudogs; i++)
		mark_again(
			finder,
			finder->sudogs.items[state->first_sudog + i].address);
	mark_stack(finder, state);
}

/* What it marks that nothing before it did. */
static struct cw_error *measure(struct cw_leak_finder *finder, uint32_t number,
				struct cw_heap_count *ret)
{
	struct cw_heap_count before = finder->marked;

	make_live(finder, number);
	struct cw_error *err = mark_all(finder);
	ret->blocks = finder->marked.blocks - before.blocks;
	ret->bytes = finder->marked.bytes - before.bytes;
	return err;
}

/* ---- Who may go on */

/* Whether somebody who may go on can get at the address. */
static bool is_at_hand(const struct cw_leak_finder *finder, cw_addr address)
{
	uint64_t granule = cw_leak_block_of(finder, address);
	uint32_t number;

	if (granule != CW_NO_GRANULE)
		return cw_bit_test(finder->marks, granule);
	const struct cw_root *root = cw_roots_root_at(finder->roots, address);
	if (root && root->kind == CW_ROOT_GOROUTINE && root->goroutine &&
	    cw_map_get(&finder->ids, root->goroutine->id, &number))
		return finder->states[number].is_live;
	return true;
}

static bool may_go_on(const struct cw_leak_finder *finder,
		      const struct cw_leak_state *state)
{
	if (state->connection && is_at_hand(finder, state->connection))
		return true;
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

static struct cw_error *settle(struct cw_leak_finder *finder)
{
	size_t num = finder->goroutines->items.num;

	for (bool has_changed = true; has_changed;) {
		struct cw_error *err = mark_all(finder);

		if (err)
			return err;
		has_changed = false;
		for (size_t i = 0; i < num; i++) {
			struct cw_leak_state *state = &finder->states[i];

			if (state->is_live || !may_go_on(finder, state))
				continue;
			make_live(finder, i);
			has_changed = true;
		}
	}
	return NULL;
}

/* ---- Connections */

/* Back to where only those are live that wait for nothing. */
static void start_over(struct cw_leak_finder *finder)
{
	memset(finder->marks, 0, finder->bitmap_size);
	finder->marked = (struct cw_heap_count){0};
	for (size_t i = 0; i < finder->goroutines->items.num; i++) {
		struct cw_leak_state *state = &finder->states[i];

		state->is_live = state->was_live;
		state->first_root = 0;
	}
	mark_roots(finder);
}

/* The other end may end a wait for a connection, for all that is known. */
static struct cw_error *trust_connections(struct cw_leak_finder *finder)
{
	for (size_t i = 0; i < finder->goroutines->items.num; i++)
		if (finder->states[i].connection && !finder->states[i].is_live)
			make_live(finder, i);
	return settle(finder);
}

/*
 * When all is settled but that: those of whose connections nobody knows who may
 * go on are suspect, and those who wait for these.  What main() has it may be
 * about to use, though it waits for them.
 */
static struct cw_error *suspect(struct cw_leak_finder *finder)
{
	size_t num = finder->goroutines->items.num;
	struct cw_error *err = NULL;
	bool is_needed = false;
	uint32_t main;

	for (size_t i = 0; i < num && !is_needed; i++)
		is_needed = finder->states[i].connection &&
			    !finder->states[i].is_live;
	if (!is_needed)
		return NULL;
	if (cw_map_get(&finder->ids, CW_LEAK_MAIN_ID, &main) &&
	    !finder->states[main].is_live) {
		make_live(finder, main);
		err = settle(finder);
	}
	for (size_t i = 0; !err && i < num; i++) {
		struct cw_leak_state *state = &finder->states[i];

		state->is_suspect = !state->is_live;
		if (state->is_suspect)
			err = measure(finder, i, &state->retained);
	}
	if (err)
		return err;
	start_over(finder);
	return trust_connections(finder);
}

/* ---- The answer */

static void tell(const struct cw_leak_finder *finder, uint32_t number,
		 struct cw_goroutine_leak *leak)
{
	const struct cw_leak_state *state = &finder->states[number];

	leak->is_leaked = !state->is_live;
	leak->is_suspect = state->is_suspect && state->is_live;
	if (leak->is_suspect) {
		leak->waits_for = state->connection;
		leak->retained = state->retained;
	}
	if (state->num_sudogs == 0)
		return;
	const struct cw_go_sudog *first =
		&finder->sudogs.items[state->first_sudog];
	leak->waits_for = first->channel ? first->channel : first->element;
	if (state->wait == CW_GO_WAIT_CONDITION && leak->waits_for == 0)
		leak->waits_for = cw_leak_list_of(
			finder, &finder->goroutines->items.items[number],
			first);
}

static void add(struct cw_heap_count *sum, const struct cw_heap_count *part)
{
	sum->blocks += part->blocks;
	sum->bytes += part->bytes;
}

static struct cw_error *count_retained(struct cw_leak_finder *finder,
				       struct cw_goroutine_leaks *leaks)
{
	for (uint32_t i = 0; i < leaks->num_goroutines; i++) {
		const struct cw_goroutine *goroutine =
			&finder->goroutines->items.items[i];
		struct cw_goroutine_leak *leak = &leaks->items[i];

		if (leak->is_suspect)
			add(&leaks->retained_by_suspects, &leak->retained);
		if (!leak->is_leaked)
			continue;
		struct cw_error *err = measure(finder, i, &leak->retained);
		if (err)
			return err;
		add(&leaks->retained, &leak->retained);
		leaks->stack_size +=
			goroutine->stack_end - goroutine->stack_start;
		leaks->num_leaked++;
	}
	return NULL;
}

static struct cw_error *finder_run(struct cw_leak_finder *finder,
				   struct cw_goroutine_leaks *leaks)
{
	size_t num = finder->goroutines->items.num;

	for (size_t i = 0; i < num; i++)
		cw_leak_look_at(finder, i);
	cw_progress_begin(finder->progress, "looking for leaked goroutines",
			  finder->heap->count[CW_BLOCK_USED].blocks);
	mark_roots(finder);
	struct cw_error *err = settle(finder);
	if (!err)
		err = suspect(finder);
	if (err)
		return err;
	leaks->num_unseen = finder->goroutines->num_damaged;
	for (size_t i = 0; i < num; i++) {
		tell(finder, i, &leaks->items[i]);
		leaks->num_suspect += leaks->items[i].is_suspect;
		leaks->num_unseen += finder->states[i].is_live &&
				     finder->states[i].first_root == 0;
	}
	return count_retained(finder, leaks);
}

static void finder_deinit(struct cw_leak_finder *finder)
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
	struct cw_leak_finder finder = {
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
