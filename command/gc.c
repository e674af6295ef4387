#include <inttypes.h>
#include <time.h>

#include "base/memory.h"
#include "command/command.h"
#include "command/goroutine_text.h"
#include "command/heading.h"
#include "golang/collector.h"
#include "golang/span.h"

/* Spans of one size of elements; all large ones are one class. */
struct span_class {
	uint64_t element_size; /* 0: large */
	uint64_t num_spans, num_elements, num_used;
	uint64_t bytes, used, free, rest; /* used + free + rest = bytes */
};

struct answer {
	const struct cw_go *go;
	struct cw_go_collector collector;
	struct cw_goroutines goroutines;
	CW_ARRAY(struct span_class) classes; /* those with most bytes first */
	struct span_class total;
	uint64_t num_unswept;
};

static void add_span(struct span_class *class, const struct cw_go_span *span,
		     uint64_t num_used)
{
	class->num_spans++;
	class->num_elements += span->num_elements;
	class->num_used += num_used;
	class->bytes += span->end - span->start;
	class->used += num_used * span->element_size;
	class->free += (span->num_elements - num_used) * span->element_size;
	class->rest += span->end - span->start -
		       span->num_elements * span->element_size;
}

static struct span_class *class_of(struct answer *answer,
				   const struct cw_go_span *span)
{
	uint64_t size = span->is_large ? 0 : span->element_size;

	cw_array_foreach(class, &answer->classes)
	{
		if (class->element_size == size)
			return class;
	}
	struct span_class *class = cw_array_push(&answer->classes);
	*class = (struct span_class){.element_size = size};
	return class;
}

static int by_bytes(const void *left, const void *right)
{
	const struct span_class *a = left, *b = right;

	if (a->bytes != b->bytes)
		return a->bytes < b->bytes ? 1 : -1;
	return (a->element_size > b->element_size) -
	       (a->element_size < b->element_size);
}

static void count_spans(struct answer *answer)
{
	struct cw_go_spans spans;

	cw_go_spans_init(&spans, answer->go);
	cw_array_foreach(span, &spans.items)
	{
		uint64_t num_used = cw_go_span_num_allocated(span);

		add_span(class_of(answer, span), span, num_used);
		add_span(&answer->total, span, num_used);
		answer->num_unswept += span->is_unswept;
	}
	cw_go_spans_deinit(&spans);
	if (answer->classes.num)
		qsort(answer->classes.items, answer->classes.num,
		      sizeof(*answer->classes.items), by_bytes);
}

static const struct cw_goroutine *finalizer_goroutine(struct answer *answer)
{
	cw_array_foreach(goroutine, &answer->goroutines.items)
	{
		if (goroutine->address == answer->collector.finalizer_goroutine)
			return goroutine;
	}
	return NULL;
}

/* What it runs is the program's: then it is the finalizer that is called. */
static bool runs_finalizer(const struct answer *answer,
			   const struct cw_goroutine *goroutine)
{
	struct cw_go_frame frame;

	return cw_goroutine_own_frame(answer->go, goroutine, &frame);
}

/* ---- JSON */

static void write_finalizers_json(struct cw_json *json, struct answer *answer)
{
	const struct cw_goroutine *goroutine = finalizer_goroutine(answer);

	cw_json_object(json, "finalizers");
	cw_json_count(json, "queued", answer->collector.num_finalizers);
	cw_json_bool(json, "has_more", answer->collector.has_more_finalizers);
	cw_json_count(json, "cleanups", answer->collector.num_cleanups);
	if (goroutine) {
		struct cw_go_frame frame;
		bool is_found =
			cw_goroutine_own_frame(answer->go, goroutine, &frame);

		cw_json_count(json, "goroutine", goroutine->id);
		cw_json_text(json, "status",
			     cw_go_status_name(goroutine->status));
		cw_json_text(json, "reason", goroutine->reason);
		cw_json_text(json, "function", is_found ? frame.name : NULL);
	} else {
		cw_json_null(json, "goroutine");
	}
	cw_json_end(json);
}

static void write_spans_json(struct cw_json *json, const struct answer *answer)
{
	cw_json_array(json, "spans");
	cw_array_foreach(class, &answer->classes)
	{
		cw_json_object(json, NULL);
		if (class->element_size)
			cw_json_count(json, "size", class->element_size);
		else
			cw_json_null(json, "size");
		cw_json_count(json, "spans", class->num_spans);
		cw_json_count(json, "bytes", class->bytes);
		cw_json_count(json, "objects", class->num_used);
		cw_json_count(json, "used", class->used);
		cw_json_count(json, "free", class->free);
		cw_json_count(json, "rest", class->rest);
		cw_json_end(json);
	}
	cw_json_end(json);
}

static void write_limit_json(struct cw_json *json, const char *key,
			     uint64_t bytes)
{
	if (bytes == UINT64_MAX)
		cw_json_null(json, key);
	else
		cw_json_count(json, key, bytes);
}

static void write_json(struct cw_json *json, struct answer *answer)
{
	const struct cw_go_collector *collector = &answer->collector;

	cw_json_text(json, "version", answer->go->version);
	cw_json_text(json, "problem", answer->go->problem);
	cw_json_object(json, "heap");
	cw_json_count(json, "objects", answer->total.num_used);
	cw_json_count(json, "alloc", answer->total.used);
	cw_json_count(json, "in_use", collector->in_use);
	cw_json_count(json, "idle", collector->idle);
	cw_json_count(json, "released", collector->released);
	cw_json_count(json, "stacks", collector->stacks);
	cw_json_count(json, "total_alloc", collector->total_alloc);
	cw_json_count(json, "mallocs", collector->num_allocs);
	cw_json_count(json, "frees", collector->num_frees);
	write_limit_json(json, "next", collector->goal);
	write_limit_json(json, "limit", collector->memory_limit);
	cw_json_end(json);
	cw_json_object(json, "collections");
	cw_json_count(json, "num", collector->num_collections);
	cw_json_count(json, "forced", collector->num_forced);
	cw_json_text(json, "phase", cw_go_phase_name(collector->phase));
	cw_json_count(json, "unswept", answer->num_unswept);
	cw_json_count(json, "last", collector->last);
	cw_json_share(json, "cpu", collector->cpu_fraction);
	cw_json_count(json, "pause_total", collector->pause_total);
	cw_json_array(json, "pauses");
	for (uint32_t i = 0; i < collector->num_pauses; i++)
		cw_json_count(json, NULL, collector->pauses[i]);
	cw_json_end(json);
	cw_json_end(json);
	write_finalizers_json(json, answer);
	write_spans_json(json, answer);
}

/* ---- Text */

/* "1.2 ms"; @buffer has CW_NUMBER_SIZE. */
static const char *duration(char *buffer, uint64_t ns)
{
	static const struct {
		double ns;
		const char *name;
	} units[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}};
	size_t i = 0;

	while (i < 2 && ns < units[i].ns)
		i++;
	snprintf(buffer, CW_NUMBER_SIZE, "%.3g %s", ns / units[i].ns,
		 units[i].name);
	return buffer;
}

static const struct cw_column heap_columns[] = {
	{"heap", CW_COLUMN_TEXT},
	{"bytes", CW_COLUMN_NUMBER},
	{"MemStats", CW_COLUMN_TEXT},
	{"", CW_COLUMN_WRAP},
};

static void write_heap(struct cw_output *out, const struct answer *answer)
{
	const struct cw_go_collector *collector = &answer->collector;
	const struct {
		const char *what;
		uint64_t bytes;
		const char *name, *text;
	} rows[] = {
		{"objects", answer->total.used, "HeapAlloc", NULL},
		{"their spans", collector->in_use, "HeapInuse", NULL},
		{"idle", collector->idle, "HeapIdle", "pages without objects"},
		{"  given back", collector->released, "HeapReleased",
		 "of them, not in memory"},
		{"stacks", collector->stacks, "StackInuse", NULL},
		{"ever allocated", collector->total_alloc, "TotalAlloc", NULL},
	};
	struct cw_table table;

	cw_table_init(&table, out, heap_columns, cw_num_elements(heap_columns));
	/* Without the runtime's own figures there is the first row. */
	for (size_t i = 0;
	     i < (collector->has_statistics ? cw_num_elements(rows) : 1); i++) {
		cw_table_row(&table);
		cw_table_text(&table, rows[i].what);
		cw_table_bytes(&table, rows[i].bytes);
		cw_table_text(&table, rows[i].name);
		if (rows[i].text)
			cw_table_text(&table, rows[i].text);
	}
	cw_table_end(&table);
}

static void write_goal(struct cw_output *out,
		       const struct cw_go_collector *collector)
{
	char bytes[CW_NUMBER_SIZE], limit[CW_NUMBER_SIZE];
	bool has_limit = collector->memory_limit != UINT64_MAX;

	if (has_limit)
		cw_output_bytes(out, limit, collector->memory_limit);
	if (collector->percent < 0)
		cw_output_line(out, 2, "next collection: %s%s",
			       has_limit ? "at the memory limit, " : "never",
			       has_limit ? limit : " (GOGC=off)");
	else
		cw_output_line(out, 2, "next collection: at %s (GOGC=%d)%s%s",
			       cw_output_bytes(out, bytes, collector->goal),
			       (int)collector->percent,
			       has_limit ? ", or before it for the limit of "
					 : "",
			       has_limit ? limit : "");
}

static void write_last(struct cw_output *out,
		       const struct cw_go_collector *collector)
{
	time_t seconds = collector->last / 1000000000;
	char when[64] = "", last[CW_NUMBER_SIZE], longest[CW_NUMBER_SIZE],
	     all[CW_NUMBER_SIZE];
	uint64_t max = 0;
	struct tm tm;

	if (collector->num_pauses == 0)
		return;
	for (uint32_t i = 0; i < collector->num_pauses; i++)
		if (collector->pauses[i] > max)
			max = collector->pauses[i];
	if (gmtime_r(&seconds, &tm))
		strftime(when, sizeof(when), "%F %T UTC", &tm);
	cw_output_line(out, 2, "last collection: %s, pause %s", when,
		       duration(last, collector->pauses[0]));
	cw_output_line(out, 2,
		       "pauses: %s in all; of the last %u the longest was %s",
		       duration(all, collector->pause_total),
		       collector->num_pauses, duration(longest, max));
}

static void write_collections(struct cw_output *out,
			      const struct answer *answer)
{
	const struct cw_go_collector *collector = &answer->collector;
	char counted[CW_COUNTED_SIZE];

	cw_output_text(out, "\n");
	if (collector->has_statistics) {
		cw_output_line(
			out, 2,
			"%s (%u asked for by the program), %.2f %% of CPU time",
			cw_output_counted(counted, collector->num_collections,
					  "collection"),
			collector->num_forced, 100 * collector->cpu_fraction);
		write_last(out, collector);
		write_goal(out, collector);
	}
	if (collector->phase != CW_GO_PHASE_OFF)
		cw_output_line(out, 2, "phase: %s",
			       cw_go_phase_name(collector->phase));
	else if (answer->num_unswept)
		cw_output_line(out, 2, "phase: sweeping, %s to go",
			       cw_output_counted(counted, answer->num_unswept,
						 "span"));
	else
		cw_output_line(out, 2, "phase: none, all spans are swept");
}

/* Finalizers that wait behind one that does not return are a leak. */
static void write_finalizers(struct cw_output *out, struct answer *answer)
{
	const struct cw_go_collector *collector = &answer->collector;
	const struct cw_goroutine *goroutine = finalizer_goroutine(answer);
	const char *least = collector->has_more_finalizers ? "at least " : "";
	char queued[CW_COUNTED_SIZE], cleanups[CW_COUNTED_SIZE];

	if (collector->num_cleanups)
		cw_output_line(out, 2, "%s queued",
			       cw_output_counted(cleanups,
						 collector->num_cleanups,
						 "cleanup"));
	if (!goroutine || !runs_finalizer(answer, goroutine)) {
		cw_output_line(out, 2, "%s%s queued; none runs", least,
			       cw_output_counted(queued,
						 collector->num_finalizers,
						 "finalizer"));
		return;
	}
	cw_output_line(out, 2, "%s%s queued, behind one that %s%s%s%s:", least,
		       cw_output_counted(queued, collector->num_finalizers,
					 "finalizer"),
		       goroutine->reason ? "waits" : "runs",
		       goroutine->reason ? " (" : "",
		       goroutine->reason ? goroutine->reason : "",
		       goroutine->reason ? ")" : "");
	cw_goroutine_write_stack(out, answer->go, goroutine);
}

static const struct cw_column span_columns[] = {
	{"size", CW_COLUMN_NUMBER},	 {"objects", CW_COLUMN_NUMBER},
	{"spans", CW_COLUMN_NUMBER},	 {"bytes", CW_COLUMN_NUMBER},
	{"used", CW_COLUMN_NUMBER},	 {"free slots", CW_COLUMN_NUMBER},
	{"left over", CW_COLUMN_NUMBER},
};

static void write_class(struct cw_table *table, const struct span_class *class,
			const char *name)
{
	cw_table_row(table);
	if (name)
		cw_table_text(table, name);
	else
		cw_table_count(table, class->element_size);
	cw_table_count(table, class->num_used);
	cw_table_count(table, class->num_spans);
	cw_table_bytes(table, class->bytes);
	cw_table_bytes(table, class->used);
	cw_table_bytes(table, class->free);
	cw_table_bytes(table, class->rest);
}

static void write_spans(struct cw_call *call, const struct answer *answer)
{
	uint64_t limit = call->options->limit, num = 0;
	struct span_class others = {0};
	struct cw_table table;

	cw_output_text(call->out, "\n");
	cw_table_init(&table, call->out, span_columns,
		      cw_num_elements(span_columns));
	cw_array_foreach(class, &answer->classes)
	{
		if (limit == 0 || num++ < limit) {
			write_class(&table, class,
				    class->element_size ? NULL : "large");
			continue;
		}
		others.num_used += class->num_used;
		others.num_spans += class->num_spans;
		others.bytes += class->bytes;
		others.used += class->used;
		others.free += class->free;
		others.rest += class->rest;
	}
	if (others.num_spans)
		write_class(&table, &others, "others");
	write_class(&table, &answer->total, "= all");
	cw_table_end(&table);
}

static void write_text(struct cw_call *call, struct answer *answer)
{
	struct cw_output *out = call->out;

	cw_heading_write(out, call->session->target);
	if (answer->go->problem) {
		cw_output_line(out, 2, "Go %s, whose heap cannot be read: %s",
			       answer->go->version, answer->go->problem);
		return;
	}
	cw_output_line(out, 2, "Go %s", answer->go->version);
	cw_output_text(out, "\n");
	write_heap(out, answer);
	write_collections(out, answer);
	write_finalizers(out, answer);
	write_spans(call, answer);
	cw_output_suggest(out, "heap stat");
	cw_output_suggest(out, "hang tasks");
}

static struct cw_error *run(struct cw_call *call)
{
	struct answer answer = {.go = call->session->heap->go};

	if (!answer.go)
		return cw_error_new(CW_ERROR_TARGET,
				    "no program of Go: it has no collector");
	cw_go_collector_read(answer.go, &answer.collector);
	cw_goroutines_init(&answer.goroutines, answer.go);
	if (!answer.go->problem)
		count_spans(&answer);
	if (call->out->json)
		write_json(call->out->json, &answer);
	else
		write_text(call, &answer);
	call->result->has_totals = true;
	call->result->count = answer.total.num_used;
	call->result->bytes = answer.total.used;
	cw_goroutines_deinit(&answer.goroutines);
	cw_array_deinit(&answer.classes);
	return NULL;
}

const struct cw_command cw_command_gc = {
	.group = "heap",
	.name = "gc",
	.arguments = "",
	.summary = "Go's collector: heap sizes, pauses, finalizers, spans",
	.help = "What the runtime of a Go program counted of its heap and its\n"
		"collections, the finalizers that wait to be run and the one\n"
		"that they wait for, and the spans of each size of objects:\n"
		"how much of them is used, free for objects of that size "
		"only,\n"
		"and left over behind the last object.",
	.known_as = "!gcstats, eeheap -gc (SOS), runtime.MemStats",
	.needs = CW_NEEDS_HEAP,
	.takes = CW_TAKES_LIMIT,
	.run = run,
};
