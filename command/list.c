#include <inttypes.h>

#include "base/memory.h"
#include "command/command.h"
#include "command/describe.h"
#include "command/filter.h"

/* Blocks looked at between two looks at whether to stop. */
#define STEP_BLOCKS 65536

struct listing {
	struct cw_call *call;
	struct cw_filter filter;
	struct cw_table table;
	uint64_t num_shown;
	struct cw_heap_count count; /* of all that pass */
	bool is_stopped;
};

static const struct cw_column columns[] = {
	{"address", CW_COLUMN_TEXT},
	{"bytes", CW_COLUMN_NUMBER},
	{"state", CW_COLUMN_TEXT},
	{"what", CW_COLUMN_CUT},
};

/* "shape#3", or null where the type is known or there is none like it. */
static void write_shape(struct cw_json *json, uint32_t number)
{
	cw_cleanup_text struct cw_text name = {0};

	if (number)
		cw_text_addf(&name, "shape#%" PRIu32, number);
	cw_json_text(json, "shape_name", name.chars);
}

static void write_json_row(struct cw_json *json,
			   const struct cw_session *session,
			   const struct cw_block *block)
{
	struct cw_typed_block typed = {0};

	if (session->typing)
		cw_typing_of(session->typing, block, &typed);
	cw_json_object(json, NULL);
	cw_json_address(json, "address", block->address);
	cw_json_count(json, "size", block->size);
	cw_json_text(json, "state", cw_block_state_name(block->state));
	cw_json_text(json, "type", typed.name);
	cw_json_text(json, "confidence", cw_confidence_name(typed.confidence));
	write_shape(json, typed.shape_number);
	cw_json_end(json);
}

static void write_row(struct listing *listing, const struct cw_block *block)
{
	struct cw_call *call = listing->call;
	cw_cleanup_text struct cw_text what = {0};

	if (call->out->json) {
		write_json_row(call->out->json, call->session, block);
	} else if (call->options->is_short) {
		cw_output_text(call->out, "0x%" PRIx64 "\n", block->address);
	} else {
		cw_describe_block(call->session, block, &what);
		cw_table_row(&listing->table);
		cw_table_address(&listing->table, block->address);
		cw_table_bytes(&listing->table, block->size);
		cw_table_text(&listing->table,
			      cw_block_state_name(block->state));
		cw_table_text(&listing->table, what.chars);
	}
}

static bool passes(const struct listing *listing, const struct cw_block *block)
{
	const struct cw_call *call = listing->call;

	if (call->options->is_unreachable &&
	    (block->state != CW_BLOCK_USED ||
	     cw_reach_has(call->session->reach, block->granule)))
		return false;
	return cw_filter_passes(&listing->filter, call->session, block);
}

static void list_blocks(struct listing *listing)
{
	struct cw_call *call = listing->call;
	const struct cw_heap *heap = call->session->heap;
	struct cw_progress *progress = &call->session->progress;
	struct cw_block_cursor cursor = cw_heap_blocks(heap);
	struct cw_block block;
	uint64_t limit = call->options->limit;

	cw_progress_begin(progress, "listing blocks", heap->index.num_granules);
	for (uint64_t i = 0; cw_block_cursor_next(&cursor, &block); i++) {
		if (i % STEP_BLOCKS == 0) {
			cw_cleanup_error struct cw_error *err =
				cw_progress_step(progress, block.granule);
			listing->is_stopped = err != NULL;
			if (err)
				break;
		}
		if (!passes(listing, &block))
			continue;
		if (limit == 0 || listing->num_shown < limit) {
			if (listing->num_shown++ == 0) {
				call->result->has_address = true;
				call->result->address = block.address;
			}
			write_row(listing, &block);
		}
		listing->count.blocks++;
		listing->count.bytes += block.size;
	}
}

static void write_end(struct listing *listing)
{
	struct cw_call *call = listing->call;
	struct cw_output *out = call->out;
	char blocks[CW_COUNTED_SIZE], bytes[CW_NUMBER_SIZE],
		shown[CW_NUMBER_SIZE];

	if (call->options->is_short)
		return;
	cw_text_count(shown, listing->num_shown);
	cw_output_line(
		out, 2, "%s%s, %s%s%s%s%s", listing->count.blocks ? "= " : "",
		cw_output_counted(blocks, listing->count.blocks, "block"),
		cw_output_bytes(out, bytes, listing->count.bytes),
		listing->num_shown < listing->count.blocks
			? ", shown are the first "
			: "",
		listing->num_shown < listing->count.blocks ? shown : "",
		listing->num_shown < listing->count.blocks ? " by address" : "",
		listing->is_stopped ? "; stopped before the end" : "");
	if (call->result->has_address)
		cw_output_suggest(out, "heap object 0x%" PRIx64,
				  call->result->address);
	if (listing->num_shown < listing->count.blocks)
		cw_output_suggest(out, "--limit 0 for all");
}

static struct cw_error *need_more(struct cw_call *call)
{
	enum cw_needs needs = CW_NEEDS_TYPES;

	/* Addresses alone need no types unless these are asked for. */
	if (call->options->is_short && !call->options->type)
		needs = CW_NEEDS_HEAP;
	if (call->options->is_unreachable)
		needs |= CW_NEEDS_REACH;
	return cw_session_need(call->session, needs);
}

static struct cw_error *run(struct cw_call *call)
{
	struct listing listing = {.call = call};
	struct cw_json *json = call->out->json;

	struct cw_error *err = cw_filter_init(&listing.filter, call->options);
	if (!err)
		err = need_more(call);
	if (err) {
		cw_filter_deinit(&listing.filter);
		return err;
	}
	cw_table_init(&listing.table, call->out, columns,
		      cw_num_elements(columns));
	if (json)
		cw_json_array(json, "rows");
	list_blocks(&listing);
	cw_table_end(&listing.table);
	cw_filter_deinit(&listing.filter);
	if (json) {
		cw_json_end(json);
		cw_json_heap_count(json, "total", &listing.count);
		if (listing.is_stopped)
			cw_json_bool(json, "is_stopped", true);
	} else {
		write_end(&listing);
	}
	call->result->has_totals = true;
	if (listing.is_stopped)
		call->result->status = CW_STATUS_STOPPED;
	call->result->count = listing.count.blocks;
	call->result->bytes = listing.count.bytes;
	return NULL;
}

static const char *const states[] = {"used",	 "free", "cached",
				     "metadata", "any",	 NULL};

static const struct cw_option options[] = {
	{.name = "state",
	 .argument = "used|free|cached|metadata|any",
	 .help = "which blocks (used)",
	 .kind = CW_OPTION_CHOICE,
	 .offset = offsetof(struct cw_options, state),
	 .choices = states},
	{.name = "unreachable",
	 .help = "only used blocks that no root leads to",
	 .kind = CW_OPTION_FLAG,
	 .offset = offsetof(struct cw_options, is_unreachable)},
	{0},
};

const struct cw_command cw_command_list = {
	.group = "heap",
	.name = "list",
	.arguments = "",
	.summary = "blocks one by one, by type, size and state",
	.help = "Blocks in the order of their addresses, of those that pass\n"
		"--type, --min, --max and --state.  With --short only\n"
		"addresses, for pipes.",
	.known_as = "dumpheap -type (SOS), !heap -flt (WinDbg)",
	.needs = CW_NEEDS_HEAP,
	.takes = CW_TAKES_LIMIT | CW_TAKES_FILTER,
	.own_options = options,
	.run = run,
};
