#include "hang/infer.h"

#include "base/memory.h"
#include "hang/guard.h"
#include "hang/held.h"
#include "hang/layout.h"
#include "hang/runner.h"
#include "hang/thread_number.h"

struct inference {
	struct cw_waits *waits;
	const struct cw_target *target;
	struct cw_guards guards;
};

static uint32_t word_at(const struct cw_target *target, cw_addr address,
			size_t size)
{
	uint32_t word = 0;

	cw_target_read(target, address, &word, size);
	return word;
}

/* Whether the guard's lock is held by somebody, and maybe by its thread. */
static bool may_hold(const struct inference *inference,
		     const struct cw_guard *guard, bool *ret_is_told)
{
	const struct cw_target *target = inference->target;
	const struct cw_thread *thread = &target->threads.items[guard->thread];
	cw_addr lock = guard->lock;

	*ret_is_told =
		!guard->is_shared && (guard->is_mutex || guard->is_rwlock);
	if (guard->is_mutex)
		return cw_thread_is_called(
			target, thread,
			word_at(target, lock + CW_MUTEX_OWNER, 4));
	if (guard->is_rwlock && !guard->is_shared)
		return cw_thread_is_called(
			target, thread,
			word_at(target, lock + CW_RWLOCK_WRITER, 4));
	return word_at(target, guard->state, guard->state_size) != 0;
}

/*
 * A guard may be one whose lock is still waited for: it is there before it
 * holds anything, unless it says so.  In a wait for a condition it is without
 * its lock.
 */
static bool is_idle(const struct inference *inference,
		    const struct cw_guard *guard)
{
	const struct cw_wait *wait =
		&inference->waits->items.items[guard->thread];
	unsigned num = 0;

	if (wait->object.kind == CW_WAIT_CONDITION)
		return true;
	if (!cw_wait_is_for_lock(wait) ||
	    !cw_guard_covers(guard, wait->object.address))
		return false;
	if (guard->is_owning)
		return false;
	cw_array_foreach(other, &inference->guards.items) num +=
		other->thread == guard->thread && other->address &&
		other->lock == guard->lock;
	return num < 2;
}

static enum cw_wait_kind kind_of(const struct cw_guard *guard)
{
	if (guard->is_shared)
		return CW_WAIT_RWLOCK_READ;
	if (guard->is_writers)
		return CW_WAIT_RWLOCK_WRITE;
	return guard->is_mutex ? CW_WAIT_MUTEX : CW_WAIT_LOCK;
}

/*
 * Of several readers all must let go: the arrow leads to one through whom the
 * thread waits for itself, if there is such.
 */
static void infer_owner(const struct inference *inference, uint32_t number)
{
	struct cw_waits *waits = inference->waits;
	struct cw_wait *wait = &waits->items.items[number];
	uint32_t owner = CW_NO_THREAD, num = 0;
	bool is_shared = false, is_told;

	cw_array_foreach(guard, &inference->guards.items)
	{
		if (!cw_guard_covers(guard, wait->object.address) ||
		    is_idle(inference, guard) ||
		    !may_hold(inference, guard, &is_told) ||
		    guard->thread == owner)
			continue;
		num++;
		is_shared = guard->is_shared;
		if (owner == CW_NO_THREAD ||
		    cw_waits_lead_to(waits, guard->thread, number))
			owner = guard->thread;
	}
	if (num == 0 || (num > 1 && !is_shared))
		return;
	wait->owner = owner;
	wait->is_inferred = true;
	wait->num_inferred = num;
}

static bool wants_owner(const struct cw_wait *wait)
{
	switch (wait->object.kind) {
	case CW_WAIT_MUTEX:
	case CW_WAIT_RWLOCK_READ:
	case CW_WAIT_RWLOCK_WRITE:
	case CW_WAIT_LOCK:
	case CW_WAIT_FUTEX:
		return wait->owner == CW_NO_THREAD && !wait->outside.kind;
	default:
		return false;
	}
}

static void add_held(struct cw_waits *waits, const struct cw_held *held)
{
	*cw_array_push(&waits->held) = *held;
}

static void hold_by_guards(const struct inference *inference)
{
	cw_array_foreach(guard, &inference->guards.items)
	{
		struct cw_held held = {
			.thread = guard->thread,
			.address = guard->lock,
			.kind = kind_of(guard),
		};
		bool is_told;

		if (!may_hold(inference, guard, &is_told) ||
		    (!is_told && is_idle(inference, guard)))
			continue;
		held.is_inferred = !is_told;
		add_held(inference->waits, &held);
	}
}

static void hold_by_waits(struct cw_waits *waits)
{
	cw_array_foreach(wait, &waits->items)
	{
		const struct cw_held held = {
			.thread = wait->owner,
			.address = wait->object.address,
			.kind = wait->object.kind,
			.is_inferred = wait->is_inferred,
			.is_wanted = true,
		};
		if (wait->owner != CW_NO_THREAD && wait->object.address &&
		    wait->object.kind != CW_WAIT_JOIN)
			add_held(waits, &held);
	}
}

/* All of them before any is told: who waits for whom must not change that. */
static void infer_runners(struct cw_waits *waits, struct cw_debug *debug)
{
	cw_cleanup_free uint32_t *owners =
		cw_alloc((waits->num_threads + 1) * sizeof(*owners));
	struct cw_runners runners;

	cw_runners_init(&runners, debug, waits);
	for (uint32_t i = 0; i < waits->num_threads; i++)
		owners[i] = cw_runners_owner(&runners, i);
	cw_runners_deinit(&runners);
	for (uint32_t i = 0; i < waits->num_threads; i++) {
		struct cw_wait *wait = &waits->items.items[i];
		if (owners[i] == CW_NO_THREAD)
			continue;
		wait->owner = owners[i];
		wait->is_inferred = true;
		wait->num_inferred = 1;
	}
}

struct cw_error *cw_waits_infer(struct cw_waits *waits, struct cw_debug *debug,
				struct cw_progress *progress)
{
	struct inference inference = {
		.waits = waits,
		.target = cw_debug_target(debug),
	};
	struct cw_error *err =
		cw_guards_find(debug, progress, &inference.guards);

	if (err)
		return err;
	for (uint32_t i = 0; i < waits->items.num; i++)
		if (inference.guards.items.num &&
		    wants_owner(&waits->items.items[i]))
			infer_owner(&inference, i);
	infer_runners(waits, debug);
	hold_by_waits(waits);
	hold_by_guards(&inference);
	cw_held_sort(waits);
	cw_guards_deinit(&inference.guards);
	return NULL;
}
