#include <inttypes.h>

#include "base/memory.h"
#include "command/command.h"
#include "command/hang_text.h"
#include "command/heading.h"
#include "hang/descriptor.h"

/* Threads that hold up others, those that wait for locks, all others. */
enum { NUM_RANKS = 3 };

static unsigned rank_of(const struct cw_wait *wait)
{
	if (wait->num_held_up)
		return 0;
	if (wait->is_leaked || wait->is_orphaned)
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

static struct cw_error *write_row(struct cw_call *call, struct cw_table *table,
				  const struct cw_wait *wait)
{
	cw_cleanup_text struct cw_text object = {0}, owner = {0};

	struct cw_error *err = cw_hang_object(call->session, wait, &object);
	if (err)
		return err;
	cw_hang_owner(call->session, wait, &owner);
	cw_table_row(table);
	if (wait->thread) {
		cw_table_count(table, wait->thread->number);
		cw_table_format(table, "%u", wait->thread->tid);
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

static struct cw_error *write_text(struct cw_call *call)
{
	static const struct cw_column columns[] = {
		{"thread", CW_COLUMN_NUMBER},	{"TID", CW_COLUMN_NUMBER},
		{"name", CW_COLUMN_TEXT},	{"waits for", CW_COLUMN_TEXT},
		{"which is", CW_COLUMN_CUT},	{"held by", CW_COLUMN_CUT},
		{"holds up", CW_COLUMN_NUMBER},
	};
	const struct cw_waits *waits = call->session->waits;
	uint64_t limit = call->options->limit, num = 0;
	struct cw_error *err = NULL;
	struct cw_table table;

	cw_heading_write(call->out, call->session->target);
	cw_heading_write_warnings(call->out, call->session->target);
	cw_table_init(&table, call->out, columns, cw_num_elements(columns));
	for (unsigned rank = 0; rank < NUM_RANKS; rank++)
		cw_array_foreach(wait, &waits->items)
		{
			if (err || rank_of(wait) != rank ||
			    (limit && num == limit))
				continue;
			num++;
			err = write_row(call, &table, wait);
		}
	cw_table_end(&table);
	if (err)
		return err;
	cw_output_more(call->out, waits->items.num - num);
	write_totals(call);
	return NULL;
}

static void write_json_descriptors(struct cw_call *call,
				   const struct cw_wait *wait)
{
	const struct cw_target *target = call->session->target;
	struct cw_json *json = call->out->json;
	int32_t fds[CW_MAX_DESCRIPTORS];
	size_t num = 0;

	if (wait->thread && !cw_wait_is_for_lock(wait))
		num = cw_descriptors_of(target, wait, fds);
	cw_json_array(json, "descriptors");
	for (size_t i = 0; i < num && i < CW_MAX_DESCRIPTORS; i++) {
		cw_cleanup_text struct cw_text what = {0};
		cw_descriptor_describe(target, fds[i], &what);
		cw_json_object(json, NULL);
		cw_json_count(json, "fd", fds[i]);
		cw_json_text(json, "is", what.chars);
		cw_json_end(json);
	}
	cw_json_end(json);
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
	write_json_descriptors(call, wait);
	if (wait->is_orphaned) {
		cw_json_count(json, "owner", wait->object.owner_tid);
		cw_json_null(json, "owner_goroutine");
	} else {
		cw_hang_json_owner(json, waits, "owner", wait->owner);
	}
	cw_json_bool(json, "owner_inferred", wait->is_inferred);
	cw_json_bool(json, "orphaned", wait->is_orphaned);
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
		"then those that wait for locks with an owner.",
	.known_as = "!locks, !cs (WinDbg), syncblk (SOS)",
	.needs = CW_NEEDS_WAITS,
	.takes = CW_TAKES_LIMIT,
	.run = run,
};
