#include "base/memory.h"
#include "command/command.h"
#include "command/heading.h"
#include "command/table.h"

/* The mappings of one use. */
struct use {
	uint64_t mappings, bytes;
	uint64_t missing; /* of bytes: not to be read here */
	cw_addr largest;
	uint64_t largest_size;
};

static uint64_t count_uses(const struct cw_roots *roots, struct use *uses)
{
	uint64_t total = 0;

	cw_array_foreach(usage, &roots->usages)
	{
		struct use *use = &uses[usage->kind];
		uint64_t size = usage->end - usage->start;

		use->mappings++;
		use->bytes += size;
		total += size;
		if (usage->segment && !usage->segment->bytes)
			use->missing += size;
		if (size > use->largest_size) {
			use->largest = usage->start;
			use->largest_size = size;
		}
	}
	return total;
}

/* Writes the numbers of uses that there are, biggest first. */
static size_t sort_uses(const struct use *uses, unsigned *ret)
{
	size_t num = 0;

	for (unsigned kind = 0; kind < CW_NUM_USAGES; kind++) {
		if (uses[kind].mappings == 0)
			continue;
		size_t at = num++;
		for (; at > 0 && uses[ret[at - 1]].bytes < uses[kind].bytes;
		     at--)
			ret[at] = ret[at - 1];
		ret[at] = kind;
	}
	return num;
}

static void write_json(struct cw_json *json, const struct use *uses,
		       const unsigned *order, size_t num, uint64_t total)
{
	cw_json_array(json, "rows");
	for (size_t i = 0; i < num; i++) {
		const struct use *use = &uses[order[i]];

		cw_json_object(json, NULL);
		cw_json_text(json, "use", cw_usage_kind_name(order[i]));
		cw_json_count(json, "mappings", use->mappings);
		cw_json_count(json, "bytes", use->bytes);
		cw_json_count(json, "missing", use->missing);
		cw_json_address(json, "largest", use->largest);
		cw_json_end(json);
	}
	cw_json_end(json);
	cw_json_count(json, "total", total);
}

static const struct cw_column columns[] = {
	{"bytes", CW_COLUMN_NUMBER},	{"share", CW_COLUMN_NUMBER},
	{"mappings", CW_COLUMN_NUMBER}, {"not here", CW_COLUMN_NUMBER},
	{"largest at", CW_COLUMN_TEXT}, {"use", CW_COLUMN_CUT},
};

static void write_row(struct cw_table *table, const struct use *use,
		      uint64_t total, const char *name)
{
	cw_table_row(table);
	cw_table_bytes(table, use->bytes);
	cw_table_share(table, use->bytes, total);
	cw_table_count(table, use->mappings);
	if (use->missing)
		cw_table_bytes(table, use->missing);
	else
		cw_table_text(table, "-");
	if (use->largest_size)
		cw_table_address(table, use->largest);
	else
		cw_table_empty(table);
	cw_table_text(table, name);
}

static void write_text(struct cw_call *call, const struct use *uses,
		       const unsigned *order, size_t num, uint64_t total)
{
	struct cw_table table;
	struct use sum = {0};

	cw_heading_write(call->out, call->session->target);
	cw_output_text(call->out, "\n");
	cw_table_init(&table, call->out, columns, cw_num_elements(columns));
	for (size_t i = 0; i < num; i++) {
		const struct use *use = &uses[order[i]];

		write_row(&table, use, total, cw_usage_kind_name(order[i]));
		sum.bytes += use->bytes;
		sum.mappings += use->mappings;
		sum.missing += use->missing;
	}
	write_row(&table, &sum, total, "= all that is mapped");
	cw_table_end(&table);
	cw_heading_write_warnings(call->out, call->session->target);
	cw_output_suggest(call->out, "heap summary");
	cw_output_suggest(call->out, "heap analyze");
}

static struct cw_error *run(struct cw_call *call)
{
	struct use uses[CW_NUM_USAGES] = {0};
	unsigned order[CW_NUM_USAGES];

	uint64_t total = count_uses(call->session->roots, uses);
	size_t num = sort_uses(uses, order);
	if (call->out->json)
		write_json(call->out->json, uses, order, num, total);
	else
		write_text(call, uses, order, num, total);
	call->result->has_totals = true;
	call->result->count = call->session->roots->usages.num;
	call->result->bytes = total;
	return NULL;
}

const struct cw_command cw_command_memory = {
	.group = "heap",
	.name = "memory",
	.arguments = "",
	.summary = "every mapping by use; adds up to what is mapped",
	.help = "What each part of the target's memory is for: heap, stacks,\n"
		"globals, code, files, and private mappings that no known\n"
		"allocator made.  Every byte is in one line.  'Not here' is\n"
		"mapped in the target but cannot be read.",
	.known_as = "!address -summary (WinDbg), vmmap",
	.needs = CW_NEEDS_ROOTS,
	.run = run,
};
