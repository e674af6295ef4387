/*
 * Goroutine: what each goroutine does or waits for, and its stack.
 *
 * A goroutine that does not run has its registers in its structure; the stack
 * of one that runs is read from its thread where that is on it, else (a signal,
 * the runtime's own work) from where the goroutine was left.
 *
 * Not here: what is reachable from its stack.
 */
#ifndef GOLANG_GOROUTINE_H
#define GOLANG_GOROUTINE_H

#include "golang/function.h"

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

struct cw_goroutine {
	cw_addr address; /* of its g */
	uint64_t id;
	enum cw_go_status status;
	const char *reason; /* "chan receive"; NULL: it does not wait */
	cw_addr stack_start, stack_end;
	cw_addr sp, pc;	     /* 0: not known */
	uint32_t tid;	     /* of the thread that runs it; 0: none */
	cw_addr start;	     /* of the function it was begun with */
	cw_addr creator;     /* return address of the go statement, or 0 */
	uint64_t creator_id; /* 0: not known (before 1.21), or none */
	cw_addr labels;	     /* of profiles, or 0 */
};

struct cw_goroutines {
	CW_ARRAY(struct cw_goroutine) items; /* living ones, by id */
	size_t num_damaged;
	struct cw_arena arena;
};

/* "waiting", "running"; "unknown" for what is no status. */
const char *cw_go_status_name(enum cw_go_status status);

void cw_goroutines_init(struct cw_goroutines *goroutines,
			const struct cw_go *go);
void cw_goroutines_deinit(struct cw_goroutines *goroutines);

struct cw_go_frame {
	cw_addr pc, sp;
	struct cw_go_function function;
};

/*
 * Steps from the innermost frame outwards; begin with a frame of {0}.  False:
 * there are no more.
 */
bool cw_goroutine_next_frame(const struct cw_go *go,
			     const struct cw_goroutine *goroutine,
			     struct cw_go_frame *frame);

#endif
