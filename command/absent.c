/*
 * Stand-ins for what the folders below do not have yet; each goes when the
 * real one comes, which is taken before it.
 */
#include "command/session.h"

#define ABSENT __attribute__((weak))

static struct cw_error *absent(const char *what)
{
	return cw_error_new(CW_ERROR_TARGET, "%s are not built in yet", what);
}

ABSENT struct cw_error *cw_heap_create(struct cw_target *target,
				       struct cw_progress *progress,
				       struct cw_heap **ret)
{
	return absent("allocators");
}
ABSENT void cw_heap_destroy(struct cw_heap *heap)
{
}
ABSENT struct cw_block_cursor cw_heap_blocks(const struct cw_heap *heap)
{
	return (struct cw_block_cursor){.heap = heap};
}
ABSENT bool cw_block_cursor_next(struct cw_block_cursor *cursor,
				 struct cw_block *ret)
{
	return false;
}
ABSENT struct cw_error *cw_block_index_number(struct cw_block_index *index)
{
	return absent("block numbers");
}
ABSENT struct cw_error *cw_roots_create(const struct cw_target *target,
					const struct cw_heap *heap,
					struct cw_roots **ret)
{
	return absent("roots");
}
ABSENT void cw_roots_destroy(struct cw_roots *roots)
{
}
ABSENT const char *cw_usage_kind_name(enum cw_usage_kind kind)
{
	return "?";
}
ABSENT struct cw_error *cw_reach_create(const struct cw_heap *heap,
					const struct cw_roots *roots,
					struct cw_progress *progress,
					struct cw_reach **ret)
{
	return absent("reachable blocks");
}
ABSENT void cw_reach_destroy(struct cw_reach *reach)
{
}
ABSENT struct cw_error *cw_edges_create_all(const struct cw_heap *heap,
					    struct cw_progress *progress,
					    struct cw_graph *ret)
{
	return absent("edges");
}
ABSENT void cw_graph_deinit(struct cw_graph *graph)
{
}
ABSENT struct cw_debug *cw_debug_create(struct cw_target *target)
{
	return NULL;
}
ABSENT void cw_debug_destroy(struct cw_debug *debug)
{
}
ABSENT struct cw_error *cw_typing_create(const struct cw_heap *heap,
					 const struct cw_roots *roots,
					 struct cw_debug *debug,
					 struct cw_progress *progress,
					 struct cw_typing **ret)
{
	return NULL;
}
ABSENT void cw_typing_destroy(struct cw_typing *typing)
{
}
ABSENT bool cw_typing_of(struct cw_typing *typing, const struct cw_block *block,
			 struct cw_typed_block *ret)
{
	return false;
}
ABSENT struct cw_error *cw_leaks_create(const struct cw_heap *heap,
					const struct cw_reach *reach,
					const struct cw_labels *labels,
					struct cw_progress *progress,
					struct cw_leaks **ret)
{
	return absent("leaks");
}
ABSENT void cw_leaks_destroy(struct cw_leaks *leaks)
{
}
ABSENT struct cw_error *cw_rings_create_lost(const struct cw_heap *heap,
					     const struct cw_reach *reach,
					     const struct cw_labels *labels,
					     struct cw_progress *progress,
					     struct cw_rings **ret)
{
	return absent("rings");
}
ABSENT struct cw_error *cw_rings_create_all(const struct cw_heap *heap,
					    const struct cw_reach *reach,
					    const struct cw_graph *graph,
					    const struct cw_labels *labels,
					    struct cw_progress *progress,
					    struct cw_rings **ret)
{
	return absent("rings");
}
ABSENT void cw_rings_destroy(struct cw_rings *rings)
{
}
ABSENT struct cw_error *cw_path_finder_create(const struct cw_heap *heap,
					      const struct cw_roots *roots,
					      const struct cw_graph *graph,
					      struct cw_progress *progress,
					      struct cw_path_finder **ret)
{
	return absent("paths");
}
ABSENT void cw_path_finder_destroy(struct cw_path_finder *finder)
{
}
