#include <inttypes.h>

#include "base/memory.h"
#include "command/command.h"
#include "command/hang_text.h"
#include "command/heading.h"
#include "command/wait_text.h"
#include "hang/descriptor.h"
#include "hang/detail.h"

/* Threads that hold up others, those that wait for locks, all others. */
enum { NUM_RANKS = 3 };

static unsigned rank_of(const struct cw_wait *wait)
{
	if (wait->num_held_up)
		return 0;
	if (wait->is_leaked || wait->outside.kind)
		return 1;
	return wait->owner != CW_NO_THREAD ? 1 : 2;
}

static void write_totals(struct cw_call *call)
{
	const struct cw_waits *waits = call->session->waits;
	uint64_t num[CW_NUM_WAIT_KINDS] = {0};
	cw_cleanup_text struct cw_text text = {0};
	cw_cleanup_text struct cw_text all = {0};
	char count[CW_NUMBER_SIZE];

	cw_array_foreach(wait, &waits->items) num[wait->object.kind]++;
	for (unsigned kind = 0; kind < CW_NUM_WAIT_KINDS; kind++)
		if (num[kind])
			cw_text_addf(&text, "%s%s %s", text.length ? ", " : "",
				     cw_wait_kind_name(kind),
				     cw_text_count(count, num[kind]));
	cw_hang_count(waits, &all);
	cw_output_line(call->out, 2, "= %s: %s", all.chars,
		       text.chars ? text.chars : "none");
	cw_output_suggest(call->out, "hang stacks");
	if (waits->cycles.num)
		cw_output_suggest(call->out, "hang deadlocks");
	cw_output_suggest(call->out, "hang locks");
}

/*
 * Threads of one name that wait for the same, hold up nobody and are held up by
 * nobody who is known: they are told in one row.
 */
struct alike {
	const struct cw_wait *first;
	CW_ARRAY(uint32_t) threads; /* numbers in items */
};

struct rows {
	CW_ARRAY(struct alike) items;
	struct cw_map by_hash;
};

static void rows_deinit(struct rows *rows)
{
	cw_array_foreach(row, &rows->items) cw_array_deinit(&row->threads);
	cw_array_deinit(&rows->items);
	cw_map_deinit(&rows->by_hash);
}

/* Of what a row says. */
static uint64_t hash_of(const struct cw_target *target,
			const struct cw_wait *wait)
{
	int32_t fds[CW_MAX_DESCRIPTORS];
	const char *name = wait->thread->name;
	bool is_for_lock = cw_wait_is_for_lock(wait);
	uint64_t hash = wait->object.kind, timeout;

	hash = cw_hash_mix(hash ^ wait->object.address);
	hash = cw_hash_mix(hash ^ wait->has_timeout);
	hash = cw_hash_mix(hash ^ wait->call.number);
	if (name)
		hash ^= cw_hash_bytes(name, strlen(name));
	if (is_for_lock || !wait->is_in_call)
		return cw_hash_mix(hash);
	if (cw_wait_timeout(target, wait, &timeout))
		hash = cw_hash_mix(hash ^ timeout);
	size_t num = cw_descriptors_of(target, wait, fds);
	for (size_t i = 0; i < num && i < CW_MAX_DESCRIPTORS; i++)
		hash = cw_hash_mix(hash ^ (uint32_t)fds[i]);
	/* What is there besides is in registers. */
	for (size_t i = 0; num == 0 && i < 2; i++)
		hash = cw_hash_mix(hash ^ wait->call.arguments[i]);
	return cw_hash_mix(hash ^ (uint64_t)wait->fd);
}

static void rows_init(struct rows *rows, const struct cw_target *target,
		      const struct cw_waits *waits)
{
	*rows = (struct rows){0};
	cw_map_init(&rows->by_hash);
	for (unsigned rank = 0; rank < NUM_RANKS; rank++)
		cw_array_foreach(wait, &waits->items)
		{
			uint32_t number = rows->items.num;
			uint32_t i = wait - waits->items.items;
			if (rank_of(wait) != rank)
				continue;
			if (rank + 1 == NUM_RANKS && wait->thread)
				number = *cw_map_place(&rows->by_hash,
						       hash_of(target, wait),
						       number);
			if (number == rows->items.num)
				*cw_array_push(&rows->items) =
					(struct alike){.first = wait};
			*cw_array_push(&rows->items.items[number].threads) = i;
		}
}

static struct cw_error *write_row(struct cw_call *call, struct cw_table *table,
				  const struct alike *row)
{
	cw_cleanup_text struct cw_text object = {0}, owner = {0}, numbers = {0};
	const struct cw_wait *wait = row->first;
	size_t num = row->threads.num;

	struct cw_error *err = cw_hang_object(call->session, wait, &object);
	if (err)
		return err;
	if (wait->has_timeout && cw_wait_is_for_lock(wait))
		cw_text_add(&object, ", with a timeout");
	cw_hang_owner(call->session, wait, &owner);
	cw_table_row(table);
	if (wait->thread) {
		cw_hang_numbers(row->threads.items, num, &numbers);
		cw_table_text(table, numbers.chars);
		cw_table_format(table, num > 1 ? "%u …" : "%u",
				wait->thread->tid);
	} else {
		cw_table_format(table, "g%" PRIu64, wait->goroutine->id);
		cw_table_text(table, "");
	}
	cw_table_text(table, wait->thread && wait->thread->name
				     ? wait->thread->name
				     : "");
	cw_table_text(table, cw_hang_wait_name(wait));
	cw_table_text(table, object.chars ? object.chars : "");
	cw_table_text(table, owner.chars ? owner.chars : "");
	if (wait->num_held_up)
		cw_table_count(table, wait->num_held_up);
	return NULL;
}

/* The last two columns are left out where they would be empty. */
static size_t num_columns(const struct cw_waits *waits, size_t num)
{
	cw_array_foreach(wait, &waits->items)
	{
		if (wait->owner != CW_NO_THREAD || wait->is_orphaned ||
		    wait->num_inferred || wait->object.num_readers)
			return num;
	}
	return num - 2;
}

static struct cw_error *write_text(struct cw_call *call)
{
	static const struct cw_column columns[] = {
		{"thread", CW_COLUMN_NUMBER},	{"TID", CW_COLUMN_NUMBER},
		{"name", CW_COLUMN_TEXT},	{"waits for", CW_COLUMN_TEXT},
		{"which is", CW_COLUMN_WRAP},	{"held by", CW_COLUMN_WRAP},
		{"holds up", CW_COLUMN_NUMBER},
	};
	const struct cw_waits *waits = call->session->waits;
	uint64_t limit = call->options->limit;
	struct cw_error *err = NULL;
	struct cw_table table;
	struct rows rows;

	rows_init(&rows, call->session->target, waits);
	cw_heading_write(call->out, call->session->target);
	cw_heading_write_warnings(call->out, call->session->target);
	cw_table_init(&table, call->out, columns,
		      num_columns(waits, cw_num_elements(columns)));
	for (size_t i = 0; !err && i < rows.items.num && (!limit || i < limit);
	     i++)
		err = write_row(call, &table, &rows.items.items[i]);
	cw_table_end(&table);
	if (!err && limit && rows.items.num > limit)
		cw_output_more(call->out, rows.items.num - limit);
	rows_deinit(&rows);
	if (err)
		return err;
	write_totals(call);
	return NULL;
}

static struct cw_error *write_json_row(struct cw_call *call,
				       const struct cw_wait *wait)
{
	struct cw_json *json = call->out->json;
	cw_cleanup_text struct cw_text name = {0};
	const struct cw_waits *waits = call->session->waits;

	struct cw_error *err =
		cw_hang_object_name(call->session, &wait->object, &name);
	if (err)
		return err;
	cw_json_object(json, NULL);
	cw_hang_json_waiter(json, wait);
	cw_json_text(json, "name", wait->thread ? wait->thread->name : NULL);
	cw_json_text(json, "wait", cw_hang_wait_name(wait));
	if (wait->object.address)
		cw_json_address(json, "object", wait->object.address);
	else
		cw_json_null(json, "object");
	cw_json_text(json, "object_name", name.chars);
	cw_wait_json_add(call->session, wait, json);
	cw_hang_json_wait_owner(json, waits, wait);
	cw_json_bool(json, "owner_inferred", wait->is_inferred);
	cw_json_bool(json, "orphaned", wait->is_orphaned);
	if (wait->outside.pid)
		cw_json_count(json, "owner_process", wait->outside.pid);
	else
		cw_json_null(json, "owner_process");
	cw_json_bool(json, "has_timeout", wait->has_timeout);
	if (wait->object.num_readers)
		cw_json_count(json, "readers", wait->object.num_readers);
	else
		cw_json_null(json, "readers");
	cw_json_bool(json, "leaked", wait->is_leaked);
	cw_json_array(json, "holds");
	cw_array_foreach(held, &waits->held)
	{
		if (waits->items.items + held->thread == wait)
			cw_json_address(json, NULL, held->address);
	}
	cw_json_end(json);
	cw_json_count(json, "holds_up", wait->num_held_up);
	cw_json_end(json);
	return NULL;
}

static struct cw_error *run(struct cw_call *call)
{
	const struct cw_waits *waits = call->session->waits;
	uint64_t limit = call->options->limit;
	struct cw_error *err = NULL;

	call->result->has_totals = true;
	call->result->count = waits->items.num;
	if (!call->out->json)
		return write_text(call);
	err = cw_session_need(call->session, CW_NEEDS_NEIGHBOURS);
	if (err)
		return err;
	cw_json_array(call->out->json, "rows");
	for (size_t i = 0;
	     !err && i < waits->items.num && (!limit || i < limit); i++)
		err = write_json_row(call, &waits->items.items[i]);
	cw_json_end(call->out->json);
	return err;
}

const struct cw_command cw_command_hang_waits = {
	.group = "hang",
	.name = "waits",
	.arguments = "",
	.summary = "what each thread waits for, and who owns that",
	.help = "From the registers of system calls and the words of locks: "
		"no\n"
		"symbols are needed.  Threads that hold up others come first,\n"
		"then those that wait for locks with an owner; of the rest "
		"those\n"
		"of one name that wait for the same are one row.  Of a "
		"process\n"
		"also what files, pipes and sockets they wait at, and which\n"
		"processes of this machine have the other end.",
	.known_as = "!locks, !cs (WinDbg), syncblk (SOS)",
	.needs = CW_NEEDS_WAITS,
	.takes = CW_TAKES_LIMIT,
	.run = run,
};
