#include <inttypes.h>

#include "command/deadlock_text.h"
#include "command/hang_text.h"
#include "command/heading.h"

/* Leaked ones, or suspect ones. */
static void write_goroutines(struct cw_json *json, const struct cw_waits *waits,
			     bool is_sure)
{
	cw_json_array(json, is_sure ? "leaked" : "suspects");
	cw_array_foreach(wait, &waits->items)
	{
		if (!(is_sure ? wait->is_leaked : wait->is_suspect))
			continue;
		cw_json_object(json, NULL);
		cw_json_count(json, "goroutine", wait->goroutine->id);
		cw_json_text(json, "wait", cw_hang_wait_name(wait));
		cw_json_end(json);
	}
	cw_json_end(json);
}

static struct cw_error *write_json(struct cw_call *call)
{
	const struct cw_waits *waits = call->session->waits;
	struct cw_json *json = call->out->json;
	struct cw_error *err = NULL;

	cw_json_array(json, "cycles");
	cw_array_foreach(cycle, &waits->cycles)
	{
		cw_json_object(json, NULL);
		cw_json_bool(json, "has_timeout", cycle->has_timeout);
		cw_json_array(json, "threads");
		for (uint32_t i = 0; !err && i < cycle->num; i++) {
			const struct cw_wait *wait =
				&waits->items.items[waits->members.items
							    [cycle->first + i]];
			cw_cleanup_text struct cw_text name = {0};

			err = cw_hang_object(call->session, wait, &name);
			cw_json_object(json, NULL);
			cw_hang_json_waiter(json, wait);
			cw_json_text(json, "wait", cw_hang_wait_name(wait));
			cw_json_text(json, "waits_for", name.chars);
			cw_hang_json_owner(json, waits, "held_by", wait->owner);
			cw_json_end(json);
		}
		cw_json_end(json);
		cw_json_end(json);
	}
	cw_json_end(json);
	cw_json_array(json, "lost_wakeups");
	cw_array_foreach(stuck, &waits->items)
	{
		if (!waits->is_stuck || !cw_wait_is_for_signal(stuck))
			continue;
		cw_json_object(json, NULL);
		cw_hang_json_waiter(json, stuck);
		cw_json_text(json, "wait", cw_hang_wait_name(stuck));
		cw_json_address(json, "object", stuck->object.address);
		cw_json_end(json);
	}
	cw_json_end(json);
	cw_json_array(json, "orphans");
	cw_array_foreach(wait, &waits->items)
	{
		if (!wait->is_orphaned)
			continue;
		cw_json_object(json, NULL);
		cw_json_count(json, "tid", wait->thread->tid);
		cw_json_address(json, "object", wait->object.address);
		cw_json_count(json, "owner", wait->object.owner_tid);
		cw_json_end(json);
	}
	cw_json_end(json);
	write_goroutines(json, waits, true);
	write_goroutines(json, waits, false);
	return err;
}

/* "3", "g7" */
static void add_node(const struct cw_wait *wait, struct cw_text *text)
{
	if (wait->thread)
		cw_text_addf(text, "%u", wait->thread->number);
	else
		cw_text_addf(text, "g%" PRIu64, wait->goroutine->id);
}

static struct cw_error *write_dot(struct cw_call *call)
{
	const struct cw_waits *waits = call->session->waits;
	struct cw_output *out = call->out;
	struct cw_error *err = NULL;

	cw_output_text(out, "digraph waits {\n");
	cw_array_foreach(wait, &waits->items)
	{
		cw_cleanup_text struct cw_text name = {0}, nodes = {0};

		if (err || wait->owner == CW_NO_THREAD)
			continue;
		err = cw_hang_object(call->session, wait, &name);
		for (char *c = name.chars; c && *c; c++)
			if (*c == '"' || *c == '\\')
				*c = '\'';
		add_node(wait, &nodes);
		cw_text_add(&nodes, " -> ");
		add_node(&waits->items.items[wait->owner], &nodes);
		cw_output_text(out, "\t%s [label=\"%s\"%s];\n", nodes.chars,
			       name.chars ? name.chars : "",
			       wait->cycle != CW_NO_THREAD ? ", color=red"
							   : "");
	}
	cw_output_text(out, "}\n");
	return err;
}

static struct cw_error *run(struct cw_call *call)
{
	const struct cw_waits *waits = call->session->waits;

	call->result->has_totals = true;
	call->result->count = waits->num_deadlocks;
	if (call->out->json)
		return write_json(call);
	if (call->options->is_dot)
		return write_dot(call);
	cw_heading_write(call->out, call->session->target);
	struct cw_error *err = cw_deadlock_text_write(call);
	if (err)
		return err;
	char cycles[CW_COUNTED_SIZE];
	cw_cleanup_text struct cw_text all = {0};
	cw_hang_count(waits, &all);
	cw_output_line(
		call->out, 2, "= %s among %s",
		cw_output_counted(cycles, waits->num_deadlocks, "deadlock"),
		all.chars);
	cw_output_suggest(call->out, "hang stacks");
	cw_output_suggest(call->out, "hang waits");
	return NULL;
}

static const struct cw_option options[] = {
	{.name = "dot",
	 .help = "who waits for whom, for Graphviz",
	 .kind = CW_OPTION_FLAG,
	 .offset = offsetof(struct cw_options, is_dot)},
	{0},
};

const struct cw_command cw_command_hang_deadlocks = {
	.group = "hang",
	.name = "deadlocks",
	.arguments = "",
	.summary = "every ring of threads that wait for each other",
	.help = "All rings of threads and goroutines, a thread that waits for "
		"a\n"
		"lock of its own, locks whose owner has ended without "
		"releasing\n"
		"them, and goroutines that nobody is left to wake.  Locks of\n"
		"Go do not know their owner: it is inferred from code and "
		"frames.\n"
		"A ring that a timeout ends, and a lock that another process "
		"has,\n"
		"are told as that, and are no deadlocks.",
	.known_as = "!deadlock (WinDbg)",
	.needs = CW_NEEDS_WAITS,
	.takes = CW_TAKES_LIMIT,
	.own_options = options,
	.run = run,
};
