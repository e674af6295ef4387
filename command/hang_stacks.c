#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "command/command.h"
#include "command/hang_text.h"
#include "command/heading.h"
#include "command/stack_tree.h"
#include "dwarf/frame_variable.h"

enum { MAX_CALLS = 16 };

/* The threads' name, if all have the same. */
static const char *name_of(const struct cw_session *session,
			   const struct cw_stack_group *group)
{
	const struct cw_thread *threads = session->target->threads.items;
	const uint32_t *members = session->stack_groups->members + group->first;
	const char *name = threads[members[0]].name;

	for (uint32_t i = 1; name && i < group->num; i++) {
		const char *other = threads[members[i]].name;
		if (!other || strcmp(name, other) != 0)
			return NULL;
	}
	return name;
}

static void write_call(struct cw_call *call, unsigned number, const char *name,
		       const struct cw_frame_call *place)
{
	const char *file = place ? place->file : NULL;
	const char *slash = file ? strrchr(file, '/') : NULL;

	if (file && place->line)
		cw_output_line(call->out, 7, "  #%-3u %s at %s:%u", number,
			       name, slash ? slash + 1 : file, place->line);
	else
		cw_output_line(call->out, 7, "  #%-3u %s", number, name);
}

static void write_frame(struct cw_call *call, const struct cw_stack *stack,
			size_t i)
{
	struct cw_frame_site site = {
		.debug = call->session->debug,
		.target = call->session->target,
		.stack = stack,
		.frame = i,
	};
	struct cw_frame_call calls[MAX_CALLS];
	size_t num = cw_frame_calls(&site, calls, MAX_CALLS);
	unsigned number = cw_stack_number(stack, i);
	cw_cleanup_text struct cw_text text = {0};

	for (size_t j = 0; j + 1 < num; j++)
		write_call(call, number, calls[j].name ? calls[j].name : "?",
			   &calls[j]);
	cw_hang_function(call->session, &stack->frames.items[i], &text);
	write_call(call, number, text.chars, num ? &calls[num - 1] : NULL);
}

static void write_group(struct cw_call *call,
			const struct cw_stack_group *group)
{
	const struct cw_stack_groups *groups = call->session->stack_groups;
	const struct cw_wait *wait =
		&call->session->waits->items
			 .items[groups->members[group->first]];
	const char *name = name_of(call->session, group);
	const struct cw_stack *stack = group->stack;
	cw_cleanup_text struct cw_text threads = {0};
	char counted[CW_COUNTED_SIZE];

	cw_stack_group_threads(groups, group, &threads);
	cw_output_line(call->out, 4, "%s%s%s%s, %s: %s",
		       cw_output_counted(counted, group->num, "thread"),
		       name ? " \"" : "", name ? name : "", name ? "\"" : "",
		       cw_hang_wait_name(wait), threads.chars);
	for (size_t i = 0; i < stack->frames.num; i++) {
		if (stack->num_left_out && i == stack->first_end)
			cw_output_line(call->out, 7, "  … %zu more",
				       stack->num_left_out);
		write_frame(call, stack, i);
	}
	if (stack->end != CW_STACK_COMPLETE)
		cw_output_line(call->out, 7, "  (%s)",
			       cw_stack_end_name(stack->end));
}

static void write_json(struct cw_call *call)
{
	const struct cw_session *session = call->session;
	const struct cw_stack_groups *groups = session->stack_groups;
	struct cw_json *json = call->out->json;
	uint64_t limit = call->options->limit, num = 0;

	cw_json_array(json, "groups");
	cw_array_foreach(group, &groups->items)
	{
		if (limit && num++ == limit)
			break;
		cw_json_object(json, NULL);
		cw_json_count(json, "threads", group->num);
		cw_json_text(json, "name", name_of(session, group));
		cw_json_array(json, "tids");
		for (uint32_t i = 0; i < group->num; i++)
			cw_json_count(
				json, NULL,
				session->target->threads
					.items[groups->members[group->first +
							       i]]
					.tid);
		cw_json_end(json);
		cw_json_array(json, "frames");
		cw_array_foreach(frame, &group->stack->frames)
		{
			cw_cleanup_text struct cw_text text = {0};
			cw_hang_function(session, frame, &text);
			cw_json_text(json, NULL, text.chars);
		}
		cw_json_end(json);
		cw_json_text(json, "end", cw_stack_end_name(group->stack->end));
		cw_json_end(json);
	}
	cw_json_end(json);
	cw_json_count(json, "total", groups->num_members);
}

static struct cw_error *run(struct cw_call *call)
{
	const struct cw_stack_groups *groups = call->session->stack_groups;
	uint64_t limit = call->options->limit, num = 0;
	char counted[CW_COUNTED_SIZE];

	call->result->has_totals = true;
	call->result->count = groups->items.num;
	if (call->out->json) {
		if (call->options->is_tree)
			cw_stack_tree_write(call);
		else
			write_json(call);
		return NULL;
	}
	cw_heading_write(call->out, call->session->target);
	if (call->options->is_tree)
		cw_stack_tree_write(call);
	cw_array_foreach(group, &groups->items)
	{
		if (call->options->is_tree || (limit && num++ == limit))
			break;
		write_group(call, group);
	}
	if (!call->options->is_tree && limit && groups->items.num > limit)
		cw_output_more(call->out, groups->items.num - limit);
	cw_output_line(
		call->out, 2, "= %s with %zu different stack%s",
		cw_output_counted(counted, groups->num_members, "thread"),
		groups->items.num, groups->items.num == 1 ? "" : "s");
	cw_output_suggest(call->out, "hang waits");
	return NULL;
}

static const struct cw_option options[] = {
	{.name = "tree",
	 .help = "one tree, from the outermost calls inwards",
	 .kind = CW_OPTION_FLAG,
	 .offset = offsetof(struct cw_options, is_tree)},
	{0},
};

const struct cw_command cw_command_hang_stacks = {
	.group = "hang",
	.name = "stacks",
	.arguments = "",
	.summary = "stacks of all threads, the same ones once",
	.help = "Threads whose stacks are the same are one group; the largest\n"
		"comes first, with the numbers of its threads.  With --tree\n"
		"what stacks have in common on their outer side stands once,\n"
		"with the number of threads; brackets say what they wait for.",
	.known_as = "!uniqstack, ~*k (WinDbg), pstacks",
	.needs = CW_NEEDS_WAITS | CW_NEEDS_STACKS,
	.takes = CW_TAKES_LIMIT,
	.own_options = options,
	.run = run,
};
