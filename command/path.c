#include <inttypes.h>

#include "base/memory.h"
#include "command/address.h"
#include "command/command.h"
#include "command/describe.h"
#include "command/merged_path.h"
#include "command/path_text.h"
#include "object/frame_place.h"

static void write_root_json(struct cw_json *json,
			    const struct cw_session *session,
			    const struct cw_path *path)
{
	const struct cw_root *root = path->root;
	cw_cleanup_text struct cw_text name = {0};

	cw_describe_root_word(session, root, path->root_offset, &name);
	cw_json_object(json, "root");
	cw_json_text(json, "kind", cw_root_kind_name(root->kind));
	cw_json_text(json, "name", name.chars);
	cw_json_text(json, "module", root->module ? root->module->name : NULL);
	if (root->thread)
		cw_json_count(json, "thread", root->thread->number);
	else
		cw_json_null(json, "thread");
	struct cw_frame_place place;
	bool has_frame =
		cw_frame_place_find(session->target, session->debug, root,
				    path->root_offset / 8, &place);
	cw_json_text(json, "frame", has_frame ? place.function : NULL);
	cw_json_end(json);
}

static void write_path_json(struct cw_json *json,
			    const struct cw_session *session,
			    const struct cw_path *path)
{
	cw_cleanup_text struct cw_text whole = {0};

	cw_json_object(json, NULL);
	write_root_json(json, session, path);
	cw_json_array(json, "steps");
	for (uint32_t i = 0; i < path->num_steps; i++) {
		const struct cw_path_step *step = &path->steps[i];
		cw_cleanup_text struct cw_text type = {0}, field = {0};

		cw_describe_type(session, &step->block, &type);
		cw_json_object(json, NULL);
		cw_json_address(json, "address", step->block.address);
		cw_json_text(json, "type", type.chars);
		if (step->offset != CW_NO_OFFSET)
			cw_describe_offset(session, &step->block, step->offset,
					   &field);
		cw_json_text(json, "field", field.chars);
		cw_json_end(json);
	}
	cw_json_end(json);
	cw_path_text(session, path, &whole);
	cw_json_text(json, "text", whole.chars);
	cw_json_end(json);
}

static const struct cw_column columns[] = {
	{"from a root to here", CW_COLUMN_TEXT},
	{"address", CW_COLUMN_TEXT},
	{"bytes", CW_COLUMN_NUMBER},
	{"what", CW_COLUMN_CUT},
};

static const char *root_place(const struct cw_root *root, char *buffer,
			      size_t size)
{
	if (root->thread)
		snprintf(buffer, size, "%s of thread %u",
			 cw_root_kind_name(root->kind), root->thread->number);
	else if (root->module)
		snprintf(buffer, size, "%s of %s",
			 cw_root_kind_name(root->kind), root->module->name);
	else
		snprintf(buffer, size, "%s", cw_root_kind_name(root->kind));
	return buffer;
}

static void write_step(struct cw_table *table, const struct cw_session *session,
		       const struct cw_path_step *step, const char *by,
		       unsigned depth)
{
	cw_cleanup_text struct cw_text what = {0};

	cw_describe_block(session, &step->block, &what);
	cw_table_row(table);
	/* A deep path is still readable when its indent ends. */
	cw_table_format(table, "%*s%s", 2 * (int)(depth < 12 ? depth : 12), "",
			by);
	cw_table_format(table, "-> 0x%" PRIx64, step->block.address);
	cw_table_bytes(table, step->block.size);
	cw_table_text(table, what.chars);
}

/* Steps [from, to) of a path that has more than can be shown are left out. */
struct left_out {
	uint32_t from, to;
};

static struct left_out leave_out(uint64_t limit, uint32_t num_steps)
{
	struct left_out left_out = {num_steps, num_steps};

	if (limit == 0 || num_steps <= limit)
		return left_out;
	left_out.from = (limit + 1) / 2;
	left_out.to = num_steps - limit / 2;
	return left_out;
}

/* The steps that the path before does not end with. */
static void write_path_text(struct cw_call *call, const struct cw_path *path)
{
	const struct cw_session *session = call->session;
	cw_cleanup_text struct cw_text by = {0};
	struct cw_table table;
	char place[128], count[CW_COUNTED_SIZE];

	uint32_t num_own = path->num_steps;
	if (path->num_shared > 0 && path->num_shared < path->num_steps)
		num_own = path->num_steps - path->num_shared + 1;
	struct left_out left_out = leave_out(call->options->limit, num_own);
	cw_describe_root_word(session, path->root, path->root_offset, &by);
	cw_table_init(&table, call->out, columns, cw_num_elements(columns));
	table.has_headings = false;
	cw_output_text(call->out, "%s\n",
		       root_place(path->root, place, sizeof(place)));
	for (uint32_t i = 0; i < num_own; i++) {
		const struct cw_path_step *step = &path->steps[i];

		if (i == left_out.from) {
			cw_table_row(&table);
			cw_table_format(
				&table, "  ... %s (--limit 0)",
				cw_output_counted(count,
						  left_out.to - left_out.from,
						  "step"));
		}
		if (i < left_out.from || i >= left_out.to)
			write_step(&table, session, step,
				   by.chars ? by.chars : "", i + 1);
		by.length = 0;
		if (step->offset != CW_NO_OFFSET)
			cw_describe_offset(session, &step->block, step->offset,
					   &by);
	}
	cw_table_end(&table);
	if (num_own < path->num_steps)
		cw_output_text(call->out, "  and on as above\n");
}

static void write_text(struct cw_call *call, const struct cw_block *block,
		       const struct cw_paths *paths)
{
	struct cw_output *out = call->out;
	cw_cleanup_text struct cw_text what = {0};

	if (paths->items.num == 0) {
		cw_output_line(out, 2,
			       block->state == CW_BLOCK_USED
				       ? "no root leads to 0x%" PRIx64
					 ": it is lost"
				       : "no root leads to 0x%" PRIx64
					 ": it is not in use",
			       block->address);
		cw_output_suggest(out, "heap refs 0x%" PRIx64, block->address);
		cw_output_suggest(out, "heap leaks");
		return;
	}
	cw_array_foreach(path, &paths->items)
	{
		if (path != paths->items.items)
			cw_output_text(out, "\n");
		write_path_text(call, path);
	}
	cw_output_text(out, "\n");
	cw_path_text(call->session, &paths->items.items[0], &what);
	cw_output_line(out, 2, "%s", what.chars);
	if (paths->has_more)
		cw_output_suggest(out,
				  call->options->has_all
					  ? "--limit 0 for more paths"
					  : "heap path 0x%" PRIx64 " --all",
				  block->address);
	cw_output_suggest(out, "heap object 0x%" PRIx64, block->address);
}

static void write_answer(struct cw_call *call, const struct cw_block *block,
			 const struct cw_paths *paths)
{
	struct cw_json *json = call->out->json;

	if (call->options->is_short) {
		cw_array_foreach(path, &paths->items) for (uint32_t i = 0;
							   i < path->num_steps;
							   i++)
			cw_output_text(call->out, "0x%" PRIx64 "\n",
				       path->steps[i].block.address);
	} else if (json) {
		cw_json_array(json, "paths");
		cw_array_foreach(path, &paths->items)
			write_path_json(json, call->session, path);
		cw_json_end(json);
		cw_json_bool(json, "has_more", paths->has_more);
	} else {
		write_text(call, block, paths);
	}
}

static struct cw_error *run(struct cw_call *call)
{
	struct cw_paths paths;
	struct cw_block block;

	if (call->num_arguments == 0)
		return cw_merged_path_run(call);
	struct cw_error *err = cw_session_need(call->session, CW_NEEDS_PATHS);
	if (!err)
		err = cw_address_block(call->session, call->arguments[0],
				       &block);
	if (err)
		return err;
	uint64_t limit = call->options->limit;
	if (call->options->has_all)
		err = cw_paths_find(call->session->paths, &block,
				    limit ? limit : SIZE_MAX, &paths);
	else
		err = cw_path_find_telling(call->session, &block, &paths);
	if (err)
		return err;
	write_answer(call, &block, &paths);
	call->result->has_address = true;
	call->result->address = block.address;
	call->result->has_totals = true;
	call->result->count = paths.items.num;
	call->result->bytes = block.size;
	cw_paths_deinit(&paths);
	return NULL;
}

static const struct cw_option options[] = {
	{.name = "all",
	 .help = "a path for each pointer of a root that leads there",
	 .kind = CW_OPTION_FLAG,
	 .offset = offsetof(struct cw_options, has_all)},
	{0},
};

const struct cw_command cw_command_path = {
	.group = "heap",
	.name = "path",
	.arguments = "[ADDR]",
	.max_arguments = 1,
	.summary = "from a root to a block, in variables and fields",
	.help = "A shortest way by which a root leads to the block that holds\n"
		"ADDR: the variable, and the field in each block on the way.\n"
		"With --type, --min or --max instead of ADDR the shortest "
		"ways to\n"
		"all such blocks, merged: what goes through the same fields "
		"is one\n"
		"line, and a * is where a way comes back to a field.",
	.known_as = "gcroot (SOS), path to GC roots (MAT)",
	.needs = CW_NEEDS_TYPES,
	.takes = CW_TAKES_LIMIT | CW_TAKES_FILTER,
	.own_options = options,
	.run = run,
};
