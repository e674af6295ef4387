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
	cw_addr string = go->wait_reasons + reason * 16;
	uint64_t start, length;

	if (go->wait_reasons == 0 || reason == 0 || reason >= MAX_REASONS ||
	    !cw_target_read_word(go->target, string, &start) ||
	    !cw_target_read_word(go->target, string + 8, &length) ||
	    length == 0 || length > MAX_REASON)
		return NULL;
	const char *text = cw_target_bytes(go->target, start, length);
	return text ? cw_arena_strndup(&reader->goroutines->arena, text, length)
		    : NULL;
}

/* The thread that runs it, and where on its stack that is. */
static void read_thread(const struct reader *reader, cw_addr m,
			struct cw_goroutine *goroutine)
{
	const struct cw_go *go = reader->go;
	uint64_t tid;

	if (m == 0 ||
	    !cw_target_read_word(go->target,
				 m + go->layout.places[CW_GO_THREAD_TID].offset,
				 &tid))
		return;
	cw_array_foreach(thread, &go->target->threads)
	{
		cw_addr sp = thread->regs[CW_REG_RSP];

		if (thread->tid != tid)
			continue;
		goroutine->tid = tid;
		if (sp < goroutine->stack_start || sp >= goroutine->stack_end)
			continue;
		goroutine->sp = sp;
		goroutine->pc = thread->regs[CW_REG_RIP];
	}
}

static void read_registers(const struct reader *reader,
			   const unsigned char *bytes,
			   struct cw_goroutine *goroutine)
{
	const struct cw_go_layout *layout = &reader->go->layout;
	const unsigned char *saved =
		bytes + layout->places[CW_GO_G_SCHED].offset;

	goroutine->sp = cw_go_field(layout, saved, CW_GO_SAVED_SP);
	goroutine->pc = cw_go_field(layout, saved, CW_GO_SAVED_PC);
	if (goroutine->status == CW_GO_SYSCALL) {
		goroutine->sp = cw_go_field(layout, bytes, CW_GO_G_SYSCALL_SP);
		goroutine->pc = cw_go_field(layout, bytes, CW_GO_G_SYSCALL_PC);
	}
	if (goroutine->status == CW_GO_RUNNING ||
	    goroutine->status == CW_GO_SYSCALL)
		read_thread(reader, cw_go_field(layout, bytes, CW_GO_G_THREAD),
			    goroutine);
	if (goroutine->sp < goroutine->stack_start ||
	    goroutine->sp >= goroutine->stack_end)
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
	};
	if (goroutine.status == CW_GO_IDLE || goroutine.status == CW_GO_DEAD ||
	    goroutine.status == CW_GO_DEAD_EXTRA)
		return;
	if (goroutine.status == CW_GO_WAITING ||
	    goroutine.status == CW_GO_LEAKED)
		goroutine.reason =
			reason_name(reader, cw_go_field(layout, bytes,
							CW_GO_G_WAIT_REASON));
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
	if (go->problem || go->all_goroutines == 0 ||
	    !cw_target_read_word(go->target, go->all_goroutines, &list) ||
	    !cw_target_read_word(go->target, go->all_goroutines + 8, &num))
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

bool cw_goroutine_next_frame(const struct cw_go *go,
			     const struct cw_goroutine *goroutine,
			     struct cw_go_frame *frame)
{
	struct cw_go_frame next = {goroutine->pc, goroutine->sp, {0}};
	uint64_t size;

	if (frame->pc != 0) {
		if (frame->function.flags & CW_GO_FUNCTION_TOP ||
		    !cw_go_frame_size(go, &frame->function, frame->pc, &size) ||
		    size > goroutine->stack_end - frame->sp ||
		    !cw_target_read_word(go->target, frame->sp + size,
					 &next.pc))
			return false;
		next.sp = frame->sp + size + 8;
	}
	if (next.pc == 0 || next.sp < goroutine->stack_start ||
	    next.sp >= goroutine->stack_end ||
	    !cw_go_function_at(go, next.pc, &next.function))
		return false;
	*frame = next;
	return true;
}
