#include "base/memory.h"
#include "command/check_text.h"
#include "command/command.h"
#include "command/heading.h"
#include "command/table.h"

/* What the heap's regions hold; parts add up to whole. */
struct figures {
	const struct cw_heap *heap;
	uint64_t region_size, known_size;
	struct cw_heap_count reachable, weak, unreachable;
	struct cw_heap_count typed, unknown;
	struct cw_heap_count by_confidence[CW_NUM_CONFIDENCES];
	struct cw_evidence_count mined;
	struct cw_self_check check;
};

static void count_types(const struct cw_session *session,
			struct figures *figures)
{
	const struct cw_heap_count *used = &session->heap->count[CW_BLOCK_USED];

	figures->mined = cw_typing_mined(session->typing);
	figures->typed = cw_typing_count(session->typing);
	for (unsigned i = 0; i < CW_NUM_CONFIDENCES; i++)
		figures->by_confidence[i] =
			cw_typing_count_of(session->typing, i);
	figures->unknown.blocks = used->blocks - figures->typed.blocks;
	figures->unknown.bytes = used->bytes - figures->typed.bytes;
}

static struct figures count_all(const struct cw_session *session)
{
	struct figures figures = {
		.heap = session->heap,
		.reachable = session->reach->reachable,
		.weak = session->reach->weak,
		.unreachable = session->reach->unreachable,
	};

	cw_array_foreach(allocator, &session->heap->allocators)
	{
		figures.region_size += allocator->region_size;
		figures.known_size += allocator->known_size;
	}
	count_types(session, &figures);
	return figures;
}

static void write_json(struct cw_json *json, const struct cw_session *session,
		       const struct figures *figures)
{
	const struct cw_heap *heap = figures->heap;

	cw_json_array(json, "allocators");
	cw_array_foreach(allocator, &heap->allocators)
	{
		cw_json_object(json, NULL);
		cw_json_text(json, "name", allocator->name);
		cw_json_text(json, "version", allocator->version);
		cw_json_text(json, "evidence", allocator->evidence);
		cw_json_count(json, "arenas", allocator->num_arenas);
		cw_json_count(json, "regions", allocator->num_regions);
		cw_json_count(json, "bytes", allocator->region_size);
		cw_json_share(json, "coverage",
			      allocator->region_size
				      ? (double)allocator->known_size /
						allocator->region_size
				      : 0);
		cw_json_end(json);
	}
	cw_json_end(json);
	cw_json_heap_count(json, "used", &heap->count[CW_BLOCK_USED]);
	cw_json_heap_count(json, "free", &heap->count[CW_BLOCK_FREE]);
	cw_json_heap_count(json, "cached", &heap->count[CW_BLOCK_CACHED]);
	cw_json_heap_count(json, "metadata", &heap->count[CW_BLOCK_METADATA]);
	cw_json_heap_count(json, "reachable", &figures->reachable);
	cw_json_heap_count(json, "weak", &figures->weak);
	cw_json_heap_count(json, "unreachable", &figures->unreachable);
	cw_json_heap_count(json, "typed", &figures->typed);
	cw_json_object(json, "typed_by_confidence");
	for (unsigned i = CW_NUM_CONFIDENCES - 1; i > 0; i--)
		cw_json_heap_count(json, cw_confidence_name(i),
				   &figures->by_confidence[i]);
	cw_json_end(json);
	cw_json_heap_count(json, "unknown", &figures->unknown);
	cw_json_object(json, "code_read");
	cw_json_count(json, "functions", figures->mined.num_functions);
	cw_json_count(json, "bytes", figures->mined.code_size);
	cw_json_count(json, "undecoded_bytes", figures->mined.undecoded_size);
	cw_json_count(json, "undescribed_bytes",
		      figures->mined.undescribed_size);
	cw_json_end(json);
	cw_check_write_json(json, session, &figures->check);
	cw_json_count(json, "corruptions", heap->corruptions.num);
}

static const struct cw_column allocator_columns[] = {
	{"allocator", CW_COLUMN_TEXT},	 {"arenas", CW_COLUMN_NUMBER},
	{"regions", CW_COLUMN_NUMBER},	 {"bytes", CW_COLUMN_NUMBER},
	{"explained", CW_COLUMN_NUMBER},
};

static void write_allocators(struct cw_output *out, const struct cw_heap *heap)
{
	struct cw_table table;

	cw_table_init(&table, out, allocator_columns,
		      cw_num_elements(allocator_columns));
	cw_array_foreach(allocator, &heap->allocators)
	{
		cw_table_row(&table);
		cw_table_format(&table, "%s %s", allocator->name,
				allocator->version ? allocator->version : "");
		cw_table_count(&table, allocator->num_arenas);
		cw_table_count(&table, allocator->num_regions);
		cw_table_bytes(&table, allocator->region_size);
		cw_table_share(&table, allocator->known_size,
			       allocator->region_size);
	}
	cw_table_end(&table);
	cw_array_foreach(allocator, &heap->allocators) if (allocator->evidence)
		cw_output_line(out, 2, "  %s: %s", allocator->name,
			       allocator->evidence);
}

static const struct cw_column block_columns[] = {
	{"blocks", CW_COLUMN_NUMBER},
	{"bytes", CW_COLUMN_NUMBER},
	{"share", CW_COLUMN_NUMBER},
	{"what", CW_COLUMN_WRAP},
};

static void write_count(struct cw_table *table, const struct figures *figures,
			const struct cw_heap_count *count, const char *what)
{
	cw_table_row(table);
	cw_table_count(table, count->blocks);
	cw_table_bytes(table, count->bytes);
	cw_table_share(table, count->bytes, figures->region_size);
	cw_table_text(table, what);
}

static void write_size(struct cw_table *table, const struct figures *figures,
		       uint64_t bytes, const char *what)
{
	cw_table_row(table);
	cw_table_empty(table);
	cw_table_bytes(table, bytes);
	cw_table_share(table, bytes, figures->region_size);
	cw_table_text(table, what);
}

/* Adds up to the regions of all allocators. */
static void write_blocks(struct cw_output *out, const struct figures *figures)
{
	const struct cw_heap *heap = figures->heap;
	const struct cw_heap_count *counts = heap->count;
	struct cw_table table;

	cw_table_init(&table, out, block_columns,
		      cw_num_elements(block_columns));
	write_count(&table, figures, &counts[CW_BLOCK_USED], "used");
	write_count(&table, figures, &counts[CW_BLOCK_FREE], "free");
	write_count(&table, figures, &counts[CW_BLOCK_CACHED],
		    "cached: free, kept by a thread or not yet merged");
	write_count(&table, figures, &counts[CW_BLOCK_METADATA],
		    "metadata: the allocator's own");
	write_size(&table, figures, heap->overhead_size,
		   "headers and rounding");
	write_size(&table, figures, heap->unknown_size,
		   "unknown: no block could be made of it");
	write_size(&table, figures, figures->region_size, "= all regions");
	cw_table_end(&table);
}

static const struct cw_column used_columns[] = {
	{"of what is used", CW_COLUMN_TEXT},
	{"blocks", CW_COLUMN_NUMBER},
	{"bytes", CW_COLUMN_NUMBER},
	{"share", CW_COLUMN_NUMBER},
};

static void write_used(struct cw_output *out, const struct figures *figures)
{
	const struct {
		const char *name;
		const struct cw_heap_count *count;
	} rows[] = {
		{"reachable", &figures->reachable},
		{"weak", &figures->weak},
		{"unreachable", &figures->unreachable},
		{"with a type", &figures->typed},
		{"  exact", &figures->by_confidence[CW_CONFIDENCE_EXACT]},
		{"  derived", &figures->by_confidence[CW_CONFIDENCE_DERIVED]},
		{"  likely", &figures->by_confidence[CW_CONFIDENCE_LIKELY]},
		{"type unknown", &figures->unknown},
	};
	struct cw_table table;

	cw_table_init(&table, out, used_columns, cw_num_elements(used_columns));
	for (size_t i = 0; i < cw_num_elements(rows); i++) {
		/* Rows that would say nothing of most programs. */
		if (rows[i].count->blocks == 0 &&
		    (rows[i].count == &figures->weak || rows[i].name[0] == ' '))
			continue;
		cw_table_row(&table);
		cw_table_text(&table, rows[i].name);
		cw_table_count(&table, rows[i].count->blocks);
		cw_table_bytes(&table, rows[i].count->bytes);
		cw_table_share(&table, rows[i].count->bytes,
			       figures->heap->count[CW_BLOCK_USED].bytes);
	}
	cw_table_end(&table);
}

static void write_mined(struct cw_output *out,
			const struct cw_evidence_count *mined)
{
	char functions[CW_COUNTED_SIZE], read[CW_NUMBER_SIZE];
	char undescribed[CW_NUMBER_SIZE], undecoded[CW_NUMBER_SIZE];

	if (mined->num_functions == 0)
		return;
	cw_output_line(
		out, 2,
		"code read for types: %s, %s; passed over: %s that debug info "
		"does not describe, %s that could not be decoded",
		cw_output_counted(functions, mined->num_functions, "function"),
		cw_output_bytes(out, read, mined->code_size),
		cw_output_bytes(out, undescribed, mined->undescribed_size),
		cw_output_bytes(out, undecoded, mined->undecoded_size));
}

static void write_text(struct cw_call *call, const struct figures *figures)
{
	const struct cw_heap *heap = figures->heap;
	struct cw_output *out = call->out;
	char buffer[CW_COUNTED_SIZE];

	cw_heading_write(out, call->session->target);
	if (heap->allocators.num == 0) {
		cw_heading_write_warnings(out, call->session->target);
		cw_output_suggest(out, "heap memory");
		return;
	}
	cw_output_text(out, "\n");
	write_allocators(out, heap);
	cw_output_text(out, "\n");
	write_blocks(out, figures);
	cw_output_text(out, "\n");
	write_used(out, figures);
	cw_check_write_text(out, call->session, &figures->check);
	write_mined(out, &figures->mined);
	cw_output_text(out, "\n");
	if (heap->corruptions.num) {
		cw_output_line(out, 2, "%s: see heap verify",
			       cw_output_counted(buffer, heap->corruptions.num,
						 "corruption"));
		cw_output_suggest(out, "heap verify");
	}
	cw_heading_write_warnings(out, call->session->target);
	if (figures->unreachable.blocks)
		cw_output_suggest(out, "heap leaks");
	cw_output_suggest(out, "heap stat");
	cw_output_suggest(out, "heap memory");
}

static struct cw_error *run(struct cw_call *call)
{
	struct figures figures = count_all(call->session);
	struct cw_error *err =
		cw_self_check_run(call->session->typing,
				  &call->session->progress, &figures.check);

	if (err)
		return err;

	if (call->out->json)
		write_json(call->out->json, call->session, &figures);
	else
		write_text(call, &figures);
	call->result->has_totals = true;
	call->result->count = figures.heap->count[CW_BLOCK_USED].blocks;
	call->result->bytes = figures.heap->count[CW_BLOCK_USED].bytes;
	cw_self_check_deinit(&figures.check);
	return NULL;
}

const struct cw_command cw_command_summary = {
	.group = "heap",
	.name = "summary",
	.arguments = "",
	.summary = "allocators, used, free and cached, how much is explained",
	.help = "Which allocators were recognised and how surely, how much of\n"
		"their memory is used, free, cached or could not be "
		"explained,\n"
		"how much of what is used a root leads to, and how much of it\n"
		"has a type.",
	.known_as = "!heap -s (WinDbg), eeheap (SOS)",
	.needs = CW_NEEDS_REACH | CW_NEEDS_TYPES,
	.run = run,
};
