/*
 * Goroutine: what each goroutine does or waits for, and its stack.
 *
 * A goroutine that does not run has its registers in its structure.  One that
 * runs has them in its thread, or in what a signal saved on the thread's signal
 * stack.  Where the runtime works for it on the thread's own stack, they are in
 * its structure again: it is in a call.
 *
 * Not here: its frames (golang/frame.h), what is reachable from its stack
 * (golang/stack_map.h).
 */
#ifndef GOLANG_GOROUTINE_H
#define GOLANG_GOROUTINE_H

#include "base/arena.h"
#include "base/array.h"
#include "golang/runtime.h"

/* As the runtime numbers them. */
enum cw_go_status {
	CW_GO_IDLE = 0,
	CW_GO_RUNNABLE = 1,
	CW_GO_RUNNING = 2,
	CW_GO_SYSCALL = 3,
	CW_GO_WAITING = 4,
	CW_GO_DEAD = 6,
	CW_GO_COPYING_STACK = 8,
	CW_GO_PREEMPTED = 9,
	CW_GO_LEAKED = 10,     /* the runtime's own verdict, from 1.26 */
	CW_GO_DEAD_EXTRA = 11, /* kept for callbacks from C */
};

/* Where a goroutine's registers are. */
enum cw_go_registers {
	CW_GO_REGISTERS_SAVED,	 /* it is in a call: they count no more */
	CW_GO_REGISTERS_THREAD,	 /* those of the thread @tid */
	CW_GO_REGISTERS_SIGNAL,	 /* at @signal_registers */
	CW_GO_REGISTERS_UNKNOWN, /* it runs, but where is not known */
};

struct cw_goroutine {
	cw_addr address; /* of its g */
	uint64_t id;
	enum cw_go_status status;
	const char *reason; /* "chan receive"; NULL: it does not wait */
	cw_addr stack_start, stack_end;
	cw_addr sp, pc; /* 0: not known */
	uint32_t tid;	/* of the thread that runs it; 0: none */
	/* Of the one that alone may run it, and runs nothing else; 0: none. */
	uint32_t locked_tid;
	enum cw_go_registers registers;
	cw_addr signal_registers; /* CW_GO_NUM_SIGNAL_REGISTERS words */
	cw_addr context;	  /* of a closure, which is to be run; or 0 */
	cw_addr deferred, panics; /* lists: runtime._defer, runtime._panic */
	cw_addr start;		  /* of the function it was begun with */
	cw_addr creator;	  /* return address of the go statement, or 0 */
	uint64_t creator_id;	  /* 0: not known (before 1.21), or none */
	cw_addr labels;		  /* of profiles, or 0 */
	/* When a collection first saw it wait: by the runtime's clock, ns; 0:
	 * none has. */
	uint64_t wait_since;
};

/* r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip. */
enum { CW_GO_NUM_SIGNAL_REGISTERS = 17 };

struct cw_goroutines {
	CW_ARRAY(struct cw_goroutine) items; /* living ones, by id */
	size_t num_damaged;
	struct cw_arena arena;
};

/* Where the part of its stack begins that is in use. */
static inline cw_addr cw_goroutine_live(const struct cw_goroutine *goroutine)
{
	return goroutine->sp ? goroutine->sp & ~UINT64_C(7)
			     : goroutine->stack_start;
}

/* "waiting", "running"; "unknown" for what is no status. */
const char *cw_go_status_name(enum cw_go_status status);

void cw_goroutines_init(struct cw_goroutines *goroutines,
			const struct cw_go *go);
void cw_goroutines_deinit(struct cw_goroutines *goroutines);

#endif
