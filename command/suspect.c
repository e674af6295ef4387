#include "command/suspect.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "command/describe.h"
#include "command/goroutine_text.h"
#include "command/leak_text.h"
#include "command/path_text.h"

/* Below this share of what is used a block that retains it is no suspect. */
#define HOLDER_SHARE 0.1
#define MAX_HOLDERS  3

/* The way down goes on while one child retains this share. */
#define HEIR_SHARE 0.8

/* Shares of all regions, and of all memory, that are worth a line. */
#define FREE_SHARE    0.25
#define PRIVATE_SHARE 0.1

struct hunt {
	struct cw_session *session;
	const struct cw_output *out;
	struct cw_suspects *suspects;
};

static void add(struct hunt *hunt, struct cw_suspect suspect)
{
	if (suspect.bytes)
		*cw_array_push(&hunt->suspects->items) = suspect;
}

static uint64_t used_bytes(const struct hunt *hunt)
{
	return hunt->session->heap->count[CW_BLOCK_USED].bytes;
}

/* "8,112,004 dictEntry": the kind of which most blocks hang on @node. */
static void add_content(struct hunt *hunt, cw_node node, struct cw_text *text)
{
	const struct cw_holders *holders = hunt->session->holders;
	struct cw_labels labels = cw_typing_labels(hunt->session->typing);
	uint64_t bytes_seen = 0, bytes_alike = 0;
	uint32_t num = 0, label = 0;
	char count[CW_NUMBER_SIZE];

	/* A vote that only a majority wins, then whether it did. */
	for (int round = 0; round < 2; round++) {
		int64_t lead = 0;
		for (uint32_t i = holders->first[node];
		     i < holders->first[node + 1]; i++) {
			cw_node child = holders->children[i];
			struct cw_block block =
				cw_holders_block(holders, child);
			uint32_t kind = cw_label_of(&labels, &block);
			uint64_t held = holders->dominators.retained[child];

			if (round == 0) {
				if (lead <= 0 && kind != label)
					label = kind;
				lead += kind == label ? (int64_t)held
						      : -(int64_t)held;
				continue;
			}
			bytes_seen += held;
			num += kind == label;
			bytes_alike += kind == label ? held : 0;
		}
	}
	if (bytes_alike * 2 <= bytes_seen || num < 2)
		return;
	cw_text_addf(text, ", mostly in %s ", cw_text_count(count, num));
	cw_text_add(text,
		    label ? cw_typing_label_name(hunt->session->typing, label)
			  : "blocks of unknown type");
}

/* A way down that is longer is a chain, in which no step is the drop. */
#define MAX_NEST 32

/* Where the heap goes apart: the last block that retains nearly all. */
static cw_node find_drop(const struct cw_holders *holders, cw_node top)
{
	cw_node node = top;

	for (int step = 0; step < MAX_NEST; step++) {
		cw_node heir = cw_holders_heir(holders, node, HEIR_SHARE);
		if (heir == CW_NO_NODE)
			return node;
		node = heir;
	}
	return top;
}

static struct cw_error *add_holder(struct hunt *hunt, cw_node node)
{
	const struct cw_holders *holders = hunt->session->holders;
	struct cw_arena *arena = &hunt->suspects->arena;
	uint64_t retained = holders->dominators.retained[node];
	struct cw_block block = cw_holders_block(holders, node);
	cw_cleanup_text struct cw_text name = {0}, content = {0}, more = {0};
	char bytes[CW_NUMBER_SIZE], share[CW_NUMBER_SIZE],
		blocks[CW_COUNTED_SIZE];

	struct cw_error *err = cw_path_describe(hunt->session, &block, &name);
	if (err)
		return err;
	cw_node drop = find_drop(holders, node);
	add_content(hunt, drop, &content);
	if (drop != node) {
		struct cw_block at = cw_holders_block(holders, drop);
		cw_text_addf(&more, "the drop is at 0x%" PRIx64 " ",
			     at.address);
		cw_describe_type(hunt->session, &at, &more);
	}
	add(hunt,
	    (struct cw_suspect){
		    .kind = "growth",
		    .bytes = retained,
		    .address = block.address,
		    .text = cw_arena_format(
			    arena, "%s keeps %s (%s of used) in %s%s",
			    name.chars ? name.chars : "?",
			    cw_output_bytes(hunt->out, bytes, retained),
			    cw_text_share(share, retained, used_bytes(hunt)),
			    cw_output_counted(blocks, holders->blocks[node],
					      "block"),
			    content.chars ? content.chars : ""),
		    .more = more.chars ? cw_arena_strdup(arena, more.chars)
				       : NULL,
		    .next = cw_arena_format(arena, "heap dominators 0x%" PRIx64,
					    block.address),
	    });
	return NULL;
}

static struct cw_error *add_holders(struct hunt *hunt)
{
	cw_cleanup_free cw_node *largest = NULL;

	struct cw_error *err = cw_session_need(
		hunt->session,
		CW_NEEDS_HOLDERS | CW_NEEDS_TYPES | CW_NEEDS_PATHS);
	if (err)
		return err;
	const struct cw_holders *holders = hunt->session->holders;
	size_t num = cw_holders_largest(holders, holders->num_nodes,
					MAX_HOLDERS, &largest);
	for (size_t i = 0; i < num && !err; i++) {
		uint64_t retained = holders->dominators.retained[largest[i]];
		if (retained >= HOLDER_SHARE * used_bytes(hunt))
			err = add_holder(hunt, largest[i]);
	}
	return err;
}

static struct cw_error *add_leaks(struct hunt *hunt)
{
	cw_cleanup_text struct cw_text text = {0};
	char clusters[CW_COUNTED_SIZE], bytes[CW_NUMBER_SIZE],
		alike[CW_NUMBER_SIZE];

	struct cw_error *err = cw_session_need_leaks(hunt->session, false);
	if (err)
		return err;
	const struct cw_leaks *leaks = hunt->session->leaks;
	if (leaks->groups.num == 0)
		return NULL;
	const struct cw_leak_group *first = &leaks->groups.items[0];
	cw_text_addf(
		&text, "%s leaked, %s; most: %s ",
		cw_output_counted(clusters, leaks->num_clusters, "cluster"),
		cw_output_bytes(hunt->out, bytes, leaks->total.bytes),
		cw_text_count(alike, first->clusters));
	cw_text_add(&text, "x ");
	cw_leak_group_text(hunt->session, first, &text);
	add(hunt,
	    (struct cw_suspect){
		    .kind = "leak",
		    .bytes = leaks->total.bytes,
		    .address = first->example,
		    .text = cw_arena_strdup(&hunt->suspects->arena, text.chars),
		    .next = "heap leaks",
	    });
	return NULL;
}

static void add_free(struct hunt *hunt)
{
	const struct cw_heap *heap = hunt->session->heap;
	const struct cw_heap_count *count = &heap->count[CW_BLOCK_FREE];
	struct cw_block_cursor cursor = cw_heap_blocks(heap);
	uint64_t regions = 0, largest = 0;
	char bytes[CW_NUMBER_SIZE], share[CW_NUMBER_SIZE],
		blocks[CW_COUNTED_SIZE], hole[CW_NUMBER_SIZE];
	struct cw_block block;

	cw_array_foreach(allocator, &heap->allocators) regions +=
		allocator->region_size;
	if (count->bytes == 0 || count->bytes < FREE_SHARE * regions)
		return;
	while (cw_block_cursor_next(&cursor, &block))
		if (block.state == CW_BLOCK_FREE && block.size > largest)
			largest = block.size;
	add(hunt,
	    (struct cw_suspect){
		    .kind = "free",
		    .bytes = count->bytes,
		    .text = cw_arena_format(
			    &hunt->suspects->arena,
			    "free memory that was not given back: %s (%s of "
			    "the heap) in %s, the largest of %s",
			    cw_output_bytes(hunt->out, bytes, count->bytes),
			    cw_text_share(share, count->bytes, regions),
			    cw_output_counted(blocks, count->blocks, "block"),
			    cw_output_bytes(hunt->out, hole, largest)),
		    .next = "heap summary",
	    });
}

static void add_private(struct hunt *hunt)
{
	uint64_t total = 0, bytes = 0, mappings = 0;
	char size[CW_NUMBER_SIZE], share[CW_NUMBER_SIZE],
		count[CW_COUNTED_SIZE];

	cw_array_foreach(usage, &hunt->session->roots->usages)
	{
		bool is_held = usage->segment && usage->segment->bytes;
		uint64_t held = is_held ? usage->end - usage->start : 0;

		total += held;
		if (usage->kind == CW_USAGE_PRIVATE && held) {
			bytes += held;
			mappings++;
		}
	}
	if (bytes < PRIVATE_SHARE * total)
		return;
	add(hunt,
	    (struct cw_suspect){
		    .kind = "mappings",
		    .bytes = bytes,
		    .text = cw_arena_format(
			    &hunt->suspects->arena,
			    "%s (%s of all) in %s of no known allocator",
			    cw_output_bytes(hunt->out, size, bytes),
			    cw_text_share(share, bytes, total),
			    cw_output_counted(count, mappings, "mapping")),
		    .next = "heap memory",
	    });
}

/* The function that most leaked goroutines are in, or NULL. */
static const char *leaked_function(const struct cw_tasks *tasks)
{
	cw_array_foreach(group, &tasks->alike.groups)
	{
		uint32_t number = tasks->alike.members[group->first];
		struct cw_go_frame frame;

		if (tasks->leaks->items[number].is_leaked &&
		    cw_goroutine_own_frame(
			    tasks->go, &tasks->goroutines.items.items[number],
			    &frame))
			return frame.name;
	}
	return NULL;
}

static void add_leaked(struct hunt *hunt, const struct cw_tasks *tasks)
{
	const struct cw_goroutine_leaks *leaks = tasks->leaks;
	char count[CW_COUNTED_SIZE], size[CW_NUMBER_SIZE];
	const char *function = leaked_function(tasks);
	uint64_t bytes = leaks->retained.bytes + leaks->stack_size;

	add(hunt,
	    (struct cw_suspect){
		    .kind = "goroutines",
		    .bytes = bytes,
		    .text = cw_arena_format(
			    &hunt->suspects->arena,
			    "%s will wait for ever%s%s, and %s %s: leaked",
			    cw_output_counted(count, leaks->num_leaked,
					      "goroutine"),
			    function ? ", most of them in " : "",
			    function ? function : "",
			    leaks->num_leaked == 1 ? "keeps" : "keep",
			    cw_output_bytes(hunt->out, size, bytes)),
		    .next = "hang tasks --leaked",
	    });
}

static struct cw_error *add_goroutines(struct hunt *hunt)
{
	struct cw_session *session = hunt->session;
	struct cw_tasks *tasks;

	if (!session->heap->go || session->heap->go->problem)
		return NULL;
	struct cw_error *err =
		cw_tasks_create(session->heap->go, session->heap,
				session->roots, &session->progress, &tasks);
	if (err)
		return err;
	if (tasks->leaks && tasks->leaks->num_leaked)
		add_leaked(hunt, tasks);
	cw_tasks_destroy(tasks);
	return NULL;
}

static void add_damage(struct hunt *hunt)
{
	const struct cw_heap *heap = hunt->session->heap;
	char count[CW_COUNTED_SIZE];
	uint64_t lost = 0;

	if (heap->corruptions.num == 0)
		return;
	cw_array_foreach(corruption, &heap->corruptions) lost +=
		corruption->lost_size;
	add(hunt,
	    (struct cw_suspect){
		    .kind = "damage",
		    .bytes = lost ? lost : 1,
		    .address = heap->corruptions.items[0].address,
		    .text = cw_arena_format(
			    &hunt->suspects->arena, "%s of the heap; first: %s",
			    cw_output_counted(count, heap->corruptions.num,
					      "corruption"),
			    heap->corruptions.items[0].what),
		    .next = "heap verify",
	    });
}

static int compare(const void *a, const void *b)
{
	const struct cw_suspect *x = a, *y = b;

	return x->bytes < y->bytes ? 1 : x->bytes > y->bytes ? -1 : 0;
}

struct cw_error *cw_suspects_find(struct cw_session *session,
				  const struct cw_output *out,
				  struct cw_suspects *ret)
{
	struct hunt hunt = {.session = session, .out = out, .suspects = ret};

	*ret = (struct cw_suspects){0};
	cw_arena_init(&ret->arena);
	struct cw_error *err = add_holders(&hunt);
	if (!err)
		err = add_leaks(&hunt);
	if (!err)
		err = add_goroutines(&hunt);
	if (err) {
		cw_suspects_deinit(ret);
		return err;
	}
	add_free(&hunt);
	add_private(&hunt);
	add_damage(&hunt);
	if (ret->items.num)
		qsort(ret->items.items, ret->items.num,
		      sizeof(*ret->items.items), compare);
	return NULL;
}

void cw_suspects_deinit(struct cw_suspects *suspects)
{
	cw_array_deinit(&suspects->items);
	cw_arena_deinit(&suspects->arena);
}
