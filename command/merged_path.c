#include "command/merged_path.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/describe.h"
#include "command/filter.h"
#include "object/merged_path.h"

static const struct cw_column columns[] = {
	{"blocks", CW_COLUMN_NUMBER}, {"bytes", CW_COLUMN_NUMBER},
	{"share", CW_COLUMN_NUMBER},  {"here", CW_COLUMN_NUMBER},
	{"way", CW_COLUMN_CUT},
};

/* Ways as they are shown: those with most bytes, each behind its parent. */
struct tree {
	const struct cw_merged_paths *paths;
	uint32_t *order; /* by bytes, most first; then as a tree */
	uint32_t num;	 /* of these that are shown */
};

static bool is_wanted(void *context, const struct cw_block *block)
{
	const struct cw_call *call = ((void **)context)[0];
	const struct cw_filter *filter = ((void **)context)[1];

	return cw_filter_passes(filter, call->session, block);
}

static int by_bytes(const void *left, const void *right, void *context)
{
	const struct cw_merged_paths *paths = context;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	uint64_t bytes_a = paths->ways.items[a].count.bytes;
	uint64_t bytes_b = paths->ways.items[b].count.bytes;

	if (bytes_a != bytes_b)
		return bytes_a > bytes_b ? -1 : 1;
	return (a > b) - (a < b);
}

/*
 * Puts the shown ways into the order of a tree.  They are sorted by bytes, so
 * that each has its parent before it, and children of one parent are in their
 * order: taken from the last to the first, each is put in front of its
 * brothers.
 */
static void make_tree(struct tree *tree)
{
	size_t num_ways = tree->paths->ways.num;
	cw_cleanup_free uint32_t *child =
		cw_alloc((num_ways + 1) * sizeof(*child));
	cw_cleanup_free uint32_t *next = cw_alloc(num_ways * sizeof(*next));
	uint32_t num = 0;

	for (size_t i = 0; i <= num_ways; i++)
		child[i] = CW_NO_WAY;
	for (uint32_t i = tree->num; i-- > 0;) {
		uint32_t number = tree->order[i];
		uint32_t parent = tree->paths->ways.items[number].parent;
		uint32_t *slot =
			parent == CW_NO_WAY ? &child[num_ways] : &child[parent];
		next[number] = *slot;
		*slot = number;
	}
	uint32_t at = child[num_ways];
	while (at != CW_NO_WAY) {
		tree->order[num++] = at;
		if (child[at] != CW_NO_WAY) {
			at = child[at];
			continue;
		}
		while (at != CW_NO_WAY && next[at] == CW_NO_WAY)
			at = tree->paths->ways.items[at].parent;
		if (at != CW_NO_WAY)
			at = next[at];
	}
}

static void tree_init(struct tree *tree, const struct cw_merged_paths *paths,
		      uint64_t limit)
{
	size_t num_ways = paths->ways.num;

	tree->paths = paths;
	tree->order = cw_alloc((num_ways + 1) * sizeof(*tree->order));
	for (uint32_t i = 0; i < num_ways; i++)
		tree->order[i] = i;
	qsort_r(tree->order, num_ways, sizeof(*tree->order), by_bytes,
		(void *)paths);
	tree->num = limit && limit < num_ways ? limit : num_ways;
	make_tree(tree);
}

static void describe_field(const struct cw_session *session,
			   const struct cw_merged_way *way,
			   struct cw_text *text)
{
	if (way->root)
		cw_describe_root_word(session, way->root, way->offset, text);
	else
		cw_describe_offset(session, &way->holder, way->offset, text);
	/* Numbers and keys in brackets are those of one block. */
	cw_text_empty_brackets(text);
	/* The one element of an array. */
	if (text->length == 0)
		cw_text_add(text, "[]");
}

static void write_row(struct cw_call *call, struct cw_table *table,
		      const struct cw_merged_way *way, uint64_t whole)
{
	cw_cleanup_text struct cw_text field = {0}, type = {0};

	describe_field(call->session, way, &field);
	cw_describe_type(call->session, &way->block, &type);
	cw_text_empty_brackets(&type);
	cw_table_row(table);
	cw_table_count(table, way->count.blocks);
	cw_table_bytes(table, way->count.bytes);
	cw_table_share(table, way->count.bytes, whole);
	cw_table_count(table, way->ends.blocks);
	cw_table_format(table, "%*s%s%s -> %s", 2 * (int)way->depth, "",
			field.chars, way->is_repeated ? "*" : "", type.chars);
}

static void write_json_row(struct cw_call *call,
			   const struct cw_merged_way *way)
{
	struct cw_json *json = call->out->json;
	cw_cleanup_text struct cw_text field = {0}, type = {0};

	describe_field(call->session, way, &field);
	cw_describe_type(call->session, &way->block, &type);
	cw_text_empty_brackets(&type);
	cw_json_object(json, NULL);
	cw_json_count(json, "depth", way->depth);
	cw_json_text(json, "kind",
		     way->root ? cw_root_kind_name(way->root->kind) : NULL);
	cw_json_text(json, "field", field.chars);
	cw_json_bool(json, "repeated", way->is_repeated);
	cw_json_text(json, "type", type.chars);
	cw_json_count(json, "blocks", way->count.blocks);
	cw_json_count(json, "bytes", way->count.bytes);
	cw_json_heap_count(json, "here", &way->ends);
	cw_json_address(json, "example", way->block.address);
	cw_json_end(json);
}

static void write_end(struct cw_call *call, const struct tree *tree)
{
	const struct cw_merged_paths *paths = tree->paths;
	struct cw_output *out = call->out;
	char blocks[CW_COUNTED_SIZE], bytes[CW_NUMBER_SIZE],
		lost[CW_COUNTED_SIZE], left[CW_COUNTED_SIZE];

	cw_output_line(
		out, 2, "= %s, %s, by shortest ways",
		cw_output_counted(blocks, paths->reached.blocks, "block"),
		cw_output_bytes(out, bytes, paths->reached.bytes));
	if (paths->lost.blocks)
		cw_output_line(
			out, 2, "  no root leads to %s more, %s",
			cw_output_counted(lost, paths->lost.blocks, "block"),
			cw_output_bytes(out, bytes, paths->lost.bytes));
	if (tree->num < paths->ways.num) {
		cw_output_line(out, 2, "  not shown: %s with fewer bytes",
			       cw_output_counted(left,
						 paths->ways.num - tree->num,
						 "way"));
		cw_output_suggest(out, "--limit 0 for all");
	}
	if (call->result->has_address)
		cw_output_suggest(out, "heap path 0x%" PRIx64,
				  call->result->address);
}

static void write_tree(struct cw_call *call, const struct tree *tree)
{
	const struct cw_merged_paths *paths = tree->paths;
	struct cw_json *json = call->out->json;
	struct cw_table table;

	cw_table_init(&table, call->out, columns, cw_num_elements(columns));
	if (json)
		cw_json_array(json, "ways");
	for (uint32_t i = 0; i < tree->num; i++) {
		const struct cw_merged_way *way =
			&paths->ways.items[tree->order[i]];

		if (call->options->is_short)
			cw_output_text(call->out, "0x%" PRIx64 "\n",
				       way->block.address);
		else if (json)
			write_json_row(call, way);
		else
			write_row(call, &table, way, paths->reached.bytes);
	}
	cw_table_end(&table);
	if (json) {
		cw_json_end(json);
		cw_json_heap_count(json, "total", &paths->reached);
		cw_json_heap_count(json, "lost", &paths->lost);
	} else if (!call->options->is_short) {
		write_end(call, tree);
	}
}

static bool says_which(const struct cw_options *options)
{
	return options->type || options->min_size > 0 ||
	       options->max_size < UINT64_MAX;
}

struct cw_error *cw_merged_path_run(struct cw_call *call)
{
	struct cw_session *session = call->session;
	struct cw_merged_paths *paths;
	struct cw_filter filter;

	if (!says_which(call->options))
		return cw_error_new(CW_ERROR_USAGE,
				    "'heap path' needs an address, or --type "
				    "for all blocks of a type");
	struct cw_error *err = cw_filter_init(&filter, call->options);
	if (!err)
		err = cw_session_need(session, CW_NEEDS_GRAPH | CW_NEEDS_ROOTS);
	if (!err) {
		const struct cw_name_context names =
			cw_describe_context(session);
		void *context[] = {call, &filter};
		const struct cw_wanted wanted = {is_wanted, context};

		err = cw_merged_paths_create(
			&names, session->roots, &session->graph,
			session->typing, &wanted, &session->progress, &paths);
	}
	cw_filter_deinit(&filter);
	if (err)
		return err;

	struct tree tree;
	tree_init(&tree, paths, call->options->limit);
	call->result->has_totals = true;
	call->result->count = paths->reached.blocks;
	call->result->bytes = paths->reached.bytes;
	if (tree.num) {
		call->result->has_address = true;
		call->result->address =
			paths->ways.items[tree.order[0]].block.address;
	}
	write_tree(call, &tree);
	free(tree.order);
	cw_merged_paths_destroy(paths);
	return NULL;
}
