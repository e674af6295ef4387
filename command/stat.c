#include <inttypes.h>

#include "base/memory.h"
#include "command/command.h"
#include "command/histogram.h"
#include "object/shape.h"

static const char *row_name(const struct cw_histogram_row *row, char *buffer)
{
	char number[CW_NUMBER_SIZE];

	if (row->name)
		return row->name;
	snprintf(buffer, CW_COUNTED_SIZE, "%s B",
		 cw_text_count(number, row->key));
	return buffer;
}

/* "shape#1: 40 B, +0 item, +8 code" of unknown blocks that are alike. */
static void add_name(const struct cw_call *call,
		     const struct cw_histogram_row *row, struct cw_text *text)
{
	char buffer[CW_COUNTED_SIZE];

	cw_text_add(text, row_name(row, buffer));
	if (row->shape) {
		cw_text_add(text, ": ");
		cw_shape_describe(call->session->typing, row->shape, text);
	}
}

/* What types retain takes longest, and is looked for when it is asked for. */
static bool has_retained(const struct cw_call *call)
{
	return call->options->sort == CW_SORT_RETAINED;
}

static void add_looks(struct cw_call *call, const struct cw_histogram_row *row)
{
	cw_cleanup_text struct cw_text looks = {0};

	if (row->shape)
		cw_shape_describe(call->session->typing, row->shape, &looks);
	cw_json_text(call->out->json, "looks", looks.chars);
}

static void write_json(struct cw_call *call,
		       const struct cw_histogram *histogram)
{
	struct cw_json *json = call->out->json;
	uint64_t limit = call->options->limit, num = 0;
	char buffer[CW_COUNTED_SIZE];

	cw_json_array(json, "rows");
	cw_array_foreach(row, &histogram->rows)
	{
		if (limit && num++ == limit)
			break;
		cw_json_object(json, NULL);
		cw_json_text(json, "type", row_name(row, buffer));
		cw_json_count(json, "blocks", row->count.blocks);
		cw_json_count(json, "bytes", row->count.bytes);
		if (has_retained(call))
			cw_json_count(json, "retained", row->retained);
		else
			cw_json_null(json, "retained");
		cw_json_text(json, "confidence",
			     call->options->by == CW_BY_TYPE
				     ? cw_confidence_name(row->confidence)
				     : NULL);
		add_looks(call, row);
		cw_json_address(json, "example", row->example);
		cw_json_end(json);
	}
	cw_json_end(json);
	cw_json_heap_count(json, "total", &histogram->total);
}

static const struct cw_column type_columns[] = {
	{"blocks", CW_COLUMN_NUMBER}, {"bytes", CW_COLUMN_NUMBER},
	{"share", CW_COLUMN_NUMBER},  {"sure", CW_COLUMN_TEXT},
	{"type", CW_COLUMN_CUT},
};
static const struct cw_column retained_columns[] = {
	{"blocks", CW_COLUMN_NUMBER}, {"bytes", CW_COLUMN_NUMBER},
	{"share", CW_COLUMN_NUMBER},  {"retained", CW_COLUMN_NUMBER},
	{"type", CW_COLUMN_CUT},
};
static const struct cw_column size_columns[] = {
	{"blocks", CW_COLUMN_NUMBER}, {"bytes", CW_COLUMN_NUMBER},
	{"share", CW_COLUMN_NUMBER},  {"", CW_COLUMN_TEXT},
	{"size", CW_COLUMN_NUMBER},
};
static const struct cw_column root_columns[] = {
	{"blocks", CW_COLUMN_NUMBER}, {"bytes", CW_COLUMN_NUMBER},
	{"share", CW_COLUMN_NUMBER},  {"", CW_COLUMN_TEXT},
	{"root", CW_COLUMN_CUT},
};
static const struct cw_column site_columns[] = {
	{"blocks", CW_COLUMN_NUMBER},	 {"bytes", CW_COLUMN_NUMBER},
	{"share", CW_COLUMN_NUMBER},	 {"", CW_COLUMN_TEXT},
	{"allocated by", CW_COLUMN_CUT},
};

static void write_row(struct cw_table *table, struct cw_heap_count count,
		      uint64_t whole, const char *fourth, const char *name)
{
	cw_table_row(table);
	cw_table_count(table, count.blocks);
	cw_table_bytes(table, count.bytes);
	cw_table_share(table, count.bytes, whole);
	cw_table_text(table, fourth);
	cw_table_text(table, name);
}

/* What stands in the fourth column. */
static const char *fourth(const struct cw_call *call,
			  const struct cw_histogram_row *row, char *buffer)
{
	if (has_retained(call))
		return cw_output_bytes(call->out, buffer, row->retained);
	return call->options->by == CW_BY_TYPE
		       ? cw_confidence_name(row->confidence)
		       : "";
}

static void write_rows(struct cw_call *call,
		       const struct cw_histogram *histogram)
{
	static const struct cw_column *const columns[] = {
		[CW_BY_TYPE] = type_columns,
		[CW_BY_SIZE] = size_columns,
		[CW_BY_ROOT] = root_columns,
		[CW_BY_SITE] = site_columns,
	};
	uint64_t whole = histogram->total.bytes;
	uint64_t limit = call->options->limit, num = 0;
	struct cw_heap_count rest = histogram->total;
	char buffer[CW_COUNTED_SIZE], number[CW_NUMBER_SIZE];
	struct cw_table table;

	cw_table_init(&table, call->out,
		      has_retained(call) ? retained_columns
					 : columns[call->options->by],
		      5);
	cw_array_foreach(row, &histogram->rows)
	{
		if (limit && num++ == limit)
			break;
		cw_cleanup_text struct cw_text name = {0};
		add_name(call, row, &name);
		write_row(&table, row->count, whole, fourth(call, row, number),
			  name.chars);
		rest.blocks -= row->count.blocks;
		rest.bytes -= row->count.bytes;
	}
	if (limit && histogram->rows.num > limit) {
		snprintf(buffer, sizeof(buffer), "(%" PRIu64 " more rows)",
			 histogram->rows.num - limit);
		write_row(&table, rest, whole, "", buffer);
	}
	write_row(&table, histogram->total, whole, "", "= all");
	cw_table_end(&table);
}

static void suggest(struct cw_call *call, const struct cw_histogram *histogram)
{
	const struct cw_histogram_row *first = histogram->rows.items;
	struct cw_output *out = call->out;
	uint64_t limit = call->options->limit;

	if (histogram->rows.num == 0)
		return;
	if (call->options->by == CW_BY_SIZE)
		cw_output_suggest(out,
				  "heap list --min %" PRIu64 " --max %" PRIu64,
				  first->key, first->key);
	else
		cw_output_suggest(out, "heap object 0x%" PRIx64,
				  first->example);
	if (call->options->by != CW_BY_ROOT)
		cw_output_suggest(out, "heap stat --by root");
	if (limit && histogram->rows.num > limit)
		cw_output_suggest(out, "--limit 0");
}

static void write_short(struct cw_call *call,
			const struct cw_histogram *histogram)
{
	uint64_t limit = call->options->limit, num = 0;

	cw_array_foreach(row, &histogram->rows)
	{
		if (limit && num++ == limit)
			break;
		cw_output_text(call->out, "0x%" PRIx64 "\n", row->example);
	}
}

static struct cw_error *run(struct cw_call *call)
{
	static const enum cw_needs needs[] = {
		[CW_BY_TYPE] = CW_NEEDS_TYPES,
		[CW_BY_SIZE] = CW_NEEDS_HEAP,
		[CW_BY_ROOT] = CW_NEEDS_ROOTS | CW_NEEDS_GRAPH | CW_NEEDS_DEBUG,
		[CW_BY_SITE] = CW_NEEDS_HEAP,
	};
	const struct cw_options *options = call->options;
	enum cw_needs more = options->type ? CW_NEEDS_TYPES : CW_NEEDS_HEAP;
	struct cw_histogram histogram;
	struct cw_filter filter;

	if (has_retained(call))
		more |= CW_NEEDS_HOLDERS;
	if (has_retained(call) && options->by != CW_BY_TYPE)
		return cw_error_new(CW_ERROR_USAGE,
				    "--sort retained is for --by type only");
	struct cw_error *err = cw_filter_init(&filter, options);
	if (!err)
		err = cw_session_need(call->session, needs[options->by] | more);
	if (!err)
		err = cw_histogram_init(&histogram, call->session, &filter,
					options->by);
	cw_filter_deinit(&filter);
	if (err)
		return err;
	if (has_retained(call)) {
		err = cw_histogram_add_retained(&histogram, call->session);
		if (err) {
			cw_histogram_deinit(&histogram);
			return err;
		}
	}
	cw_histogram_sort(&histogram, options->sort);
	call->result->has_totals = true;
	call->result->count = histogram.total.blocks;
	call->result->bytes = histogram.total.bytes;
	if (histogram.rows.num) {
		call->result->has_address = true;
		call->result->address = histogram.rows.items[0].example;
	}
	if (call->out->json) {
		write_json(call, &histogram);
	} else if (options->is_short) {
		write_short(call, &histogram);
	} else {
		write_rows(call, &histogram);
		suggest(call, &histogram);
	}
	cw_histogram_deinit(&histogram);
	return NULL;
}

static const char *const bys[] = {"type", "size", "root", "site", NULL};

static const struct cw_option options[] = {
	{.name = "by",
	 .argument = "type|size|root|site",
	 .help = "what makes a row (type)",
	 .kind = CW_OPTION_CHOICE,
	 .offset = offsetof(struct cw_options, by),
	 .choices = bys},
	{0},
};

const struct cw_command cw_command_stat = {
	.group = "heap",
	.name = "stat",
	.arguments = "",
	.summary = "used blocks by type, by size, or by root",
	.help = "A histogram of the blocks in use, biggest first.  'sure' "
		"says\n"
		"how surely the least certain block of a row is of that type.\n"
		"By root each block is counted once, at the first root that\n"
		"leads to it. By site it is who allocated an object of Go, as\n"
		"far as the runtime sampled that.",
	.known_as =
		"!heap -stat (WinDbg), dumpheap -stat (SOS), histogram (MAT)",
	.needs = CW_NEEDS_HEAP,
	.takes = CW_TAKES_LIMIT | CW_TAKES_SORT | CW_TAKES_FILTER,
	.own_options = options,
	.run = run,
};
