/* Arenas: main ones by their empty bins, the others by ring and heap_info. */
#include <string.h>

#include "heap/ptmalloc.h"

#define BINS_SIZE (PTMALLOC_NUM_BINS * 16)
/* From bins to max_system_mem. */
#define TAIL_SIZE 0x828
/* A segment of a libc's or static program's data is not larger. */
#define MAX_DATA_SIZE (8 << 20)
#define MAX_ARENAS    100000
/* Of 127; a few may be smashed. */
#define ENOUGH_BINS 110

static uint64_t word_at(const unsigned char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

static uint64_t read_word(const struct cw_target *target, cw_addr address)
{
	uint64_t word = 0;

	cw_target_read_word(target, address, &word);
	return word;
}

/* How many of the bins at @bins are empty or link back. */
static unsigned count_good_bins(const struct cw_target *target, cw_addr bins)
{
	const unsigned char *bytes = cw_target_bytes(target, bins, BINS_SIZE);
	unsigned num_good = 0;

	if (!bytes)
		return 0;
	for (unsigned i = 0; i < PTMALLOC_NUM_BINS; i++) {
		cw_addr head = bins + i * 16 - 16;
		cw_addr next = word_at(bytes + i * 16);
		cw_addr previous = word_at(bytes + i * 16 + 8);

		if (next == head && previous == head)
			num_good++;
		else if (read_word(target, next + 24) == head &&
			 read_word(target, previous + 16) == head)
			num_good++;
	}
	return num_good;
}

/*
 * A static program's thread-local storage is taken by sbrk() before malloc
 * begins, so that its main arena need not begin, or be sized, by pages.
 */
static bool is_arena_size(uint64_t system_mem, uint64_t max_system_mem)
{
	return system_mem % 16 == 0 && system_mem >> CW_ADDRESS_BITS == 0 &&
	       system_mem <= max_system_mem &&
	       max_system_mem >> CW_ADDRESS_BITS == 0;
}

/* Whether a malloc_state with its bins at @bins makes sense. */
static bool is_state(const struct cw_target *target, cw_addr bins,
		     const struct ptmalloc_state_layout *layout)
{
	const unsigned char *bytes = cw_target_bytes(target, bins, TAIL_SIZE);

	if (!bytes || !is_arena_size(word_at(bytes + layout->system_mem),
				     word_at(bytes + layout->system_mem + 8)))
		return false;
	/* attached_threads, which an older layout has not. */
	if (layout->system_mem == 0x818 &&
	    word_at(bytes + 0x810) >= PTMALLOC_PAGE)
		return false;
	if (layout->system_mem == 0x810 && word_at(bytes + 0x810) == 0)
		return false;
	return count_good_bins(target, bins) >= ENOUGH_BINS;
}

/* Whether the ring of arenas that begins at @bins comes back. */
static bool ring_closes(const struct cw_target *target, cw_addr bins,
			const struct ptmalloc_state_layout *layout)
{
	cw_addr first = bins - layout->bins, state = first;

	for (unsigned i = 0; i < MAX_ARENAS; i++) {
		state = read_word(target, state + layout->bins + PTMALLOC_NEXT);
		if (state == first)
			return true;
		if (state == 0 || state % 16 != 0)
			return false;
	}
	return false;
}

/* The heap_info before the malloc_state of a thread arena, or 0. */
static cw_addr heap_info_of(const struct cw_target *target, cw_addr state)
{
	cw_addr start =
		state / PTMALLOC_MIN_HEAP_ALIGN * PTMALLOC_MIN_HEAP_ALIGN;

	if (state - start != 0x20 && state - start != 0x30)
		return 0;
	return read_word(target, start) == state ? start : 0;
}

/*
 * How a layout shows that it is the right one, the surest way first: its ring
 * of arenas closes; the ring is broken but its next member is an arena; it
 * just makes sense.
 */
enum proof {
	PROOF_RING,
	PROOF_NEXT,
	PROOF_SENSE,
	NUM_PROOFS,
};

static bool proves(const struct cw_target *target, cw_addr bins,
		   const struct ptmalloc_state_layout *layout, enum proof proof)
{
	if (proof == PROOF_RING)
		return ring_closes(target, bins, layout);
	cw_addr next = read_word(target, bins + PTMALLOC_NEXT);
	return proof == PROOF_SENSE ||
	       is_state(target, next + layout->bins, layout);
}

static void add_arena(const struct cw_target *target, struct ptmalloc_all *all,
		      uint32_t libc, cw_addr state, bool is_main)
{
	const struct ptmalloc_state_layout *layout =
		all->libcs.items[libc].state;
	cw_addr bins = state + layout->bins;

	cw_map_set(&all->arena_by_state, state, all->arenas.num);
	*cw_array_push(&all->arenas) = (struct ptmalloc_arena){
		.state = state,
		.bins = bins,
		.top = read_word(target, bins + PTMALLOC_TOP),
		.system_mem = read_word(target, bins + layout->system_mem),
		.is_main = is_main,
		.number = all->arenas.num,
		.libc = libc,
	};
}

static bool is_known(const struct ptmalloc_all *all, cw_addr state)
{
	uint32_t number;

	return cw_map_get(&all->arena_by_state, state, &number);
}

static void follow_ring(struct cw_heap *heap, struct ptmalloc_all *all,
			uint32_t libc, cw_addr main_state)
{
	const struct ptmalloc_state_layout *layout =
		all->libcs.items[libc].state;
	cw_addr state = main_state;

	for (unsigned i = 0; i < MAX_ARENAS; i++) {
		cw_addr slot = state + layout->bins + PTMALLOC_NEXT;
		cw_addr next = read_word(heap->target, slot);

		if (next == main_state)
			return;
		if (is_known(all, next) || !heap_info_of(heap->target, next) ||
		    !is_state(heap->target, next + layout->bins, layout)) {
			ptmalloc_corrupt(heap, slot, 0, 0,
					 "link 0x%llx to the next arena leads "
					 "to no arena",
					 (unsigned long long)next);
			return;
		}
		add_arena(heap->target, all, libc, next, false);
		state = next;
	}
}

static void add_libc(struct cw_heap *heap, struct ptmalloc_all *all,
		     cw_addr bins, const struct ptmalloc_state_layout *layout)
{
	uint32_t libc = all->libcs.num;

	*cw_array_push(&all->libcs) = (struct ptmalloc){
		.state = layout,
		.evidence_bins = count_good_bins(heap->target, bins),
	};
	add_arena(heap->target, all, libc, bins - layout->bins, true);
	follow_ring(heap, all, libc, bins - layout->bins);
}

/* An empty bin is at @address: which state it belongs to, or NULL. */
static const struct ptmalloc_state_layout *
find_bins(const struct cw_target *target, cw_addr address, cw_addr *ret_bins)
{
	for (int proof = 0; proof < NUM_PROOFS; proof++) {
		for (unsigned i = 0;
		     i < PTMALLOC_NUM_BINS * ptmalloc_num_state_layouts; i++) {
			const struct ptmalloc_state_layout *layout =
				&ptmalloc_state_layouts[i / PTMALLOC_NUM_BINS];
			cw_addr bins = address - i % PTMALLOC_NUM_BINS * 16;

			if (!is_state(target, bins, layout) ||
			    !proves(target, bins, layout, proof))
				continue;
			*ret_bins = bins;
			return layout;
		}
	}
	return NULL;
}

static void scan_segment(struct cw_heap *heap, struct ptmalloc_all *all,
			 const struct cw_segment *segment)
{
	uint64_t size = segment->end - segment->start;
	unsigned num_tries = 0;

	for (uint64_t i = 0; i + 16 <= size; i += 8) {
		cw_addr head = segment->start + i - 16;
		cw_addr bins;

		if (word_at(segment->bytes + i) != head ||
		    word_at(segment->bytes + i + 8) != head)
			continue;
		if (++num_tries > 4096)
			break;

		const struct ptmalloc_state_layout *layout =
			find_bins(heap->target, segment->start + i, &bins);
		if (!layout)
			continue;
		cw_addr state = bins - layout->bins;
		if (!heap_info_of(heap->target, state) && !is_known(all, state))
			add_libc(heap, all, bins, layout);
		i = bins + TAIL_SIZE - segment->start - 8;
	}
}

/* In files' data only, or, when that gives none, in other small segments. */
static void scan_segments(struct cw_heap *heap, struct ptmalloc_all *all,
			  bool wants_files)
{
	cw_array_foreach(segment, &heap->target->segments)
	{
		if (!segment->bytes || !(segment->flags & CW_SEGMENT_WRITE) ||
		    segment->end - segment->start > MAX_DATA_SIZE)
			continue;
		bool is_file =
			segment->path ||
			cw_module_at(heap->target, segment->start) != NULL;
		if (is_file == wants_files)
			scan_segment(heap, all, segment);
	}
}

void ptmalloc_find_lost_arenas(struct cw_heap *heap, struct ptmalloc_all *all)
{
	const uint64_t align = PTMALLOC_MIN_HEAP_ALIGN;

	cw_array_foreach(segment, &heap->target->segments)
	{
		cw_addr start = (segment->start + align - 1) / align * align;

		for (; segment->bytes && start + align > start &&
		       start + TAIL_SIZE < segment->end;
		     start += align) {
			cw_addr state = read_word(heap->target, start);
			const struct ptmalloc_state_layout *layout =
				all->libcs.items[0].state;

			if (heap_info_of(heap->target, state) != start ||
			    is_known(all, state) ||
			    !is_state(heap->target, state + layout->bins,
				      layout))
				continue;
			if (!all->libcs.items[0].is_orphan)
				ptmalloc_corrupt(heap, state, 0, 0,
						 "arena is not in the ring of "
						 "arenas");
			add_arena(heap->target, all, 0, state, false);
		}
	}
}

void ptmalloc_find_arenas(struct cw_heap *heap, struct ptmalloc_all *all)
{
	scan_segments(heap, all, true);
	if (!all->libcs.num)
		scan_segments(heap, all, false);
	if (all->libcs.num)
		ptmalloc_find_lost_arenas(heap, all);
	else
		ptmalloc_find_orphans(heap, all);
}
