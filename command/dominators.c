#include <inttypes.h>

#include "base/memory.h"
#include "command/address.h"
#include "command/command.h"
#include "command/describe.h"

enum { BY_BLOCK, BY_TYPE };

struct row {
	const char *what;
	const char *type;
	struct cw_block block; /* or the example of a type */
	struct cw_heap_count own, retained;
};

static const struct cw_column columns[] = {
	{"retained", CW_COLUMN_NUMBER}, {"share", CW_COLUMN_NUMBER},
	{"blocks", CW_COLUMN_NUMBER},	{"own", CW_COLUMN_NUMBER},
	{"address", CW_COLUMN_TEXT},	{"what", CW_COLUMN_CUT},
};

static uint64_t used_bytes(const struct cw_call *call)
{
	return call->session->heap->count[CW_BLOCK_USED].bytes;
}

static void write_row(struct cw_call *call, struct cw_table *table,
		      const struct row *row, const char *kind)
{
	struct cw_json *json = call->out->json;
	uint64_t whole = used_bytes(call);

	if (call->options->is_short) {
		cw_output_text(call->out, "0x%" PRIx64 "\n",
			       row->block.address);
	} else if (json) {
		cw_json_object(json, NULL);
		cw_json_text(json, "what", row->what);
		cw_json_text(json, "kind", kind);
		cw_json_address(json, "address", row->block.address);
		cw_json_text(json, "type", row->type);
		cw_json_count(json, "blocks", row->retained.blocks);
		cw_json_count(json, "own", row->own.bytes);
		cw_json_count(json, "retained", row->retained.bytes);
		cw_json_share(json, "share",
			      whole ? (double)row->retained.bytes / whole : 0);
		cw_json_end(json);
	} else {
		cw_table_row(table);
		cw_table_bytes(table, row->retained.bytes);
		cw_table_share(table, row->retained.bytes, whole);
		cw_table_count(table, row->retained.blocks);
		cw_table_bytes(table, row->own.bytes);
		cw_table_address(table, row->block.address);
		cw_table_text(table, row->what);
	}
}

static void write_block(struct cw_call *call, struct cw_table *table,
			cw_node node)
{
	const struct cw_holders *holders = call->session->holders;
	cw_cleanup_text struct cw_text what = {0}, type = {0};
	struct row row = {
		.block = cw_holders_block(holders, node),
		.retained = {holders->blocks[node],
			     holders->dominators.retained[node]},
	};

	row.own = (struct cw_heap_count){1, row.block.size};
	cw_describe_block(call->session, &row.block, &what);
	cw_describe_type(call->session, &row.block, &type);
	row.what = what.chars;
	row.type = type.chars;
	write_row(call, table, &row, "block");
}

/* Children of @node, or of all roots together. */
static void write_blocks(struct cw_call *call, struct cw_table *table,
			 cw_node node)
{
	const struct cw_holders *holders = call->session->holders;
	uint64_t limit = call->options->limit;
	cw_cleanup_free cw_node *largest = NULL;

	size_t num = cw_holders_largest(holders, node, limit ? limit : SIZE_MAX,
					&largest);
	for (size_t i = 0; i < num; i++)
		write_block(call, table, largest[i]);
	if (num) {
		call->result->has_address = true;
		call->result->address =
			cw_holders_block(holders, largest[0]).address;
	}
}

static struct cw_error *write_types(struct cw_call *call,
				    struct cw_table *table)
{
	struct cw_session *session = call->session;
	struct cw_labels labels = cw_typing_labels_and_shapes(session->typing);
	uint64_t limit = call->options->limit, num = 0;
	struct cw_held_kinds kinds;

	struct cw_error *err =
		cw_holders_by_label(session->holders, &labels, &kinds);
	if (err)
		return err;
	cw_array_foreach(kind, &kinds.items)
	{
		const char *name =
			cw_typing_label_name(session->typing, kind->label);
		struct row row = {
			.what = name,
			.type = name,
			.block = cw_holders_block(session->holders,
						  kind->example),
			.own = kind->own,
			.retained = kind->retained,
		};

		if (limit && num++ == limit)
			break;
		if (!call->result->has_address) {
			call->result->has_address = true;
			call->result->address = row.block.address;
		}
		write_row(call, table, &row, "type");
	}
	cw_held_kinds_deinit(&kinds);
	return NULL;
}

/* The node that an argument names; without one the top. */
static struct cw_error *find_node(struct cw_call *call, cw_node *ret)
{
	const struct cw_holders *holders = call->session->holders;
	struct cw_block block;

	*ret = holders->num_nodes;
	if (call->num_arguments == 0)
		return NULL;
	struct cw_error *err =
		cw_address_block(call->session, call->arguments[0], &block);
	if (err)
		return err;
	cw_node node = cw_block_index_block(&call->session->heap->index,
					    block.granule);
	if (!cw_bit_test(holders->dominators.is_reached, node))
		return cw_error_new(CW_ERROR_USAGE,
				    "no root leads to 0x%" PRIx64
				    ", so nothing is retained by it",
				    block.address);
	*ret = node;
	return NULL;
}

static void write_end(struct cw_call *call, cw_node node)
{
	const struct cw_holders *holders = call->session->holders;
	bool is_top = node == holders->num_nodes;
	char bytes[CW_NUMBER_SIZE], blocks[CW_COUNTED_SIZE];

	if (!is_top) {
		struct cw_block block = cw_holders_block(holders, node);
		cw_output_line(
			call->out, 2,
			"= what 0x%" PRIx64 " retains directly; all of it: %s "
			"in %s",
			block.address,
			cw_output_bytes(call->out, bytes,
					holders->dominators.retained[node]),
			cw_output_counted(blocks, holders->blocks[node],
					  "block"));
	} else if (call->options->by == BY_BLOCK) {
		cw_output_line(call->out, 2,
			       "= blocks that no other block retains, of %s",
			       cw_output_counted(blocks, holders->num_children,
						 "reachable block"));
	} else {
		cw_output_line(call->out, 2,
			       "types retain each other: these do not add up");
	}
	if (!call->result->has_address)
		return;
	if (call->options->by == BY_BLOCK)
		cw_output_suggest(call->out, "heap dominators 0x%" PRIx64,
				  call->result->address);
	cw_output_suggest(call->out, "heap path 0x%" PRIx64,
			  call->result->address);
	if (call->options->by == BY_BLOCK)
		cw_output_suggest(call->out, "heap dominators --by type");
}

static struct cw_error *run(struct cw_call *call)
{
	const struct cw_holders *holders = call->session->holders;
	struct cw_json *json = call->out->json;
	struct cw_table table;
	cw_node node;

	struct cw_error *err = find_node(call, &node);
	if (err)
		return err;
	cw_table_init(&table, call->out, columns, cw_num_elements(columns));
	if (json)
		cw_json_array(json, "rows");
	if (call->options->by == BY_TYPE && call->num_arguments == 0)
		err = write_types(call, &table);
	else
		write_blocks(call, &table, node);
	cw_table_end(&table);
	if (err)
		return err;
	if (json)
		cw_json_end(json);
	else if (!call->options->is_short)
		write_end(call, node);
	call->result->has_totals = true;
	call->result->count = holders->blocks[node];
	call->result->bytes = node == holders->num_nodes
				      ? used_bytes(call)
				      : holders->dominators.retained[node];
	return NULL;
}

static const char *const bys[] = {"block", "type", NULL};

static const struct cw_option options[] = {
	{.name = "by",
	 .argument = "block|type",
	 .help = "what makes a row (block)",
	 .kind = CW_OPTION_CHOICE,
	 .offset = offsetof(struct cw_options, by),
	 .choices = bys},
	{0},
};

const struct cw_command cw_command_dominators = {
	.group = "heap",
	.name = "dominators",
	.arguments = "[ADDR]",
	.max_arguments = 1,
	.summary = "who retains how much: what would go with a block",
	.help = "Retained bytes: a block retains another when every way from\n"
		"a root leads through it, so that both go together.  Shown "
		"are\n"
		"the blocks that no other retains, most first; with ADDR "
		"those\n"
		"that this block retains directly.  By type what all blocks "
		"of\n"
		"a type retain together.",
	.known_as = "objsize (SOS), dominator tree (MAT)",
	.needs = CW_NEEDS_HOLDERS | CW_NEEDS_TYPES,
	.takes = CW_TAKES_LIMIT,
	.own_options = options,
	.run = run,
};
