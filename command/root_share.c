#include "command/root_share.h"

#include <string.h>

#include "base/memory.h"
#include "command/describe.h"
#include "golang/function.h"
#include "object/extent.h"

struct sharing {
	struct cw_session *session;
	const struct cw_filter *filter;
	struct cw_root_shares *shares;
	uint64_t *is_seen; /* bits by node */
	cw_node *queue;	   /* num_nodes */
	uint64_t num_seen;
};

static void count(struct sharing *sharing, cw_node node,
		  struct cw_root_share *share)
{
	const struct cw_heap *heap = sharing->session->heap;
	uint64_t granule = cw_block_index_granule_of(&heap->index, node);
	struct cw_block block;

	if (!cw_heap_block_at(heap,
			      cw_block_index_address(&heap->index, granule),
			      &block))
		return;
	if (sharing->filter &&
	    !cw_filter_passes(sharing->filter, sharing->session, &block))
		return;
	share->count.blocks++;
	share->count.bytes += block.size;
}

/* All that @first leads to and that was not seen before. */
static void spread(struct sharing *sharing, cw_node first,
		   struct cw_root_share *share)
{
	const struct cw_graph *graph = &sharing->session->graph;
	cw_node head = 0, tail = 0;

	cw_bit_set(sharing->is_seen, first);
	sharing->queue[tail++] = first;
	while (head < tail) {
		cw_node node = sharing->queue[head++];

		count(sharing, node, share);
		for (uint32_t e = graph->first[node];
		     e < graph->first[node + 1]; e++) {
			cw_node to = graph->targets[e];
			if (cw_bit_test(sharing->is_seen, to))
				continue;
			cw_bit_set(sharing->is_seen, to);
			sharing->queue[tail++] = to;
		}
	}
	sharing->num_seen += tail;
}

/* Goroutines that began with the same function are one. */
static char *goroutine_name(struct cw_arena *arena, const struct cw_root *root)
{
	struct cw_go_function function;

	if (!cw_go_function_at(root->go, root->goroutine->start, &function))
		return cw_arena_strdup(arena, "goroutines");
	return cw_arena_format(arena, "goroutines of %s", function.name);
}

/* Behind the package that names of Go's variables begin with. */
static const char *variable_start(const struct cw_session *session,
				  const struct cw_root *root, const char *name)
{
	const struct cw_go *go = session->heap->go;

	if (!go || root->module != go->module)
		return name;
	const char *slash = memrchr(name, '/', strcspn(name, "["));
	const char *dot = strchr(slash ? slash : name, '.');

	return dot ? dot + 1 : name;
}

char *cw_root_share_name(struct cw_session *session, struct cw_arena *arena,
			 const struct cw_root *root, uint64_t offset)
{
	cw_cleanup_text struct cw_text text = {0};

	if (root->kind == CW_ROOT_RUNTIME)
		return cw_arena_strndup(arena, root->what,
					strcspn(root->what, " "));
	if (root->kind == CW_ROOT_GOROUTINE)
		return goroutine_name(arena, root);
	if (root->kind == CW_ROOT_STACK || root->kind == CW_ROOT_REGISTER)
		return cw_arena_format(arena, "%s of thread %u",
				       cw_root_kind_name(root->kind),
				       root->thread ? root->thread->number : 0);
	cw_describe_root_word(session, root, offset, &text);
	const char *name = text.chars ? text.chars : "";
	const char *start = variable_start(session, root, name);
	size_t length = strcspn(name, "[");
	const char *dot = strchr(start, '.');
	const char *plus = strstr(name, "+0x");
	if (dot && dot > name && (size_t)(dot - name) < length &&
	    !strstr(name, " of "))
		length = dot - name;
	if (plus && (size_t)(plus - name) < length)
		length = plus - name;
	return cw_arena_strndup(arena, name, length);
}

static void share_root(struct sharing *sharing, const struct cw_root *root)
{
	const struct cw_block_index *index = &sharing->session->heap->index;
	struct cw_piece piece = cw_root_piece(root);

	for (uint64_t i = 0; i < root->num_words; i++) {
		struct cw_root_share share = {0};
		uint64_t start = cw_piece_used(index, &piece, i);

		if (start == CW_NO_GRANULE)
			continue;
		cw_node node = cw_block_index_block(index, start);
		if (cw_bit_test(sharing->is_seen, node))
			continue;
		spread(sharing, node, &share);
		if (share.count.blocks == 0)
			continue;
		share.name = cw_root_share_name(
			sharing->session, &sharing->shares->arena, root, 8 * i);
		share.example = cw_block_index_address(index, start);
		*cw_array_push(&sharing->shares->items) = share;
	}
}

static void share_lost(struct sharing *sharing)
{
	const struct cw_heap *heap = sharing->session->heap;
	struct cw_block_cursor cursor = cw_heap_blocks(heap);
	struct cw_root_share share = {.name = "(no root)"};
	struct cw_block block;

	while (cw_block_cursor_next(&cursor, &block)) {
		if (block.state != CW_BLOCK_USED)
			continue;
		cw_node node =
			cw_block_index_block(&heap->index, block.granule);
		if (cw_bit_test(sharing->is_seen, node))
			continue;
		if (sharing->filter &&
		    !cw_filter_passes(sharing->filter, sharing->session,
				      &block))
			continue;
		if (share.count.blocks++ == 0)
			share.example = block.address;
		share.count.bytes += block.size;
	}
	if (share.count.blocks)
		*cw_array_push(&sharing->shares->items) = share;
}

static struct cw_error *share_all(struct sharing *sharing)
{
	static const enum cw_root_kind order[] = {
		CW_ROOT_GLOBAL,	   CW_ROOT_TLS,	    CW_ROOT_STACK,
		CW_ROOT_GOROUTINE, CW_ROOT_RUNTIME, CW_ROOT_REGISTER,
		CW_ROOT_PRIVATE,
	};
	struct cw_progress *progress = &sharing->session->progress;
	const struct cw_roots *roots = sharing->session->roots;

	cw_progress_begin(progress, "following roots",
			  sharing->session->graph.num_nodes);
	for (size_t i = 0; i < cw_num_elements(order); i++) {
		cw_array_foreach(root, &roots->roots)
		{
			if (root->kind != order[i])
				continue;
			struct cw_error *err =
				cw_progress_step(progress, sharing->num_seen);
			if (err)
				return err;
			share_root(sharing, root);
		}
	}
	share_lost(sharing);
	return NULL;
}

struct cw_error *cw_root_shares_init(struct cw_root_shares *shares,
				     struct cw_session *session,
				     const struct cw_filter *filter)
{
	cw_node num_nodes = session->graph.num_nodes;
	size_t seen_size = cw_bits_words(num_nodes) * sizeof(uint64_t);
	size_t queue_size = (size_t)num_nodes * sizeof(cw_node);
	struct sharing sharing = {
		.session = session,
		.filter = filter,
		.shares = shares,
	};

	*shares = (struct cw_root_shares){0};
	cw_arena_init(&shares->arena);
	struct cw_error *err = cw_bulk_alloc(seen_size, &sharing.is_seen);
	if (!err)
		err = cw_bulk_alloc(queue_size, &sharing.queue);
	if (!err)
		err = share_all(&sharing);
	cw_bulk_free(sharing.queue, queue_size);
	cw_bulk_free(sharing.is_seen, seen_size);
	if (err)
		cw_root_shares_deinit(shares);
	return err;
}

void cw_root_shares_deinit(struct cw_root_shares *shares)
{
	cw_array_deinit(&shares->items);
	cw_arena_deinit(&shares->arena);
}
