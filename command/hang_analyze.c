#include <inttypes.h>

#include "base/memory.h"
#include "command/command.h"
#include "command/deadlock_text.h"
#include "command/hang_text.h"
#include "command/heading.h"
#include "command/wait_text.h"
#include "hang/activity.h"

/* Between the two looks at a process: 0.3 s. */
#define LOOK_NS UINT64_C(300000000)

static struct cw_error *write_head(struct cw_call *call)
{
	const struct cw_waits *waits = call->session->waits;
	cw_cleanup_text struct cw_text text = {0}, held = {0};
	char others[CW_COUNTED_SIZE];

	if (waits->head == CW_NO_THREAD)
		return NULL;
	const struct cw_wait *head = &waits->items.items[waits->head];
	cw_hang_waiter(head, &text);
	cw_output_line(
		call->out, 2, "head blocker: %s (%s) holds up %s", text.chars,
		cw_hang_wait_name(head),
		cw_output_counted(others, head->num_held_up,
				  waits->num_goroutines ? "other" : "thread"));
	struct cw_error *err = cw_hang_held(call->session, waits->head, &held);
	if (!err && held.length)
		cw_output_line(call->out, 4, "  it holds %s", held.chars);
	return err;
}

/* How many of some wait for something without a known owner, by what. */
static void write_idle(struct cw_call *call, uint32_t from, uint32_t to,
		       const char *noun)
{
	const struct cw_wait *items = call->session->waits->items.items;
	uint64_t num[CW_NUM_WAIT_KINDS] = {0}, num_idle = 0, num_running = 0;
	cw_cleanup_text struct cw_text text = {0};
	char count[CW_NUMBER_SIZE], counted[CW_COUNTED_SIZE];

	for (uint32_t i = from; i < to; i++) {
		num_running += items[i].object.kind == CW_WAIT_NOTHING;
		if (items[i].owner != CW_NO_THREAD || items[i].outside.kind ||
		    items[i].is_leaked || items[i].is_suspect ||
		    items[i].object.kind == CW_WAIT_NOTHING)
			continue;
		num[items[i].object.kind]++;
		num_idle++;
	}
	for (unsigned kind = 0; kind < CW_NUM_WAIT_KINDS; kind++)
		if (num[kind])
			cw_text_addf(&text, "%s%s %s", text.length ? ", " : "",
				     cw_wait_kind_name(kind),
				     cw_text_count(count, num[kind]));
	if (num_idle)
		cw_output_line(
			call->out, 2, "%s idle, waiting for no known owner: %s",
			cw_output_counted(counted, num_idle, noun), text.chars);
	if (num_running)
		cw_output_line(call->out, 2, "%s running",
			       cw_output_counted(counted, num_running, noun));
}

/* Processes that threads cannot go on without. */
struct others {
	CW_ARRAY(struct other {
		const struct cw_neighbour *process;
		CW_ARRAY(uint32_t) threads; /* numbers in items */
	})
	items;
};

static void others_deinit(struct others *others)
{
	cw_array_foreach(other, &others->items)
		cw_array_deinit(&other->threads);
	cw_array_deinit(&others->items);
}

static struct cw_error *others_find(struct cw_session *session,
				    struct others *ret)
{
	enum { MOST_OTHERS = 64 };
	const struct cw_waits *waits = session->waits;
	struct others others = {0};

	struct cw_error *err = cw_session_need(session, CW_NEEDS_NEIGHBOURS);
	for (uint32_t i = 0; !err && i < waits->num_threads; i++) {
		const struct cw_neighbour *process =
			cw_wait_neighbour(session, &waits->items.items[i]);
		size_t at = 0;
		while (process && at < others.items.num &&
		       others.items.items[at].process->pid != process->pid)
			at++;
		if (!process || at == MOST_OTHERS)
			continue;
		if (at == others.items.num)
			*cw_array_push(&others.items) =
				(struct other){.process = process};
		*cw_array_push(&others.items.items[at].threads) = i;
	}
	*ret = others;
	return err;
}

/* "2 of these wait for another process, PID 12 sh (stopped): 3-4" */
static void write_others(struct cw_call *call, const struct others *others)
{
	enum { MAX_LISTED = 4 };
	char count[CW_NUMBER_SIZE];

	for (size_t i = 0; i < others->items.num; i++) {
		const struct other *other = &others->items.items[i];
		cw_cleanup_text struct cw_text text = {0}, numbers = {0};

		if (i == MAX_LISTED) {
			cw_output_line(
				call->out, 2,
				"and for %zu more processes (hang waits)",
				others->items.num - i);
			return;
		}
		cw_wait_text_neighbour(call->session, other->process, &text);
		cw_hang_numbers(other->threads.items, other->threads.num,
				&numbers);
		cw_output_line(call->out, 2,
			       "%s of these %s for another process, %s: %s",
			       cw_text_count(count, other->threads.num),
			       other->threads.num == 1 ? "waits" : "wait",
			       text.chars, numbers.chars);
	}
}

static void write_json_others(struct cw_call *call, const struct others *others)
{
	struct cw_json *json = call->out->json;

	cw_json_array(json, "others");
	cw_array_foreach(other, &others->items)
	{
		char state[2] = {other->process->state};
		cw_json_object(json, NULL);
		cw_json_count(json, "pid", other->process->pid);
		cw_json_text(json, "name", other->process->name);
		cw_json_text(json, "state", state);
		cw_json_array(json, "tids");
		cw_array_foreach(number, &other->threads) cw_json_count(
			json, NULL,
			call->session->waits->items.items[*number].thread->tid);
		cw_json_end(json);
		cw_json_end(json);
	}
	cw_json_end(json);
}

/* What the only thread waits for; of several hang waits tells. */
static struct cw_error *write_only(struct cw_call *call)
{
	const struct cw_waits *waits = call->session->waits;
	cw_cleanup_text struct cw_text text = {0};

	if (waits->items.num != 1)
		return NULL;
	struct cw_error *err =
		cw_hang_object(call->session, waits->items.items, &text);
	if (!err && text.length)
		cw_output_line(call->out, 4, "  %s", text.chars);
	return err;
}

/* The threads that ran most; what hangs does not run. */
static void write_activity(struct cw_call *call,
			   const struct cw_activity *activity)
{
	enum { MAX_LISTED = 4 };
	const struct cw_target *target = call->session->target;
	cw_cleanup_text struct cw_text text = {0};
	uint64_t last = UINT64_MAX;
	double seconds = activity->ns / 1e9;
	unsigned listed = 0;

	if (activity->num_ran == 0) {
		cw_output_line(call->out, 2,
			       "still: no thread ran in %.1f s after that",
			       seconds);
		return;
	}
	while (listed < MAX_LISTED) {
		uint64_t most = 0;
		for (size_t i = 0; i < target->threads.num; i++)
			if (activity->ran_ns[i] != CW_NOT_SEEN &&
			    activity->ran_ns[i] < last &&
			    activity->ran_ns[i] > most)
				most = activity->ran_ns[i];
		if (most == 0)
			break;
		for (size_t i = 0;
		     i < target->threads.num && listed < MAX_LISTED; i++) {
			if (activity->ran_ns[i] != most)
				continue;
			cw_text_add(&text, listed++ ? ", " : "");
			cw_hang_thread(&target->threads.items[i], &text);
			cw_text_addf(&text, " %.1f %%",
				     100.0 * most / activity->ns);
		}
		last = most;
	}
	cw_output_line(call->out, 2,
		       "busy: %u of %u threads ran in %.1f s after that: %s%s",
		       activity->num_ran, activity->num_seen, seconds,
		       text.chars, activity->num_ran > listed ? ", …" : "");
}

static void write_json_activity(struct cw_call *call,
				const struct cw_activity *activity)
{
	const struct cw_target *target = call->session->target;
	struct cw_json *json = call->out->json;

	cw_json_object(json, "activity");
	cw_json_count(json, "milliseconds", activity->ns / 1000000);
	cw_json_text(json, "verdict", activity->num_ran ? "busy" : "still");
	cw_json_array(json, "ran");
	for (size_t i = 0; i < target->threads.num; i++) {
		if (activity->ran_ns[i] == CW_NOT_SEEN ||
		    activity->ran_ns[i] == 0)
			continue;
		cw_json_object(json, NULL);
		cw_json_count(json, "tid", target->threads.items[i].tid);
		cw_json_count(json, "microseconds", activity->ran_ns[i] / 1000);
		cw_json_end(json);
	}
	cw_json_end(json);
	cw_json_end(json);
}

static void write_json(struct cw_call *call, const struct cw_activity *activity,
		       const struct others *others)
{
	const struct cw_waits *waits = call->session->waits;
	struct cw_json *json = call->out->json;
	uint64_t num_orphaned = 0, num_running = 0, num_elsewhere = 0;

	cw_array_foreach(wait, &waits->items)
	{
		num_orphaned += wait->is_orphaned;
		num_elsewhere += wait->outside.kind == CW_OUTSIDE_PROCESS;
		num_running +=
			wait->thread && wait->object.kind == CW_WAIT_NOTHING;
	}
	cw_json_count(json, "threads", waits->num_threads);
	cw_json_count(json, "goroutines", waits->num_goroutines);
	cw_json_count(json, "leaked", waits->num_leaked);
	cw_json_count(json, "suspects", waits->num_suspect);
	cw_json_count(json, "running", num_running);
	cw_json_count(json, "deadlocks", waits->num_deadlocks);
	cw_json_count(json, "orphaned", num_orphaned);
	cw_json_count(json, "held_by_others", num_elsewhere);
	cw_json_bool(json, "lost_wakeup", waits->is_stuck);
	if (activity->num_seen)
		write_json_activity(call, activity);
	else
		cw_json_null(json, "activity");
	write_json_others(call, others);
	if (waits->head == CW_NO_THREAD) {
		cw_json_null(json, "head_blocker");
		return;
	}
	const struct cw_wait *head = &waits->items.items[waits->head];
	cw_json_object(json, "head_blocker");
	cw_hang_json_waiter(json, head);
	cw_json_text(json, "wait", cw_hang_wait_name(head));
	cw_json_count(json, "holds_up", head->num_held_up);
	cw_json_end(json);
}

/* Whether who could end the wait is not known, but would have to be another. */
static bool is_untold(const struct cw_wait *wait)
{
	switch (wait->object.kind) {
	case CW_WAIT_SEMAPHORE:
	case CW_WAIT_LOCK:
	case CW_WAIT_FUTEX:
	case CW_WAIT_RWLOCK_WRITE:
		return wait->owner == CW_NO_THREAD && !wait->has_timeout;
	default:
		return false;
	}
}

static void write_no_deadlock(struct cw_call *call)
{
	const struct cw_waits *waits = call->session->waits;
	cw_cleanup_text struct cw_text text = {0};
	char counted[CW_COUNTED_SIZE];
	uint64_t num_untold = 0;

	/* Those of Go wait for its runtime. */
	for (uint32_t i = 0; !waits->num_goroutines && i < waits->num_threads;
	     i++)
		num_untold += is_untold(&waits->items.items[i]);
	cw_text_add(&text, "no deadlock");
	if (waits->head == CW_NO_THREAD)
		cw_text_add(&text, ", and no thread holds up another");
	if (num_untold)
		cw_text_addf(&text,
			     ", as far as is told: %s %s for locks or "
			     "semaphores that do not tell who has them",
			     cw_output_counted(counted, num_untold, "thread"),
			     num_untold == 1 ? "waits" : "wait");
	cw_output_line(call->out, 2, "%s", text.chars);
}

static struct cw_error *write_text(struct cw_call *call,
				   const struct cw_activity *activity,
				   const struct others *others)
{
	const struct cw_waits *waits = call->session->waits;
	bool has_orphan = false;

	cw_heading_write(call->out, call->session->target);
	cw_heading_write_warnings(call->out, call->session->target);
	struct cw_error *err = cw_deadlock_text_write(call);
	if (err)
		return err;
	err = write_head(call);
	if (err)
		return err;
	write_idle(call, 0, waits->num_threads, "thread");
	err = write_only(call);
	if (err)
		return err;
	write_idle(call, waits->num_threads, waits->items.num, "goroutine");
	write_others(call, others);
	cw_array_foreach(wait, &waits->items) has_orphan |= wait->is_orphaned;
	if (!waits->num_deadlocks && !has_orphan && !waits->is_stuck &&
	    !waits->num_leaked)
		write_no_deadlock(call);
	if (activity->num_seen)
		write_activity(call, activity);
	if (others->items.num && !call->out->is_gdb)
		cw_output_suggest(call->out, "hang analyze --pid %" PRIu32,
				  others->items.items[0].process->pid);
	cw_output_suggest(call->out, "hang stacks");
	cw_output_suggest(call->out, "hang waits");
	return NULL;
}

static struct cw_error *run(struct cw_call *call)
{
	struct cw_activity activity = {0};
	struct others others;

	struct cw_error *err = others_find(call->session, &others);
	if (err)
		return err;

	call->result->has_totals = true;
	call->result->count = call->session->waits->num_deadlocks;
	cw_activity_look(call->session->target, LOOK_NS, &activity);
	if (call->out->json)
		write_json(call, &activity, &others);
	else
		err = write_text(call, &activity, &others);
	others_deinit(&others);
	cw_activity_deinit(&activity);
	return err;
}

const struct cw_command cw_command_hang_analyze = {
	.group = "hang",
	.name = "analyze",
	.arguments = "",
	.summary = "why nothing moves: deadlocks, orphans, who holds up most",
	.help = "Rings of threads that wait for each other, locks whose owner\n"
		"has ended, signals that nobody is left to give, the thread\n"
		"that holds up most others, and what the rest waits for.  Of "
		"a\n"
		"process also which threads run in the moment after that.",
	.known_as = "!analyze -hang (WinDbg)",
	.needs = CW_NEEDS_WAITS,
	.takes = CW_TAKES_LIMIT,
	.run = run,
};
