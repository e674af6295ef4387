#include "object/reach.h"

#include <stdlib.h>

#include "base/memory.h"
#include "object/go_roots.h"
#include "object/marker.h"

static void add_words(struct cw_marker *marker, const struct cw_root *root,
		      uint64_t from, uint64_t to)
{
	struct cw_piece words = cw_root_piece(root);
	struct cw_piece piece = cw_piece_from(&words, from);

	piece.num_words = to - from;
	cw_marker_add(marker, &piece);
}

static void add_strong_words(struct cw_marker *marker,
			     const struct cw_root *root)
{
	uint64_t from = 0;

	for (size_t i = 0; i < root->num_weak_words; i++) {
		uint64_t weak = root->weak_words[i].word;

		add_words(marker, root, from, weak);
		from = weak + 1;
	}
	add_words(marker, root, from, root->num_words);
}

static void add_weak_words(struct cw_marker *marker, const struct cw_root *root)
{
	for (size_t i = 0; i < root->num_weak_words; i++) {
		uint64_t weak = root->weak_words[i].word;

		add_words(marker, root, weak, weak + 1);
	}
}

/* The number words of blocks that are reached. */
static void add_numbers(struct cw_marker *marker, const struct cw_heap *heap,
			const struct cw_number_words *numbers,
			const uint64_t *marks)
{
	if (!numbers)
		return;
	cw_array_foreach(slot, &numbers->slots)
	{
		uint64_t value;
		struct cw_piece piece = {
			.address = *slot,
			.num_words = 1,
			.bytes = (const unsigned char *)&value,
		};
		uint64_t holder = cw_pointer_used(&heap->index, *slot);

		if (holder != CW_NO_GRANULE && cw_bit_test(marks, holder) &&
		    cw_target_read_word(heap->target, *slot, &value))
			cw_marker_add(marker, &piece);
	}
}

static bool has_numbers(const struct cw_number_words *numbers)
{
	return numbers && numbers->slots.num > 0;
}

/* Whether some weak word leads to a block that no strong one leads to. */
static bool has_weak_blocks(const struct cw_marker *marker,
			    const struct cw_block_index *index,
			    const struct cw_roots *roots)
{
	const uint64_t *marks = cw_marker_marks(marker);

	cw_array_foreach(root, &roots->roots)
	{
		struct cw_piece piece = cw_root_piece(root);

		for (size_t i = 0; i < root->num_weak_words; i++) {
			uint64_t start = cw_piece_start(
				index, &piece, root->weak_words[i].word);

			if (start != CW_NO_GRANULE &&
			    !cw_bit_test(marks, start))
				return true;
		}
	}
	return false;
}

static void count_block(const struct cw_heap *heap, uint64_t granule,
			struct cw_heap_count *count)
{
	struct cw_block block;

	if (!cw_heap_block_at(heap,
			      cw_block_index_address(&heap->index, granule),
			      &block))
		return;
	count->blocks++;
	count->bytes += block.size;
}

/* Counts starts without a mark, and so all the others that are used. */
static void count(const struct cw_heap *heap, struct cw_reach *reach)
{
	const struct cw_block_index *index = &heap->index;
	const uint64_t *strong =
		reach->strong_marks ? reach->strong_marks : reach->marks;
	uint64_t num_words = cw_bits_words(index->num_granules);

	for (uint64_t i = 0; i < num_words; i++) {
		uint64_t bits = index->starts[i] & ~strong[i];

		for (; bits; bits &= bits - 1) {
			unsigned bit = __builtin_ctzll(bits);

			count_block(heap, i * 64 + bit,
				    reach->marks[i] >> bit & 1
					    ? &reach->weak
					    : &reach->unreachable);
		}
	}
	reach->reachable.blocks = heap->count[CW_BLOCK_USED].blocks -
				  reach->weak.blocks -
				  reach->unreachable.blocks;
	reach->reachable.bytes = heap->count[CW_BLOCK_USED].bytes -
				 reach->weak.bytes - reach->unreachable.bytes;
}

static size_t bits_size(uint64_t num_granules)
{
	return cw_bits_words(num_granules) * sizeof(uint64_t);
}

static struct cw_error *mark(struct cw_marker *marker,
			     const struct cw_heap *heap,
			     const struct cw_roots *roots,
			     const struct cw_number_words *numbers,
			     struct cw_reach *reach)
{
	size_t size = bits_size(reach->num_granules);
	struct cw_error *err;

	cw_marker_leave_out(marker, numbers);
	cw_array_foreach(root, &roots->roots)
	{
		add_strong_words(marker, root);
	}
	err = cw_marker_run(marker, &reach->num_passes);
	if (err || (!has_numbers(numbers) &&
		    !has_weak_blocks(marker, &heap->index, roots)))
		return err;
	err = cw_bulk_alloc_huge(size, &reach->strong_marks);
	if (err)
		return err;
	memcpy(reach->strong_marks, cw_marker_marks(marker), size);
	cw_marker_leave_out(marker, NULL);
	cw_array_foreach(root, &roots->roots)
	{
		add_weak_words(marker, root);
	}
	add_numbers(marker, heap, numbers, reach->strong_marks);
	return cw_marker_run(marker, &reach->num_passes);
}

struct cw_error *
cw_reach_create(const struct cw_heap *heap, const struct cw_roots *roots,
		const struct cw_number_words *numbers, unsigned num_threads,
		struct cw_progress *progress, struct cw_reach **ret)
{
	struct cw_reach *reach = cw_alloc(sizeof(*reach));
	struct cw_marker *marker = NULL;

	reach->num_granules = heap->index.num_granules;
	struct cw_error *err =
		cw_marker_create(heap, NULL, num_threads, progress, &marker);
	if (!err)
		err = mark(marker, heap, roots, numbers, reach);
	if (!err) {
		reach->marks = cw_marker_take(marker);
		count(heap, reach);
		cw_go_roots_drop(roots, heap->target);
	}
	cw_marker_destroy(marker);
	if (err) {
		cw_reach_destroy(reach);
		return cw_error_in(err, "reachability");
	}
	*ret = reach;
	return NULL;
}

void cw_reach_destroy(struct cw_reach *reach)
{
	if (!reach)
		return;
	cw_bulk_free(reach->marks, bits_size(reach->num_granules));
	cw_bulk_free(reach->strong_marks, bits_size(reach->num_granules));
	free(reach);
}
