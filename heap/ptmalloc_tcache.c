/* Tcaches: which blocks are a thread's cache, and what its lists tell of libc.
 */
#include <string.h>

#include "heap/ptmalloc.h"

/* Bytes below a thread's control block that are looked through for pointers to
 * its tcache and arena. */
#define MAX_TLS_SIZE (64 << 10)
/* glibc's two variables lie this close. */
#define NEAR_SIZE 0x40

static uint64_t word_at(const unsigned char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

static unsigned count_at(const struct ptmalloc_tcache_layout *layout,
			 const unsigned char *bytes, unsigned bin)
{
	uint16_t count;

	if (layout->count_size == 1)
		return bytes[bin];
	memcpy(&count, bytes + bin * 2, sizeof(count));
	return count;
}

/*
 * Whether @bytes may be a tcache: heads of lists where there are counts, no
 * heads where there are none.
 */
static bool is_tcache(const struct ptmalloc_tcache_layout *layout,
		      const unsigned char *bytes, bool *ret_is_empty)
{
	unsigned full = 0, num_heads = 0;

	for (unsigned i = 0; i < layout->num_bins; i++) {
		uint64_t head = word_at(bytes + layout->entries + i * 8);
		unsigned count = count_at(layout, bytes, i);

		if (head % 16 != 0 || head >> CW_ADDRESS_BITS != 0)
			return false;
		num_heads += head != 0;
		if (layout->counts_are_free) {
			/* A bin without blocks says how many one may hold. */
			if (head == 0 && full == 0)
				full = count;
			if (head == 0 && (count != full || count == 0))
				return false;
		} else if ((head != 0) != (count != 0)) {
			return false;
		}
	}
	*ret_is_empty = num_heads == 0;
	return true;
}

void ptmalloc_note_tcache(const struct cw_target *target,
			  struct ptmalloc_all *all, cw_addr chunk,
			  uint64_t size)
{
	for (size_t i = 0; i < ptmalloc_num_tcache_layouts; i++) {
		const struct ptmalloc_tcache_layout *layout =
			&ptmalloc_tcache_layouts[i];
		const unsigned char *bytes;
		bool is_empty;

		if (layout->chunk_size != size)
			continue;
		bytes = cw_target_bytes(target, chunk + PTMALLOC_HEADER,
					size - PTMALLOC_HEADER);
		if (!bytes || !is_tcache(layout, bytes, &is_empty))
			continue;
		*cw_array_push(&all->tcaches) = (struct ptmalloc_tcache){
			.address = chunk + PTMALLOC_HEADER,
			.layout = layout,
			.is_empty = is_empty,
		};
	}
}

bool ptmalloc_fits_bin(const struct ptmalloc_tcache_layout *layout,
		       unsigned bin, uint64_t size)
{
	if (bin < layout->num_small_bins)
		return size == PTMALLOC_MIN_CHUNK + bin * UINT64_C(16);
	return size >
	       PTMALLOC_MIN_CHUNK + (layout->num_small_bins - 1) * UINT64_C(16);
}

/*
 * Whether links are mangled: the last block of a list has 0 as its link, or
 * its own address >> 12.  Longer lists: whichever leads to a block.
 */
static void learn_links(const struct cw_heap *heap, struct ptmalloc *libc,
			cw_addr block)
{
	uint64_t word;

	if (libc->links_are_known ||
	    !cw_target_read_word(heap->target, block, &word))
		return;
	bool is_plain = word == 0 ||
			ptmalloc_block_granule(heap, word) != CW_NO_GRANULE;
	cw_addr revealed = word ^ (block >> 12);
	bool is_mangled =
		revealed == 0 ||
		ptmalloc_block_granule(heap, revealed) != CW_NO_GRANULE;
	if (is_plain == is_mangled)
		return;
	libc->links_are_known = true;
	libc->mangles_links = is_mangled;
}

/* All that a sure tcache's lists can tell of the libc's ways. */
static void learn_from_tcache(const struct cw_heap *heap, struct ptmalloc *libc,
			      const struct ptmalloc_tcache *tcache)
{
	const struct ptmalloc_tcache_layout *layout = tcache->layout;

	libc->tcache = layout;
	for (unsigned i = 0; i < layout->num_bins; i++) {
		cw_addr slot = tcache->address + layout->entries + i * 8;
		uint64_t head, key;

		if (!cw_target_read_word(heap->target, slot, &head) ||
		    ptmalloc_block_granule(heap, head) == CW_NO_GRANULE)
			continue;
		learn_links(heap, libc, head);
		if (libc->has_key ||
		    !cw_target_read_word(heap->target, head + 8, &key))
			continue;
		/* 2.29 to 2.33: the address of the tcache.  Later random, but
		 * before that nothing, so it must be seen twice. */
		if (key == tcache->address) {
			libc->has_key = true;
		} else if (key != 0 && key == libc->key) {
			libc->has_key = true;
			libc->is_key_random = true;
		}
		libc->key = key;
	}
}

/* Whether the lists of a tcache lead to blocks of the right sizes. */
static bool has_good_lists(const struct cw_heap *heap,
			   const struct ptmalloc_tcache *tcache)
{
	const struct ptmalloc_tcache_layout *layout = tcache->layout;
	unsigned num_good = 0, num_bad = 0;

	for (unsigned i = 0; i < layout->num_bins; i++) {
		cw_addr slot = tcache->address + layout->entries + i * 8;
		uint64_t head = 0, field = 0;

		cw_target_read_word(heap->target, slot, &head);
		if (head == 0)
			continue;
		if (ptmalloc_block_granule(heap, head) != CW_NO_GRANULE &&
		    ptmalloc_size_field(heap->target, head - PTMALLOC_HEADER,
					&field) &&
		    ptmalloc_fits_bin(layout, i, ptmalloc_size(field)))
			num_good++;
		else
			num_bad++;
	}
	return num_good > num_bad;
}

/* Whether a pointer to an arena is near @slot, as glibc's own is. */
static bool is_near_arena(const struct cw_heap *heap,
			  const struct ptmalloc_all *all, cw_addr slot)
{
	for (cw_addr at = slot - NEAR_SIZE; at <= slot + NEAR_SIZE; at += 8) {
		uint64_t word;
		uint32_t number;

		if (cw_target_read_word(heap->target, at, &word) &&
		    cw_map_get(&all->arena_by_state, word, &number))
			return true;
	}
	return false;
}

/*
 * Empty tcaches look like any block of zeros: the thread-local pointer to
 * them tells.
 */
static void ask_threads(const struct cw_heap *heap, struct ptmalloc_all *all)
{
	struct cw_map by_address;

	cw_map_init(&by_address);
	for (size_t i = 0; i < all->tcaches.num; i++)
		cw_map_set(&by_address, all->tcaches.items[i].address, i);
	cw_array_foreach(thread, &heap->target->threads)
	{
		cw_addr top = thread->regs[CW_REG_FS_BASE] & ~(cw_addr)7;
		const struct cw_segment *segment =
			cw_target_segment(heap->target, top - 8);

		if (!segment || !segment->bytes)
			continue;
		cw_addr start = top - segment->start > MAX_TLS_SIZE
					? top - MAX_TLS_SIZE
					: segment->start;
		for (cw_addr slot = start; slot < top; slot += 8) {
			uint64_t word = word_at(segment->bytes +
						(slot - segment->start));
			uint32_t number;

			if (word != 0 &&
			    cw_map_get(&by_address, word, &number) &&
			    is_near_arena(heap, all, slot)) {
				all->tcaches.items[number].is_sure = true;
				all->tcache_slot = top - slot;
			}
		}
	}
	cw_map_deinit(&by_address);
}

/* Caches that threads point to but that were not recognised. */
static void find_damaged(const struct cw_heap *heap, struct ptmalloc_all *all)
{
	size_t num_tcaches = all->tcaches.num;

	if (!all->tcache_slot)
		return;
	cw_array_foreach(thread, &heap->target->threads)
	{
		cw_addr top = thread->regs[CW_REG_FS_BASE] & ~(cw_addr)7;
		cw_addr tcache;
		uint64_t field;
		bool is_known = false;

		if (!cw_target_read_word(heap->target, top - all->tcache_slot,
					 &tcache) ||
		    ptmalloc_block_granule(heap, tcache) == CW_NO_GRANULE ||
		    !ptmalloc_size_field(heap->target, tcache - PTMALLOC_HEADER,
					 &field))
			continue;
		const struct ptmalloc *libc =
			ptmalloc_libc_at(heap, all, tcache);
		if (!libc->tcache ||
		    ptmalloc_size(field) != libc->tcache->chunk_size)
			continue;
		for (size_t i = 0; i < num_tcaches; i++) {
			const struct ptmalloc_tcache *known =
				&all->tcaches.items[i];

			is_known |= known->is_sure && known->address == tcache;
		}
		if (!is_known)
			*cw_array_push(&all->tcaches) =
				(struct ptmalloc_tcache){
					.address = tcache,
					.layout = libc->tcache,
					.is_sure = true,
					.is_damaged = true,
				};
	}
}

void ptmalloc_find_tcaches(struct cw_heap *heap, struct ptmalloc_all *all)
{
	ask_threads(heap, all);
	cw_array_foreach(tcache, &all->tcaches)
	{
		if (!tcache->is_empty && has_good_lists(heap, tcache))
			tcache->is_sure = true;
		if (tcache->is_sure)
			learn_from_tcache(
				heap,
				ptmalloc_libc_at(heap, all, tcache->address),
				tcache);
	}
	find_damaged(heap, all);
}
