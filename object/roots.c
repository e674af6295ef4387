#include "object/roots.h"

#include <stdlib.h>

#include "base/memory.h"
#include "object/go_roots.h"
#include "object/usage_claim.h"

static const char *const root_kind_names[] = {
	[CW_ROOT_REGISTER] = "register", [CW_ROOT_GLOBAL] = "global",
	[CW_ROOT_TLS] = "tls",		 [CW_ROOT_STACK] = "stack",
	[CW_ROOT_PRIVATE] = "mapping",	 [CW_ROOT_GOROUTINE] = "goroutine",
	[CW_ROOT_RUNTIME] = "runtime",
};

const char *cw_root_kind_name(enum cw_root_kind kind)
{
	return root_kind_names[kind];
}

unsigned cw_root_kind_rank(enum cw_root_kind kind)
{
	static const unsigned ranks[CW_NUM_ROOT_KINDS] = {
		[CW_ROOT_GLOBAL] = 0,  [CW_ROOT_TLS] = 1,
		[CW_ROOT_STACK] = 2,   [CW_ROOT_GOROUTINE] = 3,
		[CW_ROOT_RUNTIME] = 4, [CW_ROOT_REGISTER] = 5,
		[CW_ROOT_PRIVATE] = 6,
	};

	return ranks[kind];
}

struct finder {
	const struct cw_target *target;
	const struct cw_heap *heap;
	struct cw_roots *roots;
	struct cw_thread_blocks ended;
};

/* The words of [start, end) that @segment has. */
static void add_root(struct cw_roots *roots, enum cw_root_kind kind,
		     cw_addr start, cw_addr end,
		     const struct cw_segment *segment,
		     const struct cw_module *module,
		     const struct cw_thread *thread)
{
	if (!segment || !segment->bytes)
		return;
	if (start < segment->start)
		start = segment->start;
	if (end > segment->end)
		end = segment->end;
	start = (start + 7) & ~UINT64_C(7);
	if (start >= end || end - start < sizeof(uint64_t))
		return;
	*cw_array_push(&roots->roots) = (struct cw_root){
		.kind = kind,
		.start = start,
		.num_words = (end - start) / sizeof(uint64_t),
		.bytes = segment->bytes + (start - segment->start),
		.module = module,
		.thread = thread,
	};
}

static void add_registers(struct finder *finder)
{
	cw_array_foreach(thread, &finder->target->threads)
	{
		*cw_array_push(&finder->roots->roots) = (struct cw_root){
			.kind = CW_ROOT_REGISTER,
			.num_words = CW_NUM_REGS,
			.bytes = (const unsigned char *)thread->regs,
			.thread = thread,
		};
		if (!thread->vector_state)
			continue;
		*cw_array_push(&finder->roots->roots) = (struct cw_root){
			.kind = CW_ROOT_REGISTER,
			.num_words =
				thread->vector_state_size / sizeof(uint64_t),
			.bytes = thread->vector_state,
			.thread = thread,
		};
	}
}

static void add_usages(struct finder *finder)
{
	static const struct {
		bool is_root;
		enum cw_root_kind kind;
	} kinds[CW_NUM_USAGES] = {
		[CW_USAGE_GLOBAL] = {true, CW_ROOT_GLOBAL},
		[CW_USAGE_STACK] = {true, CW_ROOT_STACK},
		[CW_USAGE_TLS] = {true, CW_ROOT_TLS},
		[CW_USAGE_PRIVATE] = {true, CW_ROOT_PRIVATE},
		/* Where it is writable: a parent may keep its pointers there */
		[CW_USAGE_SHARED] = {true, CW_ROOT_PRIVATE},
	};

	cw_array_foreach(usage, &finder->roots->usages)
	{
		if (!kinds[usage->kind].is_root ||
		    (usage->kind == CW_USAGE_SHARED &&
		     !(usage->segment->flags & CW_SEGMENT_WRITE)))
			continue;
		add_root(finder->roots, kinds[usage->kind].kind, usage->start,
			 usage->end, usage->segment, usage->module,
			 usage->thread);
	}
}

/*
 * Roots within other usages: stacks that are blocks, parts of heaps that are
 * no block, what glibc still needs of threads that have ended.
 */
static void add_inner(struct finder *finder)
{
	const struct cw_target *target = finder->target;
	const struct cw_heap *heap = finder->heap;

	cw_array_foreach(thread, &target->threads)
	{
		cw_addr pointer = thread->regs[CW_REG_RSP];
		struct cw_block block;

		if (cw_heap_block_at(heap, pointer, &block))
			add_root(finder->roots, CW_ROOT_STACK,
				 pointer - block.address > CW_RED_ZONE
					 ? pointer - CW_RED_ZONE
					 : block.address,
				 block.address + block.size,
				 cw_target_segment(target, pointer), NULL,
				 thread);
	}
	cw_array_foreach(hole, &heap->holes)
	{
		cw_addr start = hole->start;
		const struct cw_segment *segment;

		if (hole->kind == CW_HOLE_FOREIGN)
			continue;
		while (start < hole->end &&
		       (segment = cw_target_segment(target, start))) {
			add_root(finder->roots, CW_ROOT_PRIVATE, start,
				 hole->end, segment, NULL, NULL);
			start = segment->end;
		}
	}
	cw_array_foreach(block, &finder->ended.items)
	{
		const struct cw_segment *segment =
			cw_target_segment(target, block->control);

		/* Its table of dynamic TLS is kept for the next thread. */
		if (block->has_ended)
			add_root(finder->roots, CW_ROOT_TLS, block->control,
				 block->control + CW_TABLE_END, segment, NULL,
				 NULL);
		if (block->has_result)
			add_root(finder->roots, CW_ROOT_TLS,
				 block->control + CW_RESULT_START,
				 block->control + CW_RESULT_END, segment, NULL,
				 NULL);
	}
}

static int by_start(const void *left, const void *right)
{
	const struct cw_root *a = left, *b = right;

	return (a->start > b->start) - (a->start < b->start);
}

struct cw_error *cw_roots_create(const struct cw_target *target,
				 const struct cw_heap *heap,
				 struct cw_roots **ret)
{
	struct cw_roots *roots = cw_alloc(sizeof(*roots));
	struct finder finder = {
		.target = target,
		.heap = heap,
		.roots = roots,
	};

	cw_arena_init(&roots->arena);
	if (heap->index.pointers) {
		roots->go = heap->go;
		cw_goroutines_init(&roots->goroutines, heap->go);
	}
	cw_usage_find(target, heap, roots, &finder.ended);

	add_registers(&finder);
	size_t num_registers = roots->roots.num;
	add_usages(&finder);
	add_inner(&finder);
	if (roots->go)
		cw_go_roots_settle(roots, heap, &num_registers);
	if (roots->roots.num > num_registers)
		qsort(roots->roots.items + num_registers,
		      roots->roots.num - num_registers, sizeof(struct cw_root),
		      by_start);
	cw_array_deinit(&finder.ended.items);
	*ret = roots;
	return NULL;
}

void cw_roots_destroy(struct cw_roots *roots)
{
	if (!roots)
		return;
	cw_array_deinit(&roots->roots);
	cw_array_deinit(&roots->usages);
	cw_array_deinit(&roots->weak_words);
	if (roots->go)
		cw_goroutines_deinit(&roots->goroutines);
	cw_arena_deinit(&roots->arena);
	free(roots);
}

/* Number of the first root that begins behind @address.  Registers have no
 * address and come first. */
static size_t root_behind(const struct cw_roots *roots, cw_addr address)
{
	size_t low = 0, high = roots->roots.num;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (roots->roots.items[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct cw_root *cw_roots_root_at(const struct cw_roots *roots,
				       cw_addr address)
{
	size_t behind = root_behind(roots, address);

	if (behind == 0)
		return NULL;
	const struct cw_root *root = &roots->roots.items[behind - 1];
	if (root->kind == CW_ROOT_REGISTER ||
	    address - root->start >= root->num_words * sizeof(uint64_t))
		return NULL;
	return root;
}

cw_addr cw_roots_next(const struct cw_roots *roots, cw_addr address)
{
	size_t behind = root_behind(roots, address);

	return behind < roots->roots.num ? roots->roots.items[behind].start
					 : UINT64_MAX;
}
