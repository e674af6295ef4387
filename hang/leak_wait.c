#include <string.h>

#include "base/memory.h"
#include "golang/frame.h"
#include "hang/leak_private.h"

enum {
	/* Bytes of the innermost frames, which hold the sudog in a variable:
	 * runtime.semacquire1, runtime.notifyListWait; or the connection:
	 * internal/poll.(*FD).Read. */
	MAX_FRAMES_SIZE = 1024,
	MAX_FRAMES = 8,
	LIST_FIRST = 16, /* in a runtime.notifyList */
	/* Of an internal/poll.FD, up to its runtime.pollDesc. */
	MAX_DESCRIPTOR_SIZE = 64,
};

static void add_special(struct cw_leak_finder *finder, cw_addr address,
			uint32_t number)
{
	uint64_t granule = cw_leak_block_of(finder, address);

	if (granule == CW_NO_GRANULE)
		return;
	cw_bit_set(finder->is_special, granule);
	cw_map_set(&finder->owners, granule, number);
}

static void add_sudog(struct cw_leak_finder *finder, uint32_t number,
		      const struct cw_go_sudog *sudog)
{
	*cw_array_push(&finder->sudogs) = *sudog;
	finder->states[number].num_sudogs++;
	add_special(finder, sudog->address, number);
}

/* Those of a list of its own. */
static void add_listed(struct cw_leak_finder *finder, uint32_t number)
{
	const struct cw_goroutine *goroutine =
		&finder->goroutines->items.items[number];
	cw_addr at = cw_goroutine_first_sudog(finder->go, goroutine);
	struct cw_go_sudog sudog;

	for (unsigned i = 0; at && i < CW_LEAK_MAX_LINKS; i++) {
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
static void search_frames(struct cw_leak_finder *finder, uint32_t number)
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
		granule = cw_leak_block_of(finder, word);
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

/* Whether it waits for anybody, or for what the system ends. */
static bool awaits_anybody(const struct cw_leak_finder *finder,
			   const struct cw_goroutine *goroutine)
{
	/* How their names begin. */
	static const char *const functions[] = {
		"internal/poll.(*FD).Accept",
		"internal/poll.(*FD).ReadFrom", /* datagrams */
		"internal/poll.(*FD).ReadMsg",
		"internal/poll.(*FD).WaitWrite", /* to be connected */
	};
	struct cw_go_frame frame = {0};

	for (unsigned i = 0; i < MAX_FRAMES; i++) {
		if (!cw_go_call_next(finder->go, goroutine, &frame))
			return false;
		for (size_t j = 0; frame.name && j < cw_num_elements(functions);
		     j++)
			if (strncmp(frame.name, functions[j],
				    strlen(functions[j])) == 0)
				return true;
	}
	return false;
}

/* Whether it is in the runtime.pollDesc at @address, and until when. */
static bool polls(const struct cw_leak_finder *finder, cw_addr address,
		  const struct cw_goroutine *goroutine, int64_t *ret_deadline)
{
	struct cw_go_poll poll;

	if (address == 0 || address % 8 ||
	    cw_leak_block_of(finder, address) != CW_NO_GRANULE ||
	    !cw_go_poll_read(finder->go, address, &poll))
		return false;
	for (unsigned i = 0; i < cw_num_elements(poll.goroutines); i++) {
		if (poll.goroutines[i] != goroutine->address)
			continue;
		*ret_deadline = poll.deadlines[i];
		return true;
	}
	return false;
}

/*
 * The functions that wait have the connection at hand, and it has a word that
 * leads to its runtime.pollDesc, though that is no pointer to the collector.
 * 0: it is not found, or the wait has a deadline.
 */
static cw_addr connection_of(const struct cw_leak_finder *finder,
			     const struct cw_goroutine *goroutine)
{
	const struct cw_block_index *index = &finder->heap->index;
	const struct cw_target *target = finder->go->target;
	struct words words = innermost_words(goroutine);
	uint64_t inner, word;
	int64_t deadline;

	for (; words.start + 8 <= words.end; words.start += 8) {
		if (!cw_target_read_word(target, words.start, &inner))
			return 0;
		uint64_t granule = cw_leak_block_of(finder, inner);
		if (granule == CW_NO_GRANULE || inner % 8)
			continue;
		cw_addr end = cw_extent_block_end(index, granule);
		if (end > inner + MAX_DESCRIPTOR_SIZE)
			end = inner + MAX_DESCRIPTOR_SIZE;
		for (; inner + 8 <= end; inner += 8)
			if (cw_target_read_word(target, inner, &word) &&
			    polls(finder, word, goroutine, &deadline))
				return deadline ? 0
						: cw_block_index_address(
							  index, granule);
	}
	return 0;
}

void cw_leak_look_at(struct cw_leak_finder *finder, uint32_t number)
{
	const struct cw_goroutine *goroutine =
		&finder->goroutines->items.items[number];
	struct cw_leak_state *state = &finder->states[number];

	state->wait = cw_go_wait_of(goroutine);
	state->first_sudog = finder->sudogs.num;
	/* That main() has nothing more to do ends no program that serves. */
	state->was_live = state->wait == CW_GO_WAIT_NONE ||
			  (state->wait == CW_GO_WAIT_NEVER &&
			   goroutine->id == CW_LEAK_MAIN_ID);
	state->is_live = state->was_live;
	cw_map_set(&finder->ids, goroutine->id, number);
	if (state->is_live)
		return;
	add_special(finder, goroutine->address, number);
	if (state->wait == CW_GO_WAIT_NEVER)
		return;
	if (state->wait == CW_GO_WAIT_IO) {
		if (goroutine->id != CW_LEAK_MAIN_ID &&
		    !awaits_anybody(finder, goroutine))
			state->connection = connection_of(finder, goroutine);
		state->was_live = state->connection == 0;
		state->is_live = state->was_live;
		return;
	}
	add_listed(finder, number);
	if (state->num_sudogs == 0 && state->wait != CW_GO_WAIT_CHANNEL)
		search_frames(finder, number);
	/* What it waits for is not known: it may be anything. */
	state->was_live = state->num_sudogs == 0;
	state->is_live = state->was_live;
}

/* Whether the sudog is in the list from the first to the last of @ends. */
static bool is_in_list(const struct cw_leak_finder *finder,
		       const cw_addr ends[2], cw_addr address)
{
	struct cw_go_sudog sudog = {.next = ends[0]};
	bool is_met = false;

	for (unsigned i = 0; sudog.next && i < CW_LEAK_MAX_LINKS; i++) {
		uint64_t granule = cw_leak_block_of(finder, sudog.next);

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

cw_addr cw_leak_list_of(const struct cw_leak_finder *finder,
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
