#include "object/roots.h"

#include <stdlib.h>

#include "base/memory.h"
#include "object/go_roots.h"
#include "object/thread_block.h"
#include "object/usage.h"
#include "target/elf_layout.h"

enum {
	RED_ZONE = 128, /* below the stack pointer, still in use */
	PAGE = 4096,
	AT_RANDOM_TYPE = 25,  /* its 16 bytes are on the main stack */
	CONTROL_SIZE = 0x700, /* of the control block, at least */
	MAX_STATIC_TLS = 1 << 20,
};

#define OVER(kind)    (1U << CW_USAGE_##kind)
#define OVER_ALL      (~0U)
#define OVER_UNKNOWN  (OVER(PRIVATE))
#define HEAP_MAX_SIZE (UINT64_C(64) << 20)

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

static const char *const usage_kind_names[] = {
	[CW_USAGE_HEAP] = "heap",
	[CW_USAGE_HEAP_METADATA] = "heap metadata",
	[CW_USAGE_HEAP_RESERVE] = "heap reserve",
	[CW_USAGE_GLOBAL] = "global data",
	[CW_USAGE_STACK] = "stack",
	[CW_USAGE_STACK_UNUSED] = "stack, unused",
	[CW_USAGE_STACK_ENDED] = "stack, ended thread",
	[CW_USAGE_GOROUTINE] = "stack, goroutine",
	[CW_USAGE_TLS] = "thread-local storage",
	[CW_USAGE_PRIVATE] = "private, no known allocator",
	[CW_USAGE_CODE] = "code",
	[CW_USAGE_FILE] = "file",
	[CW_USAGE_SHARED] = "shared",
	[CW_USAGE_READ_ONLY] = "read-only",
};

const char *cw_usage_kind_name(enum cw_usage_kind kind)
{
	return usage_kind_names[kind];
}

struct finder {
	const struct cw_target *target;
	const struct cw_heap *heap;
	struct cw_roots *roots;
	struct cw_claims claims;
	struct cw_thread_blocks ended;
	uint64_t static_tls; /* bytes below a control block, about */
};

static void claim(struct finder *finder, cw_addr start, cw_addr end,
		  enum cw_usage_kind kind, unsigned over,
		  const struct cw_module *module,
		  const struct cw_thread *thread)
{
	*cw_array_push(&finder->claims.items) = (struct cw_claim){
		.start = start,
		.end = end,
		.kind = kind,
		.over = over,
		.module = module,
		.thread = thread,
	};
}

/*
 * Whole pages of each writable PT_LOAD: .data, .bss, the part that is
 * read-only after relocation, and the rest of the last page, where ld.so's
 * own malloc begins.
 */
static void claim_module(struct finder *finder, const struct cw_module *module)
{
	const unsigned over =
		OVER(PRIVATE) | OVER(FILE) | OVER(READ_ONLY) | OVER(CODE);
	struct cw_elf_layout layout;

	if (!cw_elf_layout_read(finder->target, module->start, &layout) &&
	    (!module->file || !cw_elf_layout_of_file(module->file, &layout))) {
		/* What is writable at all is all that can be said. */
		claim(finder, module->start, module->end, CW_USAGE_GLOBAL,
		      OVER(PRIVATE), module, NULL);
		return;
	}
	for (size_t i = 0; i < layout.num_phdrs; i++) {
		const Elf64_Phdr *phdr = &layout.phdrs[i];
		cw_addr start = module->bias + phdr->p_vaddr;
		cw_addr end = start + phdr->p_memsz;

		if (phdr->p_type != PT_LOAD || !(phdr->p_flags & PF_W))
			continue;
		start &= ~(cw_addr)(PAGE - 1);
		end = (end + PAGE - 1) & ~(cw_addr)(PAGE - 1);
		if (start < module->start)
			start = module->start;
		if (end > module->end)
			end = module->end;
		claim(finder, start, end, CW_USAGE_GLOBAL, over, module, NULL);
	}
	cw_elf_layout_deinit(&layout);
}

/* About what the modules' static TLS takes below each control block. */
static uint64_t static_tls_size(const struct cw_target *target)
{
	uint64_t size = 0;

	cw_array_foreach(module, &target->modules)
	{
		if (module->tls_size > MAX_STATIC_TLS ||
		    module->tls_align > PAGE)
			return MAX_STATIC_TLS;
		uint64_t align = module->tls_align > 1 ? module->tls_align : 1;
		size = (size + module->tls_size + align - 1) / align * align;
		if (size > MAX_STATIC_TLS)
			return MAX_STATIC_TLS;
	}
	return (size + 63) & ~UINT64_C(63);
}

static void claim_ended(struct finder *finder)
{
	cw_array_foreach(segment, &finder->target->segments)
	{
		if (cw_usage_of_segment(segment) == CW_USAGE_PRIVATE)
			cw_thread_blocks_find(finder->heap, segment,
					      &finder->ended);
	}
	cw_array_foreach(block, &finder->ended.items)
	{
		if (block->has_ended)
			claim(finder, block->start, block->end,
			      CW_USAGE_STACK_ENDED, OVER_UNKNOWN, NULL, NULL);
	}
}

/* @start … @end is the thread's stack, on which its stack pointer may be. */
static void claim_stack(struct finder *finder, const struct cw_thread *thread,
			cw_addr start, cw_addr end)
{
	const unsigned over = OVER_UNKNOWN | OVER(STACK_ENDED);
	cw_addr pointer = thread->regs[CW_REG_RSP];

	if (pointer >= start && pointer < end) {
		cw_addr live = (pointer - RED_ZONE) & ~UINT64_C(7);
		if (live > start)
			claim(finder, start, live, CW_USAGE_STACK_UNUSED, over,
			      NULL, thread);
		else
			live = start;
		start = live;
	}
	claim(finder, start, end, CW_USAGE_STACK, over, NULL, thread);
}

static void claim_thread(struct finder *finder, const struct cw_thread *thread,
			 const struct cw_segment *main_stack)
{
	cw_addr pointer = thread->regs[CW_REG_RSP];
	cw_addr control = thread->regs[CW_REG_FS_BASE];
	struct cw_thread_block block;
	bool has_block = cw_thread_block_read(finder->target, control, &block);
	bool is_placed = main_stack && cw_segment_has(main_stack, pointer);

	if (is_placed)
		claim_stack(finder, thread, main_stack->start, main_stack->end);
	if (has_block && block.start < block.end) {
		cw_addr end = control - finder->static_tls;

		if (end > control || end < block.start)
			end = control;
		if (pointer >= end && pointer < control)
			end = control;
		claim_stack(finder, thread, block.start, end);
		claim(finder, end, block.end, CW_USAGE_TLS,
		      OVER_UNKNOWN | OVER(STACK_ENDED), NULL, thread);
		is_placed |= pointer >= block.start && pointer < end;
	} else if (has_block) {
		cw_addr end = (control + CONTROL_SIZE + PAGE - 1) &
			      ~(cw_addr)(PAGE - 1);
		claim(finder, control - finder->static_tls, end, CW_USAGE_TLS,
		      OVER_UNKNOWN, NULL, thread);
	}
	if (is_placed)
		return;

	/* A stack that nothing tells the bounds of.  What lies below may be
	 * another one, so it stays a root. */
	const struct cw_segment *segment =
		cw_target_segment(finder->target, pointer);
	if (segment)
		claim(finder, (pointer - RED_ZONE) & ~UINT64_C(7), segment->end,
		      CW_USAGE_STACK, OVER_UNKNOWN, NULL, thread);
}

static void claim_threads(struct finder *finder)
{
	const struct cw_target *target = finder->target;
	const struct cw_segment *main_stack = NULL;
	bool is_taken = false;
	uint64_t random;

	if (cw_target_auxv(target, AT_RANDOM_TYPE, &random))
		main_stack = cw_target_segment(target, random);
	cw_array_foreach(thread, &target->threads)
	{
		claim_thread(finder, thread, main_stack);
		is_taken |=
			main_stack &&
			cw_segment_has(main_stack, thread->regs[CW_REG_RSP]);
	}
	/* The first thread may be on another stack for the moment. */
	if (main_stack && !is_taken && target->threads.num > 0)
		claim(finder, main_stack->start, main_stack->end,
		      CW_USAGE_STACK, OVER_UNKNOWN, NULL,
		      &target->threads.items[0]);
}

/* No access; gcore says that it can be read, though. */
static bool is_reserve(const struct cw_segment *segment)
{
	return !segment->path &&
	       !(segment->flags & (CW_SEGMENT_WRITE | CW_SEGMENT_EXEC));
}

/* They are in memory of Go's that the heap has not, mapped by the arena. */
static void claim_goroutines(struct finder *finder)
{
	const unsigned over = OVER_UNKNOWN | OVER(STACK) | OVER(STACK_UNUSED);

	cw_array_foreach(goroutine, &finder->roots->goroutines.items)
	{
		cw_addr start = goroutine->stack_start;
		cw_addr live = cw_goroutine_live(goroutine);

		claim(finder, start, live, CW_USAGE_STACK_UNUSED, over, NULL,
		      NULL);
		claim(finder, live, goroutine->stack_end, CW_USAGE_GOROUTINE,
		      over, NULL, NULL);
	}
}

static void claim_heap(struct finder *finder)
{
	const struct cw_heap *heap = finder->heap;

	cw_array_foreach(region, &heap->regions)
	{
		claim(finder, region->start, region->end, CW_USAGE_HEAP,
		      OVER_ALL, NULL, NULL);
		if (region->kind != CW_REGION_THREAD_ARENA)
			continue;
		/* The rest of its 64 MiB, mapped without access. */
		cw_addr limit = (region->start | (HEAP_MAX_SIZE - 1)) + 1;
		const struct cw_segment *next =
			cw_target_segment(finder->target, region->end);
		if (next && next->start == region->end && is_reserve(next))
			claim(finder, next->start,
			      next->end < limit ? next->end : limit,
			      CW_USAGE_HEAP_RESERVE, OVER_ALL, NULL, NULL);
	}
	cw_array_foreach(hole, &heap->holes)
	{
		if (hole->kind == CW_HOLE_FOREIGN)
			claim(finder, hole->start, hole->end, CW_USAGE_PRIVATE,
			      OVER_ALL, NULL, NULL);
	}
	cw_array_foreach(metadata, &heap->metadata)
	{
		claim(finder, metadata->start, metadata->end,
		      CW_USAGE_HEAP_METADATA, OVER_ALL, NULL, NULL);
	}
}

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
				 pointer - block.address > RED_ZONE
					 ? pointer - RED_ZONE
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
		.static_tls = static_tls_size(target),
	};

	cw_arena_init(&roots->arena);
	cw_array_foreach(module, &target->modules)
	{
		claim_module(&finder, module);
	}
	/* Threads of Go's alone have no glibc. */
	if (!heap->index.pointers || heap->index.is_mixed)
		claim_ended(&finder);
	claim_threads(&finder);
	if (heap->index.pointers) {
		roots->go = heap->go;
		cw_goroutines_init(&roots->goroutines, heap->go);
	}
	claim_goroutines(&finder);
	claim_heap(&finder);
	cw_usage_paint(target, &finder.claims, roots);

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
	cw_array_deinit(&finder.claims.items);
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

const struct cw_root *cw_roots_root_at(const struct cw_roots *roots,
				       cw_addr address)
{
	size_t low = 0, high = roots->roots.num;

	/* The last root that begins at or before the address.  Registers have
	 * no address and come first. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (roots->roots.items[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return NULL;

	const struct cw_root *root = &roots->roots.items[low - 1];
	if (root->kind == CW_ROOT_REGISTER ||
	    address - root->start >= root->num_words * sizeof(uint64_t))
		return NULL;
	return root;
}
