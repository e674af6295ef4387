#include "object/usage_claim.h"

#include "object/usage.h"
#include "target/elf_layout.h"

enum {
	PAGE = 4096,
	AT_RANDOM_TYPE = 25,  /* its 16 bytes are on the main stack */
	CONTROL_SIZE = 0x700, /* of the control block, at least */
	MAX_STATIC_TLS = 1 << 20,
};

#define OVER(kind)    (1U << CW_USAGE_##kind)
#define OVER_ALL      (~0U)
#define OVER_UNKNOWN  (OVER(PRIVATE))
#define HEAP_MAX_SIZE (UINT64_C(64) << 20)

struct claimer {
	const struct cw_target *target;
	const struct cw_heap *heap;
	struct cw_roots *roots;
	struct cw_claims claims;
	struct cw_thread_blocks *ended;
	uint64_t static_tls; /* bytes below a control block, about */
};

static void claim(struct claimer *claimer, cw_addr start, cw_addr end,
		  enum cw_usage_kind kind, unsigned over,
		  const struct cw_module *module,
		  const struct cw_thread *thread)
{
	*cw_array_push(&claimer->claims.items) = (struct cw_claim){
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
static void claim_module(struct claimer *claimer,
			 const struct cw_module *module)
{
	const unsigned over =
		OVER(PRIVATE) | OVER(FILE) | OVER(READ_ONLY) | OVER(CODE);
	struct cw_elf_layout layout;

	if (!cw_elf_layout_read(claimer->target, module->start, &layout) &&
	    (!module->file || !cw_elf_layout_of_file(module->file, &layout))) {
		/* What is writable at all is all that can be said. */
		claim(claimer, module->start, module->end, CW_USAGE_GLOBAL,
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
		claim(claimer, start, end, CW_USAGE_GLOBAL, over, module, NULL);
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

static void claim_ended(struct claimer *claimer)
{
	cw_array_foreach(segment, &claimer->target->segments)
	{
		if (cw_usage_of_segment(segment) == CW_USAGE_PRIVATE)
			cw_thread_blocks_find(claimer->heap, segment,
					      claimer->ended);
	}
	cw_array_foreach(block, &claimer->ended->items)
	{
		if (block->has_ended)
			claim(claimer, block->start, block->end,
			      CW_USAGE_STACK_ENDED, OVER_UNKNOWN, NULL, NULL);
	}
}

/* @start … @end is the thread's stack, on which its stack pointer may be. */
static void claim_stack(struct claimer *claimer, const struct cw_thread *thread,
			cw_addr start, cw_addr end)
{
	const unsigned over = OVER_UNKNOWN | OVER(STACK_ENDED);
	cw_addr pointer = thread->regs[CW_REG_RSP];

	if (pointer >= start && pointer < end) {
		cw_addr live = (pointer - CW_RED_ZONE) & ~UINT64_C(7);
		if (live > start)
			claim(claimer, start, live, CW_USAGE_STACK_UNUSED, over,
			      NULL, thread);
		else
			live = start;
		start = live;
	}
	claim(claimer, start, end, CW_USAGE_STACK, over, NULL, thread);
}

static void claim_thread(struct claimer *claimer,
			 const struct cw_thread *thread,
			 const struct cw_segment *main_stack)
{
	cw_addr pointer = thread->regs[CW_REG_RSP];
	cw_addr control = thread->regs[CW_REG_FS_BASE];
	struct cw_thread_block block;
	bool has_block = cw_thread_block_read(claimer->target, control, &block);
	bool is_placed = main_stack && cw_segment_has(main_stack, pointer);

	if (is_placed)
		claim_stack(claimer, thread, main_stack->start,
			    main_stack->end);
	if (has_block && block.start < block.end) {
		cw_addr end = control - claimer->static_tls;

		if (end > control || end < block.start)
			end = control;
		if (pointer >= end && pointer < control)
			end = control;
		claim_stack(claimer, thread, block.start, end);
		claim(claimer, end, block.end, CW_USAGE_TLS,
		      OVER_UNKNOWN | OVER(STACK_ENDED), NULL, thread);
		is_placed |= pointer >= block.start && pointer < end;
	} else if (has_block) {
		cw_addr end = (control + CONTROL_SIZE + PAGE - 1) &
			      ~(cw_addr)(PAGE - 1);
		claim(claimer, control - claimer->static_tls, end, CW_USAGE_TLS,
		      OVER_UNKNOWN, NULL, thread);
	}
	if (is_placed)
		return;

	/* A stack that nothing tells the bounds of.  What lies below may be
	 * another one, so it stays a root. */
	const struct cw_segment *segment =
		cw_target_segment(claimer->target, pointer);
	if (segment)
		claim(claimer, (pointer - CW_RED_ZONE) & ~UINT64_C(7),
		      segment->end, CW_USAGE_STACK, OVER_UNKNOWN, NULL, thread);
}

static void claim_threads(struct claimer *claimer)
{
	const struct cw_target *target = claimer->target;
	const struct cw_segment *main_stack = NULL;
	bool is_taken = false;
	uint64_t random;

	if (cw_target_auxv(target, AT_RANDOM_TYPE, &random))
		main_stack = cw_target_segment(target, random);
	cw_array_foreach(thread, &target->threads)
	{
		claim_thread(claimer, thread, main_stack);
		is_taken |=
			main_stack &&
			cw_segment_has(main_stack, thread->regs[CW_REG_RSP]);
	}
	/* The first thread may be on another stack for the moment. */
	if (main_stack && !is_taken && target->threads.num > 0)
		claim(claimer, main_stack->start, main_stack->end,
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
static void claim_goroutines(struct claimer *claimer)
{
	const unsigned over = OVER_UNKNOWN | OVER(STACK) | OVER(STACK_UNUSED);

	cw_array_foreach(goroutine, &claimer->roots->goroutines.items)
	{
		cw_addr start = goroutine->stack_start;
		cw_addr live = cw_goroutine_live(goroutine);

		claim(claimer, start, live, CW_USAGE_STACK_UNUSED, over, NULL,
		      NULL);
		claim(claimer, live, goroutine->stack_end, CW_USAGE_GOROUTINE,
		      over, NULL, NULL);
	}
}

static void claim_heap(struct claimer *claimer)
{
	const struct cw_heap *heap = claimer->heap;

	cw_array_foreach(region, &heap->regions)
	{
		claim(claimer, region->start, region->end, CW_USAGE_HEAP,
		      OVER_ALL, NULL, NULL);
		if (region->kind != CW_REGION_THREAD_ARENA)
			continue;
		/* The rest of its 64 MiB, mapped without access. */
		cw_addr limit = (region->start | (HEAP_MAX_SIZE - 1)) + 1;
		const struct cw_segment *next =
			cw_target_segment(claimer->target, region->end);
		if (next && next->start == region->end && is_reserve(next))
			claim(claimer, next->start,
			      next->end < limit ? next->end : limit,
			      CW_USAGE_HEAP_RESERVE, OVER_ALL, NULL, NULL);
	}
	cw_array_foreach(hole, &heap->holes)
	{
		if (hole->kind == CW_HOLE_FOREIGN)
			claim(claimer, hole->start, hole->end, CW_USAGE_PRIVATE,
			      OVER_ALL, NULL, NULL);
	}
	cw_array_foreach(metadata, &heap->metadata)
	{
		claim(claimer, metadata->start, metadata->end,
		      CW_USAGE_HEAP_METADATA, OVER_ALL, NULL, NULL);
	}
}

void cw_usage_find(const struct cw_target *target, const struct cw_heap *heap,
		   struct cw_roots *roots, struct cw_thread_blocks *ret_ended)
{
	struct claimer claimer = {
		.target = target,
		.heap = heap,
		.roots = roots,
		.ended = ret_ended,
		.static_tls = static_tls_size(target),
	};

	cw_array_foreach(module, &target->modules)
	{
		claim_module(&claimer, module);
	}
	/* Threads of Go's alone have no glibc. */
	if (!heap->index.pointers || heap->index.is_mixed)
		claim_ended(&claimer);
	claim_threads(&claimer);
	claim_goroutines(&claimer);
	claim_heap(&claimer);
	cw_usage_paint(target, &claimer.claims, roots);
	cw_array_deinit(&claimer.claims.items);
}
