#include "object/search.h"

#include <string.h>

/* What holds all addresses in [start, end). */
struct place {
	cw_addr start, end;
	struct cw_block block;
	bool has_block;
	const struct cw_root *root;
};

struct finder {
	const struct cw_search *search;
	const struct cw_heap *heap;
	const struct cw_roots *roots;
	uint64_t max;
	struct place place; /* of the last hit: mostly of the next one, too */
	struct cw_search_hits hits;
};

/* A stretch of bytes that is looked through. */
struct stretch {
	cw_addr address;
	const unsigned char *bytes;
	uint64_t size;
	const struct cw_usage *usage; /* or NULL: a register */
	const struct cw_root *root;   /* of a register */
};

static void keep(struct finder *finder, const struct cw_search_hit *hit)
{
	finder->hits.num_total++;
	if (finder->hits.items.num < finder->max)
		*cw_array_push(&finder->hits.items) = *hit;
}

static struct place place_find(const struct finder *finder, cw_addr address)
{
	const struct cw_heap *heap = finder->heap;
	struct place place = {
		.start = address,
		.end = cw_roots_next(finder->roots, address),
		.root = cw_roots_root_at(finder->roots, address),
	};

	if (place.root)
		place.end = place.root->start +
			    place.root->num_words * sizeof(uint64_t);
	place.has_block = cw_heap_block_at(heap, address, &place.block) &&
			  address - place.block.address < place.block.size;
	cw_addr end = place.has_block
			      ? place.block.address + place.block.size
			      : cw_block_index_behind(&heap->index, address);
	if (end < place.end)
		place.end = end;
	return place;
}

/* What holds the hit; false: that was not asked for. */
static bool hit_place(struct finder *finder, struct cw_search_hit *hit)
{
	struct place *place = &finder->place;
	cw_addr address = hit->address;

	if (address < place->start || address >= place->end)
		*place = place_find(finder, address);
	hit->has_block = place->has_block;
	hit->block = place->block;
	hit->root = place->root;
	hit->offset = address - hit->usage->start;
	if (hit->has_block)
		hit->offset = address - hit->block.address;
	else if (hit->root)
		hit->offset = address - hit->root->start;
	return finder->search->is_everywhere || hit->root ||
	       (hit->has_block && hit->block.state == CW_BLOCK_USED);
}

static void found(struct finder *finder, const struct stretch *stretch,
		  uint64_t offset)
{
	uint64_t left = stretch->size - offset;
	struct cw_search_hit hit = {
		.usage = stretch->usage,
		.root = stretch->root,
		.offset = offset,
	};

	memcpy(&hit.value, stretch->bytes + offset,
	       left < sizeof(hit.value) ? left : sizeof(hit.value));
	if (hit.usage)
		hit.address = stretch->address + offset;
	if (!hit.usage || hit_place(finder, &hit))
		keep(finder, &hit);
}

static void find_pointers(struct finder *finder, const struct stretch *stretch)
{
	cw_addr low = finder->search->low;
	uint64_t size = finder->search->high - low;
	uint64_t offset = -stretch->address & 7;

	for (; offset + 8 <= stretch->size; offset += 8) {
		uint64_t word;

		memcpy(&word, stretch->bytes + offset, sizeof(word));
		if (word - low < size)
			found(finder, stretch, offset);
	}
}

static void find_bytes(struct finder *finder, const struct stretch *stretch)
{
	const struct cw_search *search = finder->search;
	const unsigned char *at = stretch->bytes;
	const unsigned char *end = at + stretch->size;
	uint64_t mask = search->alignment - 1;

	while ((at = memmem(at, end - at, search->bytes, search->size))) {
		uint64_t offset = at - stretch->bytes;
		uint64_t behind = (stretch->address + offset) & mask;

		if (behind == 0)
			found(finder, stretch, offset);
		uint64_t step = search->alignment - behind;
		at += step < (uint64_t)(end - at) ? step : (uint64_t)(end - at);
	}
}

static bool wants_pointers(const struct cw_search *search)
{
	return search->high > search->low;
}

static void look_through(struct finder *finder, const struct stretch *stretch)
{
	if (wants_pointers(finder->search))
		find_pointers(finder, stretch);
	else
		find_bytes(finder, stretch);
}

static bool is_wanted(const struct finder *finder, const struct cw_usage *usage)
{
	/* Damaged parts of heaps are roots, and those are in its usage. */
	return usage->segment->bytes &&
	       (finder->search->is_everywhere || usage->kind == CW_USAGE_HEAP ||
		cw_roots_root_at(finder->roots, (usage->start + 7) & ~7UL) ||
		usage->kind == CW_USAGE_STACK_ENDED);
}

static bool takes_null(const struct cw_search *search)
{
	return wants_pointers(search) && search->low == 0;
}

/* Nothing else than zeros is a hit. */
static bool wants_zeros(const struct cw_search *search)
{
	const unsigned char *bytes = search->bytes;

	if (wants_pointers(search))
		return false;
	for (size_t i = 0; i < search->size; i++)
		if (bytes[i])
			return false;
	return true;
}

static void look_from(struct finder *finder, const struct cw_usage *usage,
		      cw_addr start, cw_addr end)
{
	const struct cw_segment *segment = usage->segment;

	look_through(finder,
		     &(struct stretch){
			     .address = start,
			     .bytes = segment->bytes + (start - segment->start),
			     .size = end - start,
			     .usage = usage,
		     });
}

/*
 * Zeros in [address, end), a hole, where any place is a hit.  Those that are
 * not listed are counted without a look at each.
 */
static void find_in_hole(struct finder *finder, const struct cw_usage *usage,
			 cw_addr address, cw_addr end)
{
	const struct cw_search *search = finder->search;
	uint64_t step = search->alignment;

	address = (address + step - 1) & -step;
	while (address < end && end - address >= search->size) {
		struct cw_search_hit hit = {.usage = usage, .address = address};
		bool is_wanted = hit_place(finder, &hit);
		cw_addr until = finder->place.end;

		if (is_wanted && finder->hits.items.num < finder->max) {
			keep(finder, &hit);
			address += step;
			continue;
		}
		if (until > end - search->size + 1)
			until = end - search->size + 1;
		uint64_t num = (until - address + step - 1) / step;
		finder->hits.num_total += is_wanted ? num : 0;
		address += num * step;
	}
}

/*
 * Usages that lie side by side in one segment are looked through as one, for a
 * text may reach from one into the next; the hit belongs to where it begins.
 * Zeros of a hole may be the first or the last of a text, or all of it.
 */
static void search_usage(struct finder *finder, const struct cw_usage *usage)
{
	const struct cw_target *target = finder->heap->target;
	bool is_of_zeros = wants_zeros(finder->search);
	uint64_t more = finder->search->size - 1;
	cw_addr limit = usage->segment->end, end = limit, next = usage->start;
	cw_addr start, hole = next;

	if (limit - usage->end > more)
		end = usage->end + more;
	if (more >= CW_MIN_HOLE_SIZE || takes_null(finder->search)) {
		look_from(finder, usage, usage->start, end);
		return;
	}
	while (cw_target_next_data(target, &next, end, &start)) {
		uint64_t before = start - usage->start;
		uint64_t after = end - next;

		if (is_of_zeros)
			find_in_hole(finder, usage, hole, start);
		look_from(finder, usage,
			  start - (before < more ? before : more),
			  next + (after < more ? after : more));
		hole = next;
	}
	if (is_of_zeros)
		find_in_hole(finder, usage, hole, end);
}

static struct cw_error *search_usages(struct finder *finder,
				      struct cw_progress *progress)
{
	size_t num = finder->roots->usages.num;

	for (size_t i = 0; i < num; i++) {
		const struct cw_usage *usage = &finder->roots->usages.items[i];
		struct cw_error *err = cw_progress_step(progress, i);

		if (err)
			return err;
		if (is_wanted(finder, usage))
			search_usage(finder, usage);
	}
	return NULL;
}

struct cw_error *cw_search_run(const struct cw_search *search,
			       const struct cw_heap *heap,
			       const struct cw_roots *roots, uint64_t max,
			       struct cw_progress *progress,
			       struct cw_search_hits *ret)
{
	struct finder finder = {
		.search = search,
		.heap = heap,
		.roots = roots,
		.max = max,
	};

	if (search->size == 0 || search->alignment == 0)
		return cw_error_new(CW_ERROR_USAGE, "nothing to search for");
	cw_progress_begin(progress, "searching", roots->usages.num);
	cw_array_foreach(root, &roots->roots)
	{
		if (root->kind == CW_ROOT_REGISTER)
			look_through(&finder,
				     &(struct stretch){
					     .bytes = root->bytes,
					     .size = root->num_words * 8,
					     .root = root,
				     });
	}
	struct cw_error *err = search_usages(&finder, progress);
	if (err) {
		cw_search_hits_deinit(&finder.hits);
		return err;
	}
	*ret = finder.hits;
	return NULL;
}

void cw_search_hits_deinit(struct cw_search_hits *hits)
{
	cw_array_deinit(&hits->items);
	hits->num_total = 0;
}
