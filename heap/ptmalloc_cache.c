/* Caches: blocks that thread caches (tcache) and fastbins hold. */
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

/* The granule of a block that begins at @address, in use or not. */
static uint64_t block_granule(const struct cw_heap *heap, cw_addr address)
{
	uint64_t granule = cw_block_index_granule(&heap->index, address);

	if (address % 16 != 0 || granule == CW_NO_GRANULE ||
	    !cw_bit_test(heap->index.starts, granule))
		return CW_NO_GRANULE;
	return granule;
}

/* A used block turns out to be unused; false: it is no used block. */
static bool take_block(struct cw_heap *heap, cw_addr address)
{
	uint64_t granule = block_granule(heap, address);

	if (granule == CW_NO_GRANULE ||
	    cw_bit_test(heap->index.unused, granule))
		return false;
	cw_bit_set(heap->index.unused, granule);
	return true;
}

static struct ptmalloc *libc_at(const struct cw_heap *heap,
				struct ptmalloc_all *all, cw_addr address)
{
	const struct cw_heap_region *region = cw_heap_region_at(heap, address);

	cw_array_foreach(libc, &all->libcs)
	{
		if (region && libc->allocator == region->allocator)
			return libc;
	}
	return &all->libcs.items[0];
}

/* Chunk sizes that bin @bin of a tcache holds. */
static bool fits_bin(const struct ptmalloc_tcache_layout *layout, unsigned bin,
		     uint64_t size)
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
	bool is_plain = word == 0 || block_granule(heap, word) != CW_NO_GRANULE;
	cw_addr revealed = word ^ (block >> 12);
	bool is_mangled =
		revealed == 0 || block_granule(heap, revealed) != CW_NO_GRANULE;
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
		    block_granule(heap, head) == CW_NO_GRANULE)
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

static void give_back(struct cw_heap *heap, cw_addr block)
{
	cw_bit_clear(heap->index.unused,
		     cw_block_index_granule(&heap->index, block));
}

/* Since 2.29 a cached block has a key as its second word. */
static bool has_cache_key(const struct cw_heap *heap,
			  const struct ptmalloc_all *all,
			  const struct ptmalloc *libc, cw_addr block)
{
	uint64_t word;

	if (!cw_target_read_word(heap->target, block + 8, &word))
		return false;
	if (libc->is_key_random)
		return word == libc->key;
	cw_array_foreach(tcache, &all->tcaches)
	{
		if (tcache->is_sure && tcache->address == word)
			return true;
	}
	return false;
}

/* Whether a block that a list leads to is one of that list. */
static bool belongs(struct cw_heap *heap, const struct ptmalloc_all *all,
		    const struct ptmalloc *libc,
		    const struct ptmalloc_tcache *tcache, unsigned bin,
		    cw_addr slot, cw_addr block)
{
	cw_addr holder =
		slot < tcache->address ||
				slot >= tcache->address +
						tcache->layout->chunk_size
			? slot
			: tcache->address;
	uint64_t field = 0;

	if (!take_block(heap, block)) {
		bool is_block = block_granule(heap, block) != CW_NO_GRANULE;
		ptmalloc_corrupt(heap, slot, 0, holder,
				 is_block ? "thread cache holds block 0x%llx "
					    "twice, or it is free otherwise"
					  : "link of a thread cache leads to "
					    "0x%llx, which is no block",
				 (unsigned long long)block);
		return false;
	}
	ptmalloc_size_field(heap->target, block - PTMALLOC_HEADER, &field);
	bool fits = fits_bin(tcache->layout, bin, ptmalloc_size(field));
	bool has_key = !libc->has_key || has_cache_key(heap, all, libc, block);
	if (!fits && !has_key) {
		give_back(heap, block);
		ptmalloc_corrupt(heap, slot, 0, holder,
				 "link of a thread cache leads to 0x%llx, "
				 "which is in use",
				 (unsigned long long)block);
		return false;
	}
	if (!fits)
		ptmalloc_corrupt(heap, block - PTMALLOC_HEADER, 0, 0,
				 "chunk of 0x%llx bytes is cached among those "
				 "of another size",
				 (unsigned long long)ptmalloc_size(field));
	if (!has_key)
		ptmalloc_corrupt(heap, block + 8, 0, block,
				 "cached block was written to");
	return true;
}

/* Marks the blocks of one list, as far as it makes sense. */
static void take_list(struct cw_heap *heap, struct ptmalloc_all *all,
		      const struct ptmalloc *libc,
		      const struct ptmalloc_tcache *tcache, unsigned bin)
{
	cw_addr slot = tcache->address + tcache->layout->entries + bin * 8;
	bool is_head = true;
	uint64_t word;

	while (cw_target_read_word(heap->target, slot, &word)) {
		cw_addr block =
			is_head ? word : ptmalloc_link(libc, slot, word);

		if (block == 0)
			return;
		if (!belongs(heap, all, libc, tcache, bin, slot, block)) {
			all->lost_cached = true;
			return;
		}
		*cw_array_push(&heap->cached) = block;
		slot = block;
		is_head = false;
	}
}

static void take_tcache(struct cw_heap *heap, struct ptmalloc_all *all,
			const struct ptmalloc_tcache *tcache)
{
	const struct ptmalloc_tcache_layout *layout = tcache->layout;
	struct ptmalloc *libc = libc_at(heap, all, tcache->address);
	const unsigned char *bytes =
		cw_target_bytes(heap->target, tcache->address,
				layout->chunk_size - PTMALLOC_HEADER);

	if (!bytes || !take_block(heap, tcache->address))
		return;
	*cw_array_push(&heap->metadata_blocks) = tcache->address;
	if (tcache->is_damaged) {
		all->lost_cached = true;
		ptmalloc_corrupt(heap, tcache->address, 0, 0,
				 "thread cache makes no sense");
		return;
	}
	for (unsigned i = 0; i < layout->num_bins; i++)
		take_list(heap, all, libc, tcache, i);
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
		if (block_granule(heap, head) != CW_NO_GRANULE &&
		    ptmalloc_size_field(heap->target, head - PTMALLOC_HEADER,
					&field) &&
		    fits_bin(layout, i, ptmalloc_size(field)))
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
		    block_granule(heap, tcache) == CW_NO_GRANULE ||
		    !ptmalloc_size_field(heap->target, tcache - PTMALLOC_HEADER,
					 &field))
			continue;
		const struct ptmalloc *libc = libc_at(heap, all, tcache);
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

/* Lists are broken: looks at every used block for the key of cached ones. */
static void take_by_key(struct cw_heap *heap, struct ptmalloc_all *all)
{
	cw_array_foreach(piece, &all->pieces)
	{
		const struct ptmalloc_arena *arena =
			&all->arenas.items[piece->arena];
		const struct ptmalloc *libc = ptmalloc_libc_of(all, arena);
		uint64_t granule =
			cw_block_index_granule(&heap->index, piece->start);
		uint64_t end = cw_block_index_granule(&heap->index, piece->end);

		if (!libc->has_key || granule == CW_NO_GRANULE)
			continue;
		while ((granule = cw_block_index_next(&heap->index, granule)) <=
		       end) {
			cw_addr block =
				cw_block_index_address(&heap->index, granule);

			if (!cw_bit_test(heap->index.unused, granule) &&
			    has_cache_key(heap, all, libc, block) &&
			    take_block(heap, block))
				*cw_array_push(&heap->cached) = block;
		}
	}
}

static void find_tcaches(struct cw_heap *heap, struct ptmalloc_all *all)
{
	ask_threads(heap, all);
	cw_array_foreach(tcache, &all->tcaches)
	{
		if (!tcache->is_empty && has_good_lists(heap, tcache))
			tcache->is_sure = true;
		if (tcache->is_sure)
			learn_from_tcache(heap,
					  libc_at(heap, all, tcache->address),
					  tcache);
	}
	find_damaged(heap, all);
	cw_array_foreach(tcache, &all->tcaches)
	{
		if (tcache->is_sure)
			take_tcache(heap, all, tcache);
	}
}

static void take_fastbin(struct cw_heap *heap, struct ptmalloc *libc,
			 cw_addr slot)
{
	bool is_head = true;
	uint64_t word;

	for (;;) {
		if (!cw_target_read_word(heap->target, slot, &word))
			return;
		cw_addr chunk =
			is_head ? word : ptmalloc_link(libc, slot, word);
		if (chunk == 0)
			return;
		cw_addr block = chunk + PTMALLOC_HEADER;
		if (!take_block(heap, block)) {
			ptmalloc_corrupt(heap, slot, 0, is_head ? 0 : slot,
					 "link of a fastbin leads to 0x%llx, "
					 "which is no used chunk",
					 (unsigned long long)chunk);
			return;
		}
		*cw_array_push(&heap->cached) = block;
		if (is_head && !libc->links_are_known) {
			/* Links of fastbins lead to chunks, not blocks. */
			cw_target_read_word(heap->target, block, &word);
			libc->links_are_known = true;
			libc->mangles_links =
				word != 0 &&
				block_granule(heap, word + PTMALLOC_HEADER) ==
					CW_NO_GRANULE;
		}
		is_head = false;
		slot = block;
	}
}

void ptmalloc_find_cached(struct cw_heap *heap, struct ptmalloc_all *all)
{
	find_tcaches(heap, all);
	cw_array_foreach(arena, &all->arenas)
	{
		struct ptmalloc *libc = ptmalloc_libc_of(all, arena);

		if (!libc->state->fastbins || !arena->state)
			continue;
		for (unsigned i = 0; i < PTMALLOC_NUM_FASTBINS; i++)
			take_fastbin(heap, libc,
				     arena->state + libc->state->fastbins +
					     i * 8);
	}
	if (all->lost_cached)
		take_by_key(heap, all);
}
