#include "object/search.h"

#include <string.h>

struct finder {
	const struct cw_search *search;
	const struct cw_heap *heap;
	const struct cw_roots *roots;
	uint64_t max;
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

/* Says what holds the hit; drops it when that was not asked for. */
static void found(struct finder *finder, const struct stretch *stretch,
		  uint64_t offset)
{
	uint64_t left = stretch->size - offset;
	struct cw_search_hit hit = {.offset = offset, .root = stretch->root};

	memcpy(&hit.value, stretch->bytes + offset,
	       left < sizeof(hit.value) ? left : sizeof(hit.value));
	if (!stretch->usage) {
		keep(finder, &hit);
		return;
	}

	cw_addr address = hit.address = stretch->address + offset;
	hit.usage = stretch->usage;
	hit.offset = address - hit.usage->start;
	hit.has_block = cw_heap_block_at(finder->heap, address, &hit.block) &&
			address - hit.block.address < hit.block.size;
	hit.root = cw_roots_root_at(finder->roots, address);
	if (hit.has_block)
		hit.offset = address - hit.block.address;
	else if (hit.root)
		hit.offset = address - hit.root->start;
	if (finder->search->is_everywhere || hit.root ||
	    (hit.has_block && hit.block.state == CW_BLOCK_USED))
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

	while ((at = memmem(at, end - at, search->bytes, search->size))) {
		uint64_t offset = at - stretch->bytes;

		if ((stretch->address + offset) % search->alignment == 0)
			found(finder, stretch, offset);
		at++;
	}
}

static void look_through(struct finder *finder, const struct stretch *stretch)
{
	if (finder->search->high > finder->search->low)
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

/* Whether zeros alone may be a hit. */
static bool wants_zeros(const struct cw_search *search)
{
	const unsigned char *bytes = search->bytes;

	if (search->high > search->low)
		return search->low == 0;
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
 * Usages that lie side by side in one segment are looked through as one, for a
 * text may reach from one into the next; the hit belongs to where it begins.
 * Zeros of a hole may be the first or the last of a text, not all of it.
 */
static void search_usage(struct finder *finder, const struct cw_usage *usage)
{
	const struct cw_target *target = finder->heap->target;
	uint64_t more = finder->search->size - 1;
	cw_addr limit = usage->segment->end, end = limit, next = usage->start;
	cw_addr start;

	if (limit - usage->end > more)
		end = usage->end + more;
	if (more >= CW_MIN_HOLE_SIZE || wants_zeros(finder->search)) {
		look_from(finder, usage, usage->start, end);
		return;
	}
	while (cw_target_next_data(target, &next, end, &start)) {
		uint64_t before = start - usage->start;
		uint64_t after = end - next;

		look_from(finder, usage,
			  start - (before < more ? before : more),
			  next + (after < more ? after : more));
	}
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
