#include "golang/goroutine.h"

#include <stdlib.h>
#include <string.h>

enum {
	SCAN_BIT = 0x1000, /* of a status: its stack is being scanned */
	MAX_REASON = 64,
	MAX_REASONS = 256,
};

struct reader {
	const struct cw_go *go;
	struct cw_goroutines *goroutines;
	uint64_t extent; /* bytes of a g that are read */
};

const char *cw_go_status_name(enum cw_go_status status)
{
	switch (status) {
	case CW_GO_IDLE:
		return "idle";
	case CW_GO_RUNNABLE:
		return "runnable";
	case CW_GO_RUNNING:
		return "running";
	case CW_GO_SYSCALL:
		return "syscall";
	case CW_GO_WAITING:
		return "waiting";
	case CW_GO_DEAD:
	case CW_GO_DEAD_EXTRA:
		return "dead";
	case CW_GO_COPYING_STACK:
		return "copying its stack";
	case CW_GO_PREEMPTED:
		return "preempted";
	case CW_GO_LEAKED:
		return "leaked";
	}
	return "unknown";
}

/* Reasons are renumbered by nearly every release, but have names. */
static const char *reason_name(struct reader *reader, uint64_t reason)
{
	const struct cw_go *go = reader->go;
	cw_addr string = go->globals[CW_GO_WAIT_REASONS] + reason * 16;
	uint64_t start, length;

	if (go->globals[CW_GO_WAIT_REASONS] == 0 || reason == 0 ||
	    reason >= MAX_REASONS ||
	    !cw_target_read_word(go->target, string, &start) ||
	    !cw_target_read_word(go->target, string + 8, &length) ||
	    length == 0 || length > MAX_REASON)
		return NULL;
	const char *text = cw_target_bytes(go->target, start, length);
	return text ? cw_arena_strndup(&reader->goroutines->arena, text, length)
		    : NULL;
}

/* That of the runtime's thread @m, or NULL. */
static const struct cw_thread *thread_of(const struct cw_go *go, cw_addr m)
{
	cw_addr place = m + go->layout.places[CW_GO_THREAD_TID].offset;
	uint64_t tid;

	return m && cw_target_read_word(go->target, place, &tid)
		       ? cw_thread_find_own(go->target, tid)
		       : NULL;
}

static uint32_t tid_of(const struct cw_go *go, cw_addr m)
{
	const struct cw_thread *thread = thread_of(go, m);

	return thread ? thread->tid : 0;
}

static bool is_on_stack(const struct cw_goroutine *goroutine, cw_addr sp)
{
	return sp >= goroutine->stack_start && sp < goroutine->stack_end;
}

/*
 * What the kernel saves where a signal interrupts: in struct ucontext after the
 * flags (8), link (8), and the signal stack (24) come the registers, the flags
 * and the segments.  It begins nowhere in particular, but knows its own stack.
 */
enum {
	CONTEXT_LINK = 8,
	CONTEXT_STACK = 16,
	CONTEXT_STACK_SIZE = 32,
	CONTEXT_REGISTERS = 40,
	CONTEXT_SP = 160,
	CONTEXT_PC = 168,
	CONTEXT_SEGMENTS = 184,
	CONTEXT_SIZE = 192,
	USER_CODE = 0x33,
	MAX_SIGNAL_STACK = 1 << 20,
};

static uint64_t word_in(const unsigned char *bytes, unsigned offset)
{
	uint64_t word;

	memcpy(&word, bytes + offset, sizeof(word));
	return word;
}

static bool is_context(const unsigned char *bytes, cw_addr address)
{
	uint64_t stack = word_in(bytes, CONTEXT_STACK);

	return word_in(bytes, CONTEXT_LINK) == 0 && address >= stack &&
	       address - stack < word_in(bytes, CONTEXT_STACK_SIZE) &&
	       (word_in(bytes, CONTEXT_SEGMENTS) & 0xffff) == USER_CODE;
}

/* Registers that a signal saved on the stack [sp, end) and that are the
 * goroutine's. */
static void read_signal(const struct cw_target *target, cw_addr sp, cw_addr end,
			struct cw_goroutine *goroutine)
{
	const unsigned char *bytes = NULL;

	sp = (sp + 7) / 8 * 8;
	if (sp < end && end - sp <= MAX_SIGNAL_STACK)
		bytes = cw_target_bytes(target, sp, end - sp);
	for (uint64_t at = 0; bytes && end - sp - at >= CONTEXT_SIZE; at += 8) {
		cw_addr saved = word_in(bytes + at, CONTEXT_SP);

		if (!is_on_stack(goroutine, saved) ||
		    !is_context(bytes + at, sp + at))
			continue;
		goroutine->registers = CW_GO_REGISTERS_SIGNAL;
		goroutine->signal_registers = sp + at + CONTEXT_REGISTERS;
		goroutine->sp = saved;
		goroutine->pc = word_in(bytes + at, CONTEXT_PC);
		return;
	}
}

/* Where the stack of a thread's goroutine for signals ends; 0: not known. */
static cw_addr signal_stack_end(const struct cw_go *go, cw_addr m, cw_addr sp)
{
	uint64_t g, bounds[2];

	if (!cw_target_read_word(
		    go->target,
		    m + go->layout.places[CW_GO_THREAD_SIGNAL].offset, &g) ||
	    !cw_target_read(go->target,
			    g + go->layout.places[CW_GO_G_STACK].offset, bounds,
			    sizeof(bounds)) ||
	    sp < bounds[0] || sp >= bounds[1])
		return 0;
	return bounds[1];
}

/* A running goroutine's registers, by its thread. */
static void read_running(const struct reader *reader, cw_addr m,
			 struct cw_goroutine *goroutine)
{
	const struct cw_go *go = reader->go;
	const struct cw_go_layout *layout = &go->layout;
	const struct cw_thread *thread = thread_of(go, m);
	uint64_t sp, pc;

	if (!thread) {
		goroutine->registers = CW_GO_REGISTERS_UNKNOWN;
		return;
	}
	if (is_on_stack(goroutine, thread->regs[CW_REG_RSP])) {
		goroutine->registers = CW_GO_REGISTERS_THREAD;
		goroutine->sp = thread->regs[CW_REG_RSP];
		goroutine->pc = thread->regs[CW_REG_RIP];
		return;
	}
	cw_addr end = signal_stack_end(go, m, thread->regs[CW_REG_RSP]);
	if (end)
		read_signal(go->target, thread->regs[CW_REG_RSP], end,
			    goroutine);
	/* Calls of the vDSO are made on the thread's own stack, and tell where
	 * from. */
	if (goroutine->registers == CW_GO_REGISTERS_SAVED &&
	    cw_target_read_word(go->target,
				m + layout->places[CW_GO_THREAD_VDSO_SP].offset,
				&sp) &&
	    is_on_stack(goroutine, sp) &&
	    cw_target_read_word(go->target,
				m + layout->places[CW_GO_THREAD_VDSO_PC].offset,
				&pc)) {
		goroutine->sp = sp;
		goroutine->pc = pc;
	}
}

static void read_registers(const struct reader *reader,
			   const unsigned char *bytes,
			   struct cw_goroutine *goroutine)
{
	const struct cw_go_layout *layout = &reader->go->layout;
	const unsigned char *saved =
		bytes + layout->places[CW_GO_G_SCHED].offset;
	cw_addr m = cw_go_field(layout, bytes, CW_GO_G_THREAD);

	goroutine->context = cw_go_field(layout, saved, CW_GO_SAVED_CONTEXT);
	goroutine->sp = cw_go_field(layout, bytes, CW_GO_G_SYSCALL_SP);
	goroutine->pc = cw_go_field(layout, bytes, CW_GO_G_SYSCALL_PC);
	if (goroutine->sp == 0) {
		goroutine->sp = cw_go_field(layout, saved, CW_GO_SAVED_SP);
		goroutine->pc = cw_go_field(layout, saved, CW_GO_SAVED_PC);
	}
	if (goroutine->status == CW_GO_RUNNING ||
	    goroutine->status == CW_GO_SYSCALL)
		goroutine->tid = tid_of(reader->go, m);
	if (goroutine->status == CW_GO_RUNNING)
		read_running(reader, m, goroutine);
	/* A call of NULL: the caller is on top. */
	if (goroutine->pc == 0 && is_on_stack(goroutine, goroutine->sp) &&
	    cw_target_read_word(reader->go->target, goroutine->sp,
				&goroutine->pc))
		goroutine->sp += 8;
	if (!is_on_stack(goroutine, goroutine->sp))
		goroutine->sp = goroutine->pc = 0;
}

static void read_goroutine(struct reader *reader, cw_addr address)
{
	const struct cw_go *go = reader->go;
	const struct cw_go_layout *layout = &go->layout;
	const unsigned char *bytes =
		cw_target_bytes(go->target, address, reader->extent);

	if (!bytes) {
		reader->goroutines->num_damaged++;
		return;
	}
	uint64_t stack = layout->places[CW_GO_G_STACK].offset;
	uint64_t bounds[2];
	memcpy(bounds, bytes + stack, sizeof(bounds));
	struct cw_goroutine goroutine = {
		.address = address,
		.id = cw_go_field(layout, bytes, CW_GO_G_ID),
		.status = cw_go_field(layout, bytes, CW_GO_G_STATUS) &
			  ~(uint64_t)SCAN_BIT,
		.stack_start = bounds[0],
		.stack_end = bounds[1],
		.start = cw_go_field(layout, bytes, CW_GO_G_START),
		.creator = cw_go_field(layout, bytes, CW_GO_G_CREATOR),
		.creator_id = cw_go_field(layout, bytes, CW_GO_G_CREATOR_ID),
		.labels = cw_go_field(layout, bytes, CW_GO_G_LABELS),
		.wait_since = cw_go_field(layout, bytes, CW_GO_G_WAIT_SINCE),
		.deferred = cw_go_field(layout, bytes, CW_GO_G_DEFER),
		.panics = cw_go_field(layout, bytes, CW_GO_G_PANIC),
	};
	if (goroutine.status == CW_GO_IDLE || goroutine.status == CW_GO_DEAD ||
	    goroutine.status == CW_GO_DEAD_EXTRA)
		return;
	if (goroutine.status == CW_GO_WAITING ||
	    goroutine.status == CW_GO_LEAKED)
		goroutine.reason =
			reason_name(reader, cw_go_field(layout, bytes,
							CW_GO_G_WAIT_REASON));
	cw_addr locked = cw_go_field(layout, bytes, CW_GO_G_LOCKED);
	if (locked)
		goroutine.locked_tid = tid_of(go, locked);
	read_registers(reader, bytes, &goroutine);
	*cw_array_push(&reader->goroutines->items) = goroutine;
}

static int by_id(const void *left, const void *right)
{
	const struct cw_goroutine *a = left, *b = right;

	return (a->id > b->id) - (a->id < b->id);
}

void cw_goroutines_init(struct cw_goroutines *goroutines,
			const struct cw_go *go)
{
	struct reader reader = {
		.go = go,
		.goroutines = goroutines,
		.extent = cw_go_layout_extent(&go->layout, CW_GO_G_STACK,
					      CW_GO_G_CREATOR_ID),
	};
	uint64_t list, num;

	*goroutines = (struct cw_goroutines){0};
	cw_arena_init(&goroutines->arena);
	if (go->problem || go->globals[CW_GO_ALL_GOROUTINES] == 0 ||
	    !cw_target_read_word(go->target, go->globals[CW_GO_ALL_GOROUTINES],
				 &list) ||
	    !cw_target_read_word(go->target,
				 go->globals[CW_GO_ALL_GOROUTINES] + 8, &num))
		return;
	for (uint64_t i = 0; i < num; i++) {
		cw_addr address;

		if (!cw_target_read_word(go->target, list + i * 8, &address)) {
			goroutines->num_damaged += num - i;
			break;
		}
		read_goroutine(&reader, address);
	}
	if (goroutines->items.num)
		qsort(goroutines->items.items, goroutines->items.num,
		      sizeof(*goroutines->items.items), by_id);
}

void cw_goroutines_deinit(struct cw_goroutines *goroutines)
{
	cw_array_deinit(&goroutines->items);
	cw_arena_deinit(&goroutines->arena);
}
