#include "command/session.h"

#include "base/memory.h"

struct cw_session *cw_session_create(struct cw_target *target)
{
	struct cw_session *session = cw_alloc(sizeof(*session));

	session->target = target;
	cw_counters_init(&session->counters);
	return session;
}

/* And all that comes from it. */
static void drop_reach(struct cw_session *session)
{
	cw_audit_destroy(session->all_audit);
	cw_audit_destroy(session->lost_audit);
	cw_rings_destroy(session->all_rings);
	cw_rings_destroy(session->lost_rings);
	cw_leaks_destroy(session->leaks);
	cw_reach_destroy(session->reach);
	session->all_audit = session->lost_audit = NULL;
	session->all_rings = session->lost_rings = NULL;
	session->leaks = NULL;
	session->reach = NULL;
}

void cw_session_destroy(struct cw_session *session)
{
	if (!session)
		return;
	cw_stack_groups_destroy(session->stack_groups);
	cw_neighbours_destroy(session->neighbours);
	cw_waits_destroy(session->waits);
	cw_holders_destroy(session->holders);
	cw_path_finder_destroy(session->paths);
	drop_reach(session);
	cw_counters_deinit(&session->counters);
	free(session->counters_file);
	cw_number_words_deinit(&session->numbers);
	cw_typing_destroy(session->typing);
	cw_debug_destroy(session->debug);
	if (session->graph.first)
		cw_graph_deinit(&session->graph);
	cw_roots_destroy(session->roots);
	cw_heap_destroy(session->heap);
	cw_target_close(session->target);
	free(session);
}

static struct cw_error *make_heap(struct cw_session *session)
{
	if (session->heap)
		return NULL;
	/* Opening debug info reads nothing. */
	if (!session->debug)
		session->debug = cw_debug_create(session->target);
	return cw_heap_create(session->target, session->debug,
			      &session->progress, &session->heap);
}

static struct cw_error *make_roots(struct cw_session *session)
{
	struct cw_roots *roots;

	if (session->roots)
		return NULL;
	struct cw_error *err =
		cw_roots_create(session->target, session->heap, &roots);
	if (err)
		return err;
	err = cw_roots_weaken(roots, session->heap, session->target,
			      session->debug, &session->progress);
	if (err)
		cw_roots_destroy(roots);
	else
		session->roots = roots;
	return err;
}

static struct cw_error *make_reach(struct cw_session *session)
{
	bool has_types = session->typing;

	if (session->reach && !session->reach_has_types &&
	    session->numbers.slots.num > 0)
		drop_reach(session);
	session->reach_has_types = has_types;
	if (session->reach)
		return NULL;
	return cw_reach_create(session->heap, session->roots, &session->numbers,
			       session->num_threads, &session->progress,
			       &session->reach);
}

static struct cw_error *make_numbers(struct cw_session *session)
{
	return cw_block_index_number(&session->heap->index);
}

static struct cw_error *make_graph(struct cw_session *session)
{
	if (session->graph.first)
		return NULL;
	return cw_edges_create_all(session->heap, &session->progress,
				   &session->graph);
}

static struct cw_error *make_debug(struct cw_session *session)
{
	if (!session->debug)
		session->debug = cw_debug_create(session->target);
	return NULL;
}

static struct cw_error *make_typing(struct cw_session *session)
{
	if (session->typing)
		return NULL;
	struct cw_typing *typing;
	struct cw_error *err =
		cw_typing_create(session->heap, session->roots, session->debug,
				 &session->progress, &typing);
	if (err)
		return err;
	err = cw_number_words_find(typing, &session->progress,
				   &session->numbers);
	if (err)
		cw_typing_destroy(typing);
	else
		session->typing = typing;
	return err;
}

static struct cw_error *make_leaks(struct cw_session *session)
{
	if (session->leaks)
		return NULL;
	return cw_leaks_create(session->heap, session->reach, NULL,
			       &session->progress, &session->leaks);
}

static struct cw_error *make_lost_rings(struct cw_session *session)
{
	if (session->lost_rings)
		return NULL;
	return cw_rings_create_lost(session->heap, session->reach, NULL,
				    &session->progress, &session->lost_rings);
}

static struct cw_error *make_all_rings(struct cw_session *session)
{
	if (session->all_rings)
		return NULL;
	struct cw_labels labels = cw_typing_labels(session->typing);
	return cw_rings_create_all(session->heap, session->reach,
				   &session->graph, &labels, &session->progress,
				   &session->all_rings);
}

static struct cw_error *make_paths(struct cw_session *session)
{
	if (session->paths)
		return NULL;
	return cw_path_finder_create(session->heap, session->roots,
				     &session->numbers, &session->graph,
				     &session->progress, &session->paths);
}

static struct cw_error *make_holders(struct cw_session *session)
{
	if (session->holders)
		return NULL;
	return cw_holders_create(session->heap, session->roots, &session->graph,
				 &session->progress, &session->holders);
}

static struct cw_error *make_waits(struct cw_session *session)
{
	if (session->waits)
		return NULL;
	/* Who could wake a goroutine, its heap tells. */
	if (cw_go_is_program(session->target)) {
		struct cw_error *err = cw_session_need(session, CW_NEEDS_ROOTS);
		if (err)
			return err;
	}
	return cw_waits_create(session->debug, session->heap, session->roots,
			       &session->progress, &session->waits);
}

static struct cw_error *make_stacks(struct cw_session *session)
{
	if (session->stack_groups)
		return NULL;
	return cw_stack_groups_create(session->debug, &session->progress,
				      &session->stack_groups);
}

static struct cw_error *make_neighbours(struct cw_session *session)
{
	if (!session->neighbours)
		session->neighbours =
			cw_neighbours_create(session->target, session->waits);
	return NULL;
}

/* In an order in which each finds those before it. */
static const struct {
	enum cw_needs needs;
	struct cw_error *(*make)(struct cw_session *session);
} makers[] = {
	{CW_NEEDS_HEAP, make_heap},
	{CW_NEEDS_ROOTS, make_roots},
	{CW_NEEDS_NUMBERS, make_numbers},
	{CW_NEEDS_GRAPH, make_graph},
	{CW_NEEDS_DEBUG, make_debug},
	{CW_NEEDS_TYPES, make_typing},
	{CW_NEEDS_REACH, make_reach},
	{CW_NEEDS_LEAKS, make_leaks},
	{CW_NEEDS_LOST_RINGS, make_lost_rings},
	{CW_NEEDS_ALL_RINGS, make_all_rings},
	{CW_NEEDS_PATHS, make_paths},
	{CW_NEEDS_HOLDERS, make_holders},
	{CW_NEEDS_WAITS, make_waits},
	{CW_NEEDS_STACKS, make_stacks},
	{CW_NEEDS_NEIGHBOURS, make_neighbours},
};

struct cw_error *cw_session_need(struct cw_session *session,
				 enum cw_needs needs)
{
	for (size_t i = 0; i < cw_num_elements(makers); i++) {
		if ((needs & makers[i].needs) != makers[i].needs)
			continue;
		struct cw_error *err = makers[i].make(session);
		if (err)
			return err;
	}
	return NULL;
}

/* Beyond, types for a few lost blocks cost more than all the rest. */
#define MAX_BLOCKS_TO_TYPE 1000000

/* Types where there @is_use for them, or they are wanted; reach in any case. */
static struct cw_error *need_types(struct cw_session *session, bool wants_types,
				   bool is_use, bool *ret)
{
	*ret = wants_types || session->typing ||
	       (is_use &&
		session->heap->index.num_blocks <= MAX_BLOCKS_TO_TYPE);
	return cw_session_need(session, *ret ? CW_NEEDS_TYPES | CW_NEEDS_REACH
					     : CW_NEEDS_REACH);
}

struct cw_error *cw_session_need_leaks(struct cw_session *session,
				       bool wants_types)
{
	bool has_types;

	struct cw_error *err = cw_session_need(session, CW_NEEDS_HEAP);
	if (!err)
		err = need_types(session, wants_types, true, &has_types);
	if (err || (session->leaks && session->leaks_have_types == has_types))
		return err;

	struct cw_labels labels = {0};
	struct cw_leaks *leaks;
	if (has_types)
		labels = cw_typing_labels(session->typing);
	err = cw_leaks_create(session->heap, session->reach, &labels,
			      &session->progress, &leaks);
	if (err)
		return err;
	cw_leaks_destroy(session->leaks);
	session->leaks = leaks;
	session->leaks_have_types = has_types;
	return NULL;
}

struct cw_error *cw_session_need_lost_rings(struct cw_session *session,
					    bool wants_types)
{
	bool has_types;

	struct cw_error *err = cw_session_need(session, CW_NEEDS_REACH);
	if (!err)
		err = need_types(session, wants_types,
				 session->reach->unreachable.blocks > 0,
				 &has_types);
	if (err || (session->lost_rings &&
		    session->lost_rings_have_types == has_types))
		return err;

	struct cw_labels labels = {0};
	struct cw_rings *rings;
	if (has_types)
		labels = cw_typing_labels(session->typing);
	err = cw_rings_create_lost(session->heap, session->reach, &labels,
				   &session->progress, &rings);
	if (err)
		return err;
	cw_audit_destroy(session->lost_audit);
	session->lost_audit = NULL;
	cw_rings_destroy(session->lost_rings);
	session->lost_rings = rings;
	session->lost_rings_have_types = has_types;
	return NULL;
}
