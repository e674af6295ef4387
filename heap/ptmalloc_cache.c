/* Caches: blocks that thread caches (tcache) and fastbins hold. */
#include "heap/ptmalloc.h"

/* A used block turns out to be unused; false: it is no used block. */
static bool take_block(struct cw_heap *heap, cw_addr address)
{
	uint64_t granule = ptmalloc_block_granule(heap, address);

	if (granule == CW_NO_GRANULE ||
	    cw_bit_test(heap->index.unused, granule))
		return false;
	cw_bit_set(heap->index.unused, granule);
	return true;
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

/* One of the lists of a tcache. */
struct list {
	struct cw_heap *heap;
	struct ptmalloc_all *all;
	const struct ptmalloc *libc;
	const struct ptmalloc_tcache *tcache;
	unsigned bin;
};

/* What was written to when the link in @slot is wrong. */
static cw_addr holder_of(const struct ptmalloc_tcache *tcache, cw_addr slot)
{
	cw_addr end = tcache->address + tcache->layout->chunk_size;

	return slot < tcache->address || slot >= end ? slot : tcache->address;
}

/* Whether a block that the link in @slot leads to is one of that list. */
static bool belongs(const struct list *list, cw_addr slot, cw_addr block)
{
	const struct ptmalloc *libc = list->libc;
	struct cw_heap *heap = list->heap;
	cw_addr holder = holder_of(list->tcache, slot);
	uint64_t field = 0;

	if (!take_block(heap, block)) {
		bool is_block =
			ptmalloc_block_granule(heap, block) != CW_NO_GRANULE;
		ptmalloc_corrupt(heap, slot, 0, holder,
				 is_block ? "thread cache holds block 0x%llx "
					    "twice, or it is free otherwise"
					  : "link of a thread cache leads to "
					    "0x%llx, which is no block",
				 (unsigned long long)block);
		return false;
	}
	ptmalloc_size_field(heap->target, block - PTMALLOC_HEADER, &field);
	bool fits = ptmalloc_fits_bin(list->tcache->layout, list->bin,
				      ptmalloc_size(field));
	bool has_key =
		!libc->has_key || has_cache_key(heap, list->all, libc, block);
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

/* Marks its blocks, as far as it makes sense. */
static void take_list(const struct list *list)
{
	struct cw_heap *heap = list->heap;
	cw_addr slot = list->tcache->address + list->tcache->layout->entries +
		       list->bin * 8;
	bool is_head = true;
	uint64_t word;

	while (cw_target_read_word(heap->target, slot, &word)) {
		cw_addr block =
			is_head ? word : ptmalloc_link(list->libc, slot, word);

		if (block == 0)
			return;
		if (!belongs(list, slot, block)) {
			list->all->lost_cached = true;
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
	struct list list = {
		.heap = heap,
		.all = all,
		.libc = ptmalloc_libc_at(heap, all, tcache->address),
		.tcache = tcache,
	};
	for (; list.bin < layout->num_bins; list.bin++)
		take_list(&list);
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
				ptmalloc_block_granule(
					heap, word + PTMALLOC_HEADER) ==
					CW_NO_GRANULE;
		}
		is_head = false;
		slot = block;
	}
}

void ptmalloc_find_cached(struct cw_heap *heap, struct ptmalloc_all *all)
{
	ptmalloc_find_tcaches(heap, all);
	cw_array_foreach(tcache, &all->tcaches)
	{
		if (tcache->is_sure)
			take_tcache(heap, all, tcache);
	}
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
