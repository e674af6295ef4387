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

/* A goroutine for its thread, or the other way round: that is the owner. */
static bool is_for_runner(const struct cw_wait *wait)
{
	return wait->object.kind == CW_WAIT_THREAD ||
	       wait->object.kind == CW_WAIT_GOROUTINE;
}

static const char *held_word(const struct cw_wait *wait)
{
	switch (wait->object.kind) {
	case CW_WAIT_JOIN:
		return " of ";
	case CW_WAIT_THREAD:
	case CW_WAIT_GOROUTINE:
		return "";
	case CW_WAIT_CHANNEL:
		return " that else only has ";
	default:
		return " held by ";
	}
}

static struct cw_error *write_wait(struct cw_call *call,
				   const struct cw_wait *wait)
{
	cw_cleanup_text struct cw_text text = {0}, held = {0};

	cw_hang_waiter(wait, &text);
	cw_text_add(&text, " waits for ");
	if (!is_for_runner(wait))
		cw_text_addf(&text, "%s ", cw_hang_wait_name(wait));
	struct cw_error *err = cw_hang_object(call->session, wait, &text);
	if (err)
		return err;
	if (wait->owner != CW_NO_THREAD || wait->is_orphaned)
		cw_text_add(&text, held_word(wait));
	cw_hang_owner(call->session, wait, &text);
	cw_output_line(call->out, 4, "  %s", text.chars);
	err = cw_hang_held(call->session,
			   wait - call->session->waits->items.items, &held);
	if (!err && held.length)
		cw_output_line(call->out, 6, "    it holds %s", held.chars);
	return err;
}

/* What they are. */
static const char *nouns_of(const struct cw_waits *waits,
			    const struct cw_wait_cycle *cycle)
{
	uint32_t num_threads = 0;

	for (uint32_t i = 0; i < cycle->num; i++)
		num_threads += member(waits, cycle, i)->thread != NULL;
	return num_threads == cycle->num ? "threads"
	       : num_threads == 0	 ? "goroutines"
					 : "threads and goroutines";
}

static struct cw_error *write_cycle(struct cw_call *call,
				    const struct cw_wait_cycle *cycle)
{
	const struct cw_waits *waits = call->session->waits;
	uint32_t num_others =
		member(waits, cycle, 0)->num_held_up - (cycle->num - 1);
	char others[CW_COUNTED_SIZE];
	const char *nouns = nouns_of(waits, cycle);
	struct cw_error *err = NULL;

	if (cycle->num == 1)
		cw_output_text(call->out, "deadlock: a %s waits for itself",
			       member(waits, cycle, 0)->thread ? "thread"
							       : "goroutine");
	else
		cw_output_text(call->out, "deadlock: %u %s wait in a ring",
			       cycle->num, nouns);
	if (num_others)
		cw_output_text(call->out, ", holding up %s",
			       cw_output_counted(others, num_others,
						 waits->num_goroutines
							 ? "other"
							 : "other thread"));
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

/* The first few of those that @is_meant says. */
static struct cw_error *
write_some(struct cw_call *call, bool (*is_meant)(const struct cw_waits *waits,
						  const struct cw_wait *wait))
{
	enum { MAX_LISTED = 8 };
	const struct cw_waits *waits = call->session->waits;
	struct cw_error *err = NULL;
	unsigned num = 0;

	cw_array_foreach(wait, &waits->items)
	{
		if (err || !is_meant(waits, wait))
			continue;
		if (num++ == MAX_LISTED) {
			cw_output_text(call->out, "  …\n");
			break;
		}
		err = write_wait(call, wait);
	}
	return err;
}

static bool is_stuck(const struct cw_waits *waits, const struct cw_wait *wait)
{
	return cw_wait_is_for_signal(wait) && !is_told_already(waits, wait);
}

static struct cw_error *write_stuck(struct cw_call *call)
{
	cw_output_text(call->out, "lost wakeup: no thread can go on, so that "
				  "nobody is left to signal\n");
	return write_some(call, is_stuck);
}

/* But for those that are in rings. */
static bool is_leaked(const struct cw_waits *waits, const struct cw_wait *wait)
{
	(void)waits;
	return wait->is_leaked && wait->cycle == CW_NO_THREAD;
}

static struct cw_error *write_leaked(struct cw_call *call)
{
	char counted[CW_COUNTED_SIZE];

	cw_output_text(call->out, "leaked: nobody is left who could wake %s\n",
		       cw_output_counted(counted,
					 call->session->waits->num_leaked,
					 "goroutine"));
	return write_some(call, is_leaked);
}

static bool is_suspect(const struct cw_waits *waits, const struct cw_wait *wait)
{
	(void)waits;
	return wait->is_suspect && wait->cycle == CW_NO_THREAD;
}

static struct cw_error *write_suspects(struct cw_call *call)
{
	char counted[CW_COUNTED_SIZE];

	cw_output_text(call->out,
		       "perhaps leaked: only the other end of a connection "
		       "could wake %s, and there is no deadline\n",
		       cw_output_counted(counted,
					 call->session->waits->num_suspect,
					 "goroutine"));
	return write_some(call, is_suspect);
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
	if (!err && waits->num_leaked)
		err = write_leaked(call);
	if (!err && waits->num_suspect)
		err = write_suspects(call);
	return err || !waits->is_stuck ? err : write_stuck(call);
}

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
		cw_json_array(json, "threads");
		for (uint32_t i = 0; !err && i < cycle->num; i++) {
			const struct cw_wait *wait = member(waits, cycle, i);
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
	call->result->count = waits->cycles.num;
	if (call->out->json)
		return write_json(call);
	if (call->options->is_dot)
		return write_dot(call);
	cw_heading_write(call->out, call->session->target);
	struct cw_error *err = cw_deadlocks_write_text(call);
	if (err)
		return err;
	char cycles[CW_COUNTED_SIZE];
	cw_cleanup_text struct cw_text all = {0};
	cw_hang_count(waits, &all);
	cw_output_line(call->out, 2, "= %s among %s",
		       cw_output_counted(cycles, waits->cycles.num, "deadlock"),
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
		"frames.",
	.known_as = "!deadlock (WinDbg)",
	.needs = CW_NEEDS_WAITS,
	.own_options = options,
	.run = run,
};
