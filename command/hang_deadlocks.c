#include <inttypes.h>

#include "command/hang_deadlocks.h"
#include "command/hang_text.h"
#include "command/heading.h"

static const struct cw_wait *member(const struct cw_waits *waits,
				    const struct cw_wait_cycle *cycle,
				    uint32_t i)
{
	return &waits->items.items[waits->members.items[cycle->first + i]];
}

static struct cw_error *write_wait(struct cw_call *call,
				   const struct cw_wait *wait)
{
	cw_cleanup_text struct cw_text text = {0}, held = {0};

	cw_hang_thread(wait->thread, &text);
	cw_text_addf(&text, " waits for %s ", cw_hang_wait_name(wait));
	struct cw_error *err = cw_hang_object(call->session, wait, &text);
	if (err)
		return err;
	if (wait->owner != CW_NO_THREAD || wait->is_orphaned)
		cw_text_add(&text, wait->object.kind == CW_WAIT_JOIN
					   ? " of "
					   : " held by ");
	cw_hang_owner(call->session, wait, &text);
	cw_output_line(call->out, 4, "  %s", text.chars);
	err = cw_hang_held(call->session,
			   wait - call->session->waits->items.items, &held);
	if (!err && held.length)
		cw_output_line(call->out, 6, "    it holds %s", held.chars);
	return err;
}

static struct cw_error *write_cycle(struct cw_call *call,
				    const struct cw_wait_cycle *cycle)
{
	const struct cw_waits *waits = call->session->waits;
	uint32_t num_others =
		member(waits, cycle, 0)->num_held_up - (cycle->num - 1);
	char others[CW_COUNTED_SIZE];
	struct cw_error *err = NULL;

	if (cycle->num == 1)
		cw_output_text(call->out,
			       "deadlock: a thread waits for itself");
	else
		cw_output_text(call->out, "deadlock: %u threads wait in a ring",
			       cycle->num);
	if (num_others)
		cw_output_text(
			call->out, ", holding up %s",
			cw_output_counted(others, num_others, "other thread"));
	cw_output_text(call->out, "\n");
	for (uint32_t i = 0; !err && i < cycle->num; i++)
		err = write_wait(call, member(waits, cycle, i));
	return err;
}

/* Each object once. */
static bool is_told_already(const struct cw_waits *waits,
			    const struct cw_wait *wait)
{
	for (const struct cw_wait *other = waits->items.items; other < wait;
	     other++)
		if (cw_wait_is_for_signal(other) &&
		    other->object.address == wait->object.address)
			return true;
	return false;
}

static struct cw_error *write_stuck(struct cw_call *call)
{
	enum { MAX_LISTED = 8 };
	const struct cw_waits *waits = call->session->waits;
	struct cw_error *err = NULL;
	unsigned num = 0;

	cw_output_text(call->out, "lost wakeup: no thread can go on, so that "
				  "nobody is left to signal\n");
	cw_array_foreach(wait, &waits->items)
	{
		if (err || !cw_wait_is_for_signal(wait) ||
		    is_told_already(waits, wait))
			continue;
		if (num++ == MAX_LISTED) {
			cw_output_text(call->out, "  …\n");
			break;
		}
		err = write_wait(call, wait);
	}
	return err;
}

struct cw_error *cw_deadlocks_write_text(struct cw_call *call)
{
	const struct cw_waits *waits = call->session->waits;
	struct cw_error *err = NULL;

	cw_array_foreach(cycle, &waits->cycles)
	{
		if (!err)
			err = write_cycle(call, cycle);
	}
	cw_array_foreach(wait, &waits->items)
	{
		if (err || !wait->is_orphaned)
			continue;
		cw_output_text(call->out, "orphan: its owner has ended\n");
		err = write_wait(call, wait);
	}
	return err || !waits->is_stuck ? err : write_stuck(call);
}

static struct cw_error *write_json(struct cw_call *call)
{
	const struct cw_waits *waits = call->session->waits;
	const struct cw_thread *threads = call->session->target->threads.items;
	struct cw_json *json = call->out->json;
	struct cw_error *err = NULL;

	cw_json_array(json, "cycles");
	cw_array_foreach(cycle, &waits->cycles)
	{
		cw_json_object(json, NULL);
		cw_json_array(json, "threads");
		for (uint32_t i = 0; !err && i < cycle->num; i++) {
			const struct cw_wait *wait = member(waits, cycle, i);
			cw_cleanup_text struct cw_text name = {0};

			err = cw_hang_object(call->session, wait, &name);
			cw_json_object(json, NULL);
			cw_json_count(json, "tid", wait->thread->tid);
			cw_json_text(json, "wait", cw_hang_wait_name(wait));
			cw_json_text(json, "waits_for", name.chars);
			cw_json_count(json, "held_by",
				      threads[wait->owner].tid);
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
		cw_json_count(json, "tid", stuck->thread->tid);
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
	return err;
}

static struct cw_error *write_dot(struct cw_call *call)
{
	const struct cw_waits *waits = call->session->waits;
	struct cw_output *out = call->out;
	struct cw_error *err = NULL;

	cw_output_text(out, "digraph waits {\n");
	cw_array_foreach(wait, &waits->items)
	{
		cw_cleanup_text struct cw_text name = {0};

		if (err || wait->owner == CW_NO_THREAD)
			continue;
		err = cw_hang_object(call->session, wait, &name);
		for (char *c = name.chars; c && *c; c++)
			if (*c == '"' || *c == '\\')
				*c = '\'';
		cw_output_text(out, "\t%u -> %u [label=\"%s\"%s];\n",
			       wait->thread->number, wait->owner + 1,
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
	call->result->count = waits->cycles.num;
	if (call->out->json)
		return write_json(call);
	if (call->options->is_dot)
		return write_dot(call);
	cw_heading_write(call->out, call->session->target);
	struct cw_error *err = cw_deadlocks_write_text(call);
	if (err)
		return err;
	char cycles[CW_COUNTED_SIZE], threads[CW_COUNTED_SIZE];
	cw_output_line(call->out, 2, "= %s among %s",
		       cw_output_counted(cycles, waits->cycles.num, "deadlock"),
		       cw_output_counted(threads, waits->items.num, "thread"));
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
	.help = "All rings, a thread that waits for a lock of its own, and "
		"locks\n"
		"whose owner has ended without releasing them.",
	.known_as = "!deadlock (WinDbg)",
	.needs = CW_NEEDS_WAITS,
	.own_options = options,
	.run = run,
};
