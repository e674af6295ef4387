#include "object/reference.h"

#include "object/extent.h"

enum { STEP = 1 << 20 }; /* words between looks at the progress */

/* What is looked for: pointers into [target->address, end). */
struct finder {
	const struct cw_heap *heap;
	const struct cw_block *target;
	cw_addr end;
	bool is_go;
	uint64_t max; /* that are kept */
	struct cw_progress *progress;
	struct cw_references references;
};

static void keep(struct cw_references *references, uint64_t max,
		 const struct cw_reference *reference)
{
	references->num_total++;
	if (references->items.num < max)
		*cw_array_push(&references->items) = *reference;
}

/* Whether the word counts as a pointer to a block, one of Go's or not. */
static bool leads_to(const struct cw_piece *piece, uint64_t i, bool is_go)
{
	return !is_go || cw_piece_is_pointer(piece, i);
}

static inline bool is_wanted(const struct finder *finder,
			     const struct cw_piece *piece, uint64_t i)
{
	cw_addr low = finder->target->address;

	return cw_piece_word(piece, i) - low < finder->end - low &&
	       leads_to(piece, i, finder->is_go);
}

static void scan_roots(struct finder *finder, const struct cw_roots *roots)
{
	cw_array_foreach(root, &roots->roots)
	{
		struct cw_piece piece = cw_root_piece(root);

		for (uint64_t i = 0; i < piece.num_words; i++) {
			if (!is_wanted(finder, &piece, i))
				continue;
			keep(&finder->references, finder->max,
			     &(struct cw_reference){
				     .slot = root->start ? root->start + i * 8
							 : 0,
				     .value = cw_piece_word(&piece, i),
				     .root = root,
				     .offset = i * 8,
				     .target = *finder->target,
			     });
		}
	}
}

/* Whose the word is, is asked only of those that fit. */
static void found_in_heap(struct finder *finder, cw_addr slot, uint64_t value)
{
	struct cw_block holder;

	if (!cw_heap_block_at(finder->heap, slot, &holder) ||
	    holder.state != CW_BLOCK_USED ||
	    slot - holder.address >= holder.size)
		return;
	keep(&finder->references, finder->max,
	     &(struct cw_reference){
		     .slot = slot,
		     .value = value,
		     .holder = holder,
		     .offset = slot - holder.address,
		     .target = *finder->target,
	     });
}

/* All words of region number @number. */
static struct cw_error *scan_region(struct finder *finder,
				    const struct cw_extents *extents,
				    size_t number)
{
	const struct cw_heap *heap = finder->heap;
	const struct cw_heap_region *region = &heap->regions.items[number];
	cw_addr address = region->start;
	struct cw_piece piece;
	size_t hint = 0;

	while (cw_extents_next(extents, &hint, &address, region->end, &piece)) {
		cw_piece_look(&heap->index, &piece);
		for (uint64_t i = 0; i < piece.num_words; i++) {
			struct cw_error *err = NULL;
			if (i % STEP == STEP - 1)
				err = cw_progress_step(finder->progress,
						       number);
			if (err)
				return err;
			if (is_wanted(finder, &piece, i))
				found_in_heap(finder, piece.address + i * 8,
					      cw_piece_word(&piece, i));
		}
	}
	return NULL;
}

struct cw_error *
cw_references_incoming(const struct cw_heap *heap, const struct cw_roots *roots,
		       const struct cw_block *block, uint64_t max,
		       struct cw_progress *progress, struct cw_references *ret)
{
	struct finder finder = {
		.heap = heap,
		.target = block,
		/* A pointer right behind the end is one into the block, too. */
		.end = cw_extent_block_end(&heap->index, block->granule),
		.is_go = cw_block_index_is_go(&heap->index, block->granule),
		.max = max,
		.progress = progress,
	};
	struct cw_extents extents;
	struct cw_error *err = NULL;

	cw_progress_begin(progress, "looking for references",
			  heap->regions.num);
	scan_roots(&finder, roots);
	cw_extents_init(&extents, heap->target);
	for (size_t i = 0; i < heap->regions.num && !err; i++)
		err = scan_region(&finder, &extents, i);
	cw_extents_deinit(&extents);
	if (err) {
		cw_references_deinit(&finder.references);
		return err;
	}
	*ret = finder.references;
	return NULL;
}

void cw_references_outgoing(const struct cw_heap *heap,
			    const struct cw_block *block, uint64_t max,
			    struct cw_references *ret)
{
	*ret = (struct cw_references){0};
	struct cw_piece words = {.address = block->address};

	cw_piece_look(&heap->index, &words);
	for (uint64_t at = 0; at + 8 <= block->size; at += 8) {
		struct cw_reference reference = {
			.slot = block->address + at,
			.holder = *block,
			.offset = at,
		};
		if (!cw_target_read_word(heap->target, reference.slot,
					 &reference.value) ||
		    !cw_heap_block_at(heap, reference.value,
				      &reference.target) ||
		    reference.target.state != CW_BLOCK_USED ||
		    !leads_to(&words, at / 8,
			      cw_block_index_is_go(&heap->index,
						   reference.target.granule)))
			continue;
		keep(ret, max, &reference);
	}
}

void cw_references_deinit(struct cw_references *references)
{
	cw_array_deinit(&references->items);
	references->num_total = 0;
}

/* The best word so far that points into a block. */
struct best_word {
	unsigned rank; /* the lower, the better */
	cw_addr slot, value;
};

enum { RANK_BEST, RANK_INTERIOR = 1, RANK_NUMBER = 2, RANK_NONE = 4 };

static void look_for(const struct cw_piece *piece, bool is_go,
		     const struct cw_number_words *numbers,
		     const struct cw_block *to, cw_addr end,
		     struct best_word *best)
{
	for (uint64_t i = 0; i < piece->num_words && best->rank != RANK_BEST;
	     i++) {
		uint64_t value = cw_piece_word(piece, i);
		cw_addr slot = piece->address + i * sizeof(uint64_t);

		if (value - to->address >= end - to->address ||
		    !leads_to(piece, i, is_go))
			continue;
		unsigned rank = value == to->address ? 0 : RANK_INTERIOR;
		if (cw_number_words_has(numbers, slot))
			rank |= RANK_NUMBER;
		if (rank < best->rank)
			*best = (struct best_word){rank, slot, value};
	}
}

bool cw_reference_between(const struct cw_heap *heap,
			  const struct cw_number_words *numbers,
			  const struct cw_block *from,
			  const struct cw_block *to, uint64_t *ret_offset,
			  cw_addr *ret_value)
{
	cw_addr end = cw_extent_block_end(&heap->index, to->granule);
	cw_addr at = from->address;
	cw_addr from_end = from->address + from->size;
	struct best_word best = {.rank = RANK_NONE};
	bool is_go = cw_block_index_is_go(&heap->index, to->granule);

	if (!cw_number_words_hold(numbers, from->granule))
		numbers = NULL;
	/* One segment after the other, for there may be gaps. */
	while (at < from_end) {
		const struct cw_segment *segment =
			cw_target_segment(heap->target, at);
		if (!segment)
			break;
		cw_addr stop =
			segment->end < from_end ? segment->end : from_end;
		struct cw_piece piece = {
			.address = at,
			.num_words = (stop - at) / 8,
		};
		if (segment->bytes) {
			piece.bytes = segment->bytes + (at - segment->start);
			cw_piece_look(&heap->index, &piece);
			look_for(&piece, is_go, numbers, to, end, &best);
		}
		at = stop;
	}
	if (best.rank == RANK_NONE)
		return false;
	*ret_offset = best.slot - from->address;
	*ret_value = best.value;
	return true;
}
