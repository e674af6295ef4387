#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "command/address.h"
#include "command/command.h"
#include "command/describe.h"
#include "object/name.h"
#include "object/search.h"

/* What to look for, and the bytes that a search borrows. */
struct wanted {
	struct cw_search search;
	uint64_t number;
	char *text;
	const char *as; /* "text", "number", "pointer" */
};

static struct cw_error *wrong_size(const struct wanted *wanted, uint64_t size)
{
	return cw_error_new(CW_ERROR_USAGE,
			    "0x%" PRIx64 " does not fit into %" PRIu64 " bytes",
			    wanted->number, size);
}

static struct cw_error *want_number(struct cw_call *call, struct wanted *wanted)
{
	static const uint64_t sizes[] = {0, 1, 2, 4, 8};
	uint64_t size = sizes[call->options->width];
	uint64_t value = wanted->number;

	/* Said nothing: as an int where it fits, else as a word. */
	if (size == 0)
		size = value <= UINT32_MAX || value >= UINT64_C(-1) << 31 ? 4
									  : 8;
	bool fits = size == 8 || value < UINT64_C(1) << (8 * size) ||
		    value >= UINT64_C(-1) << (8 * size - 1);
	if (!fits)
		return wrong_size(wanted, size);
	wanted->as = "number";
	wanted->search.bytes = &wanted->number;
	wanted->search.size = size;
	wanted->search.alignment = size;
	return NULL;
}

static void want_text(const char *text, struct wanted *wanted)
{
	size_t length = strlen(text);

	/* Quotes say that it is a text even if it looks like a number. */
	if (length >= 2 && (text[0] == '"' || text[0] == '\'') &&
	    text[length - 1] == text[0]) {
		text++;
		length -= 2;
	}
	wanted->as = "text";
	wanted->text = cw_strndup(text, length);
	wanted->search.bytes = wanted->text;
	wanted->search.size = length;
	wanted->search.alignment = 1;
}

/* Any pointer into the block that holds the address, or to the address. */
static void want_pointer(struct cw_session *session, struct wanted *wanted)
{
	struct cw_block block;

	wanted->as = "pointer";
	wanted->search.size = 8;
	wanted->search.alignment = 8;
	if (cw_heap_block_at(session->heap, wanted->number, &block)) {
		wanted->search.low = block.address;
		wanted->search.high =
			block.address + (block.size ? block.size : 1);
	} else {
		wanted->search.bytes = &wanted->number;
	}
}

static struct cw_error *find_wanted(struct cw_call *call, struct wanted *wanted)
{
	const char *text = call->arguments[0];
	cw_cleanup_error struct cw_error *no_symbol = NULL;

	wanted->search.is_everywhere = call->options->is_everywhere;
	if (text[0] == '\0')
		return cw_error_new(CW_ERROR_USAGE,
				    "nothing to search for: ''");
	bool is_quoted = text[0] == '"' || text[0] == '\'';
	if (!is_quoted && cw_address_parse_number(text, &wanted->number)) {
		if (call->options->width == 0 &&
		    cw_target_segment(call->session->target, wanted->number))
			want_pointer(call->session, wanted);
		else
			return want_number(call, wanted);
		return NULL;
	}
	if (text[0] == '&') {
		no_symbol =
			cw_address_parse(call->session, text, &wanted->number);
		if (!no_symbol) {
			want_pointer(call->session, wanted);
			return NULL;
		}
	}
	want_text(text, wanted);
	if (wanted->search.size == 0)
		return cw_error_new(CW_ERROR_USAGE, "nothing to search for: %s",
				    text);
	return NULL;
}

static void add_place(const struct cw_session *session,
		      const struct cw_search_hit *hit, struct cw_text *text)
{
	const struct cw_name_context context = cw_describe_context(session);

	if (hit->has_block)
		cw_describe_field(session, &hit->block, hit->offset, text);
	else if (hit->root)
		cw_describe_root_word(session, hit->root, hit->offset, text);
	else if (!cw_name_address(&context, hit->address, text, NULL) &&
		 hit->usage)
		cw_text_add(text, cw_usage_kind_name(hit->usage->kind));
}

static const char *place_kind(const struct cw_search_hit *hit)
{
	if (hit->has_block)
		return cw_block_state_name(hit->block.state);
	if (hit->root)
		return cw_root_kind_name(hit->root->kind);
	return hit->usage ? cw_usage_kind_name(hit->usage->kind) : "";
}

static void write_json(struct cw_call *call, const struct cw_search_hits *hits)
{
	struct cw_json *json = call->out->json;

	cw_json_array(json, "rows");
	cw_array_foreach(hit, &hits->items)
	{
		cw_cleanup_text struct cw_text place = {0};

		add_place(call->session, hit, &place);
		cw_json_object(json, NULL);
		if (hit->address)
			cw_json_address(json, "address", hit->address);
		else
			cw_json_null(json, "address");
		cw_json_address(json, "value", hit->value);
		cw_json_text(json, "in", place_kind(hit));
		if (hit->has_block)
			cw_json_address(json, "block", hit->block.address);
		else
			cw_json_null(json, "block");
		cw_json_count(json, "offset", hit->offset);
		cw_json_text(json, "field", place.chars);
		cw_json_end(json);
	}
	cw_json_end(json);
	cw_json_count(json, "total", hits->num_total);
}

static const struct cw_column columns[] = {
	{"address", CW_COLUMN_TEXT}, {"in", CW_COLUMN_TEXT},
	{"block", CW_COLUMN_TEXT},   {"bytes", CW_COLUMN_NUMBER},
	{"where", CW_COLUMN_CUT},
};

static void write_row(struct cw_call *call, struct cw_table *table,
		      const struct cw_search_hit *hit)
{
	cw_cleanup_text struct cw_text place = {0};

	add_place(call->session, hit, &place);
	cw_table_row(table);
	if (hit->address)
		cw_table_address(table, hit->address);
	else
		cw_table_text(table, "-");
	cw_table_text(table, place_kind(hit));
	if (hit->has_block) {
		cw_table_address(table, hit->block.address);
		cw_table_bytes(table, hit->block.size);
	} else {
		cw_table_empty(table);
		cw_table_empty(table);
	}
	cw_table_text(table, place.chars);
}

static void write_text(struct cw_call *call, const struct wanted *wanted,
		       const struct cw_search_hits *hits)
{
	struct cw_output *out = call->out;
	char count[CW_COUNTED_SIZE];
	struct cw_table table;

	cw_table_init(&table, out, columns, cw_num_elements(columns));
	cw_array_foreach(hit, &hits->items) write_row(call, &table, hit);
	cw_table_end(&table);
	cw_output_line(out, 2, "= %s of '%s' as a %s of %zu bytes%s",
		       cw_output_counted(count, hits->num_total, "hit"),
		       call->arguments[0], wanted->as, wanted->search.size,
		       wanted->search.is_everywhere
			       ? ""
			       : " in used blocks and roots");
	if (hits->num_total > hits->items.num)
		cw_output_suggest(out, "--limit 0 for all");
	cw_array_foreach(hit, &hits->items)
	{
		if (!hit->has_block)
			continue;
		cw_output_suggest(out, "heap object 0x%" PRIx64,
				  hit->block.address);
		break;
	}
	if (!wanted->search.is_everywhere)
		cw_output_suggest(out, "--everywhere");
}

static void write_answer(struct cw_call *call, const struct wanted *wanted,
			 const struct cw_search_hits *hits)
{
	if (call->out->json)
		write_json(call, hits);
	else if (!call->options->is_short)
		write_text(call, wanted, hits);
	else
		cw_array_foreach(hit, &hits->items) if (hit->address)
			cw_output_text(call->out, "0x%" PRIx64 "\n",
				       hit->address);
}

static struct cw_error *run(struct cw_call *call)
{
	struct cw_session *session = call->session;
	struct cw_search_hits hits = {0};
	struct wanted wanted = {0};
	uint64_t limit = call->options->limit;

	struct cw_error *err = find_wanted(call, &wanted);
	if (!err)
		err = cw_search_run(&wanted.search, session->heap,
				    session->roots, limit ? limit : UINT64_MAX,
				    &session->progress, &hits);
	if (!err) {
		write_answer(call, &wanted, &hits);
		call->result->has_totals = true;
		call->result->count = hits.num_total;
		call->result->bytes = hits.num_total * wanted.search.size;
		if (hits.items.num && hits.items.items[0].address) {
			call->result->has_address = true;
			call->result->address = hits.items.items[0].address;
		}
		cw_search_hits_deinit(&hits);
	}
	free(wanted.text);
	return err;
}

static const char *const widths[] = {"auto", "1", "2", "4", "8", NULL};

static const struct cw_option options[] = {
	{.name = "width",
	 .argument = "1|2|4|8",
	 .help = "bytes of a number (4 where it fits, else 8)",
	 .kind = CW_OPTION_CHOICE,
	 .offset = offsetof(struct cw_options, width),
	 .choices = widths},
	{.name = "everywhere",
	 .help = "also free blocks, dead stack, read-only memory",
	 .kind = CW_OPTION_FLAG,
	 .offset = offsetof(struct cw_options, is_everywhere)},
	{0},
};

const struct cw_command cw_command_search = {
	.group = "heap",
	.name = "search",
	.arguments = "VALUE",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "where a number, a text or a pointer stands",
	.help = "Looks for VALUE in used blocks and roots.  A number that is\n"
		"an address is searched for as a pointer, also into the "
		"middle\n"
		"of the block there; another number by its width; anything\n"
		"else, and what stands in quotes, as a text.",
	.known_as = "!heap -srch, s (WinDbg)",
	.needs = CW_NEEDS_ROOTS | CW_NEEDS_TYPES,
	.takes = CW_TAKES_LIMIT,
	.own_options = options,
	.run = run,
};
