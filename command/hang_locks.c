#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "command/command.h"
#include "command/hang_text.h"
#include "command/heading.h"
#include "hang/held.h"

/* Memory that is looked through for mutexes that nobody waits for. */
#define MOST_SCANNED (UINT64_C(4) << 30)

/*
 * Threads that wait for one object: a run of sorted waits.  Of a lock that is
 * held only, there are none.
 */
struct lock {
	const struct cw_wait *first; /* NULL: nobody waits */
	const struct cw_held *held;  /* of that, or NULL */
	uint32_t begin, num;	     /* in sorted */
};

struct locks {
	const struct cw_wait **sorted; /* by object */
	size_t num_sorted;
	CW_ARRAY(struct lock) items; /* most waiters first */
	size_t num_wanted;	     /* that there are waiters for */
	uint64_t left_out;	     /* bytes not looked through */
};

static int compare_waits(const void *left, const void *right)
{
	const struct cw_wait *a = *(const struct cw_wait **)left;
	const struct cw_wait *b = *(const struct cw_wait **)right;

	if (a->object.address != b->object.address)
		return a->object.address < b->object.address ? -1 : 1;
	return (a > b) - (a < b);
}

static int compare_locks(const void *left, const void *right)
{
	const struct lock *a = left, *b = right;

	if (a->num != b->num)
		return a->num < b->num ? 1 : -1;
	return (a->begin > b->begin) - (a->begin < b->begin);
}

static void locks_init(struct locks *locks, const struct cw_waits *waits)
{
	*locks = (struct locks){0};
	locks->sorted =
		cw_alloc((waits->items.num + 1) * sizeof(*locks->sorted));
	cw_array_foreach(wait, &waits->items)
	{
		if (cw_wait_is_for_lock(wait) && wait->object.address &&
		    wait->object.kind != CW_WAIT_JOIN)
			locks->sorted[locks->num_sorted++] = wait;
	}
	qsort(locks->sorted, locks->num_sorted, sizeof(*locks->sorted),
	      compare_waits);
	for (size_t i = 0; i < locks->num_sorted; i++) {
		const struct cw_wait *wait = locks->sorted[i];
		if (i == 0 || locks->sorted[i - 1]->object.address !=
				      wait->object.address)
			*cw_array_push(&locks->items) =
				(struct lock){.first = wait, .begin = i};
		locks->items.items[locks->items.num - 1].num++;
	}
	if (locks->items.num > 1)
		qsort(locks->items.items, locks->items.num, sizeof(struct lock),
		      compare_locks);
	locks->num_wanted = locks->items.num;
	cw_array_foreach(held, &waits->held)
	{
		if (!held->is_wanted)
			*cw_array_push(&locks->items) =
				(struct lock){.held = held};
	}
}

static struct cw_wait_object object_of(const struct lock *lock)
{
	if (lock->first)
		return lock->first->object;
	return (struct cw_wait_object){.kind = lock->held->kind,
				       .address = lock->held->address};
}

static void locks_deinit(struct locks *locks)
{
	free(locks->sorted);
	cw_array_deinit(&locks->items);
}

/* An rwlock is one lock, whatever is wanted of it. */
static const char *kind_name(const struct lock *lock)
{
	enum cw_wait_kind kind = object_of(lock).kind;

	if (kind == CW_WAIT_RWLOCK_READ || kind == CW_WAIT_RWLOCK_WRITE)
		return "rwlock";
	return cw_wait_kind_name(kind);
}

static void add_waiters(const struct locks *locks, const struct lock *lock,
			struct cw_text *text)
{
	enum { MAX_LISTED = 8 };

	for (uint32_t i = 0; i < lock->num; i++) {
		if (i == MAX_LISTED) {
			cw_text_add(text, ", …");
			return;
		}
		const struct cw_wait *wait = locks->sorted[lock->begin + i];
		cw_text_add(text, i ? ", " : "");
		if (wait->thread)
			cw_text_addf(text, "%u", wait->thread->number);
		else
			cw_hang_waiter(wait, text);
	}
}

static struct cw_error *write_row(struct cw_call *call, struct cw_table *table,
				  const struct locks *locks,
				  const struct lock *lock)
{
	cw_cleanup_text struct cw_text name = {0}, owner = {0}, waiters = {0};

	const struct cw_wait_object object = object_of(lock);
	struct cw_error *err =
		cw_hang_object_name(call->session, &object, &name);
	if (err)
		return err;
	if (lock->first) {
		cw_hang_owner(call->session, lock->first, &owner);
	} else {
		cw_hang_waiter(
			&call->session->waits->items.items[lock->held->thread],
			&owner);
		if (lock->held->is_inferred)
			cw_text_add(&owner, " (inferred)");
	}
	add_waiters(locks, lock, &waiters);
	cw_table_row(table);
	cw_table_text(table, kind_name(lock));
	cw_table_address(table, object.address);
	cw_table_text(table, owner.chars ? owner.chars : "");
	cw_table_count(table, lock->num);
	cw_table_text(table, waiters.chars ? waiters.chars : "");
	cw_table_text(table, name.chars ? name.chars : "");
	return NULL;
}

static struct cw_error *write_text(struct cw_call *call,
				   const struct locks *locks)
{
	static const struct cw_column columns[] = {
		{"lock", CW_COLUMN_TEXT},    {"address", CW_COLUMN_TEXT},
		{"held by", CW_COLUMN_TEXT}, {"waiters", CW_COLUMN_NUMBER},
		{"threads", CW_COLUMN_TEXT}, {"name", CW_COLUMN_CUT},
	};
	uint64_t limit = call->options->limit;
	char counted[CW_COUNTED_SIZE];
	struct cw_error *err = NULL;
	struct cw_table table;

	cw_heading_write(call->out, call->session->target);
	cw_table_init(&table, call->out, columns, cw_num_elements(columns));
	for (size_t i = 0;
	     !err && i < locks->items.num && (!limit || i < limit); i++)
		err = write_row(call, &table, locks, &locks->items.items[i]);
	cw_table_end(&table);
	if (err)
		return err;
	if (limit && locks->items.num > limit)
		cw_output_more(call->out, locks->items.num - limit);
	cw_output_line(
		call->out, 2, "= %s that %zu %s wait for, %zu held besides",
		cw_output_counted(counted, locks->num_wanted, "lock"),
		locks->num_sorted,
		call->session->waits->num_goroutines ? "threads and goroutines"
						     : "threads",
		locks->items.num - locks->num_wanted);
	if (locks->left_out)
		cw_output_line(
			call->out, 2,
			"%s were not looked through for mutexes that "
			"nobody waits for",
			cw_output_bytes(call->out, counted, locks->left_out));
	cw_output_suggest(call->out, "hang waits");
	return NULL;
}

static void json_waiters(struct cw_json *json, const char *key,
			 const struct locks *locks, const struct lock *lock,
			 bool are_goroutines)
{
	cw_json_array(json, key);
	for (uint32_t i = 0; i < lock->num; i++) {
		const struct cw_wait *wait = locks->sorted[lock->begin + i];
		if (are_goroutines != (wait->goroutine != NULL))
			continue;
		cw_json_count(json, NULL,
			      wait->goroutine ? wait->goroutine->id
					      : wait->thread->tid);
	}
	cw_json_end(json);
}

static struct cw_error *write_json(struct cw_call *call,
				   const struct locks *locks)
{
	struct cw_json *json = call->out->json;
	uint64_t limit = call->options->limit;
	struct cw_error *err = NULL;

	cw_json_array(json, "rows");
	for (size_t i = 0;
	     !err && i < locks->items.num && (!limit || i < limit); i++) {
		const struct lock *lock = &locks->items.items[i];
		const struct cw_wait_object object = object_of(lock);
		cw_cleanup_text struct cw_text name = {0};

		err = cw_hang_object_name(call->session, &object, &name);
		cw_json_object(json, NULL);
		cw_json_text(json, "lock", kind_name(lock));
		cw_json_address(json, "address", object.address);
		cw_json_text(json, "name", name.chars);
		if (lock->first)
			cw_hang_json_wait_owner(json, call->session->waits,
						lock->first);
		else
			cw_hang_json_owner(json, call->session->waits, "owner",
					   lock->held->thread);
		cw_json_bool(json, "inferred",
			     lock->first ? lock->first->is_inferred
					 : lock->held->is_inferred);
		cw_json_bool(json, "orphaned",
			     lock->first && lock->first->is_orphaned);
		json_waiters(json, "waiters", locks, lock, false);
		json_waiters(json, "goroutines", locks, lock, true);
		cw_json_end(json);
	}
	cw_json_end(json);
	return err;
}

static struct cw_error *run(struct cw_call *call)
{
	struct cw_session *session = call->session;
	struct locks locks;
	uint64_t left_out;

	struct cw_error *err =
		cw_held_scan(session->waits, session->target,
			     &session->progress, MOST_SCANNED, &left_out);
	if (err)
		return err;
	locks_init(&locks, session->waits);
	locks.left_out = left_out;
	call->result->has_totals = true;
	call->result->count = locks.items.num;
	if (locks.items.num) {
		call->result->has_address = true;
		call->result->address =
			object_of(&locks.items.items[0]).address;
	}
	err = call->out->json ? write_json(call, &locks)
			      : write_text(call, &locks);
	locks_deinit(&locks);
	return err;
}

const struct cw_command cw_command_hang_locks = {
	.group = "hang",
	.name = "locks",
	.arguments = "",
	.summary = "what is waited for or held: its owner and its waiters",
	.help = "Mutexes, condition variables, rwlocks, semaphores, barriers "
		"and\n"
		"other locks that threads wait for, most waiters first; then\n"
		"mutexes that are held and nobody waits for, and locks that\n"
		"guards in frames (lock_guard, MutexGuard) show to be held:\n"
		"of locks that do not know their owner that is inferred.",
	.known_as = "!locks, !cs (WinDbg), syncblk (SOS)",
	.needs = CW_NEEDS_WAITS,
	.takes = CW_TAKES_LIMIT,
	.run = run,
};
