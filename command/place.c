#include "command/place.h"

#include "base/memory.h"
#include "command/table.h"

static const char *const usage_places[CW_NUM_USAGES] = {
	[CW_USAGE_HEAP_METADATA] = "heap, the allocator's own",
	[CW_USAGE_HEAP_RESERVE] = "heap, kept for later",
	[CW_USAGE_GLOBAL] = "globals",
	[CW_USAGE_STACK] = "stacks",
	[CW_USAGE_STACK_UNUSED] = "stacks, not in use",
	[CW_USAGE_GOROUTINE] = "stacks of goroutines",
	[CW_USAGE_STACK_ENDED] = "stacks of threads that have ended",
	[CW_USAGE_TLS] = "thread-local storage",
	[CW_USAGE_PRIVATE] = "in no known allocator",
	[CW_USAGE_CODE] = "code",
	[CW_USAGE_FILE] = "data of files",
	[CW_USAGE_SHARED] = "shared",
	[CW_USAGE_READ_ONLY] = "read-only, of no file",
};

/* Only what the target itself holds. */
static bool is_held(const struct cw_segment *segment)
{
	return segment && segment->bytes &&
	       !(segment->flags & CW_SEGMENT_FROM_FILE);
}

static void add(struct cw_places *places, struct cw_memory_place place)
{
	if (place.bytes == 0 || places->num == CW_MAX_PLACES)
		return;
	places->total += place.bytes;
	size_t at = places->num++;
	for (; at > 0 && places->places[at - 1].bytes < place.bytes; at--)
		places->places[at] = places->places[at - 1];
	places->places[at] = place;
}

/* Regions by what their blocks are; the rest is headers and rounding. */
static void add_heap(struct cw_places *places, const struct cw_heap *heap,
		     uint64_t heap_size, uint64_t missing)
{
	static const char *const names[CW_NUM_BLOCK_STATES] = {
		[CW_BLOCK_USED] = "heap, used",
		[CW_BLOCK_FREE] = "heap, free",
		[CW_BLOCK_CACHED] = "heap, cached",
	};
	uint64_t rest = heap_size;

	for (unsigned state = 0; state < CW_NUM_BLOCK_STATES; state++) {
		if (!names[state])
			continue;
		const struct cw_heap_count *count = &heap->count[state];
		uint64_t bytes = count->bytes < rest ? count->bytes : rest;

		rest -= bytes;
		add(places, (struct cw_memory_place){.name = names[state],
						     .bytes = bytes,
						     .blocks = count->blocks});
	}
	if (missing > rest)
		missing = rest;
	add(places, (struct cw_memory_place){.name = "heap, not to be read",
					     .bytes = missing});
	add(places, (struct cw_memory_place){
			    .name = "heap, headers and the allocator's own",
			    .bytes = rest - missing});
}

void cw_places_count(const struct cw_session *session, struct cw_places *ret)
{
	struct cw_memory_place by_usage[CW_NUM_USAGES] = {0};
	uint64_t heap_size = 0, heap_missing = 0;

	*ret = (struct cw_places){0};
	cw_array_foreach(usage, &session->roots->usages)
	{
		uint64_t size = usage->end - usage->start;

		if (usage->kind == CW_USAGE_HEAP) {
			heap_size += size;
			if (!is_held(usage->segment))
				heap_missing += size;
		} else if (is_held(usage->segment)) {
			by_usage[usage->kind].bytes += size;
			by_usage[usage->kind].mappings++;
		}
	}
	add_heap(ret, session->heap, heap_size, heap_missing);
	for (unsigned kind = 0; kind < CW_NUM_USAGES; kind++) {
		by_usage[kind].name = usage_places[kind];
		if (usage_places[kind])
			add(ret, by_usage[kind]);
	}
}

uint64_t cw_places_elsewhere(const struct cw_session *session)
{
	uint64_t bytes = 0;

	cw_array_foreach(usage, &session->roots->usages)
	{
		cw_addr at = usage->start, start;
		if (usage->kind != CW_USAGE_PRIVATE || !is_held(usage->segment))
			continue;
		while (cw_target_next_data(session->target, &at, usage->end,
					   &start))
			bytes += at - start;
	}
	return bytes;
}

static const struct cw_column columns[] = {
	{"where the memory is", CW_COLUMN_TEXT},
	{"bytes", CW_COLUMN_NUMBER},
	{"share", CW_COLUMN_NUMBER},
	{"", CW_COLUMN_CUT},
};

void cw_places_write_text(struct cw_output *out, const struct cw_places *places)
{
	struct cw_table table;
	char buffer[CW_COUNTED_SIZE];

	cw_table_init(&table, out, columns, cw_num_elements(columns));
	for (size_t i = 0; i < places->num; i++) {
		const struct cw_memory_place *place = &places->places[i];

		cw_table_row(&table);
		cw_table_text(&table, place->name);
		cw_table_bytes(&table, place->bytes);
		cw_table_share(&table, place->bytes, places->total);
		if (place->blocks)
			cw_table_text(&table,
				      cw_output_counted(buffer, place->blocks,
							"block"));
		else if (place->mappings)
			cw_table_text(&table,
				      cw_output_counted(buffer, place->mappings,
							"mapping"));
	}
	cw_table_row(&table);
	cw_table_empty(&table);
	cw_table_bytes(&table, places->total);
	cw_table_empty(&table);
	cw_table_text(&table, "= what the target holds");
	cw_table_end(&table);
}

void cw_places_write_json(struct cw_json *json, const struct cw_places *places)
{
	cw_json_array(json, "places");
	for (size_t i = 0; i < places->num; i++) {
		const struct cw_memory_place *place = &places->places[i];

		cw_json_object(json, NULL);
		cw_json_text(json, "name", place->name);
		cw_json_count(json, "bytes", place->bytes);
		cw_json_count(json, "blocks", place->blocks);
		cw_json_end(json);
	}
	cw_json_end(json);
	cw_json_count(json, "total", places->total);
}
