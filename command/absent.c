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
