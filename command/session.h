/*
 * Session: a target and what has been worked out about it so far.
 *
 * State that commands share lives here: each piece is computed when a
 * command's needs first name it, and kept until the session is destroyed.
 * What was interrupted is not kept and begun anew the next time.  Once types
 * are known, reachability is worked out anew, and all that comes from it.
 */
#ifndef COMMAND_SESSION_H
#define COMMAND_SESSION_H

#include "base/progress.h"
#include "command/holders.h"
#include "dwarf/debug.h"
#include "hang/neighbour.h"
#include "hang/stack_group.h"
#include "hang/waits.h"
#include "heap/heap.h"
#include "object/audit.h"
#include "object/edges.h"
#include "object/leak.h"
#include "object/path.h"
#include "object/reach.h"
#include "object/ring.h"
#include "object/roots.h"
#include "object/typing.h"
#include "object/weak.h"
#include "target/target.h"

/* What a command needs computed before it runs; each brings those it needs. */
enum cw_needs {
	CW_NEEDS_TARGET = 0,
	CW_NEEDS_HEAP = 1 << 0,
	CW_NEEDS_ROOTS = 1 << 1 | CW_NEEDS_HEAP,
	CW_NEEDS_REACH = 1 << 2 | CW_NEEDS_ROOTS,
	CW_NEEDS_NUMBERS = 1 << 3 | CW_NEEDS_HEAP,
	CW_NEEDS_GRAPH = 1 << 4 | CW_NEEDS_NUMBERS,
	CW_NEEDS_DEBUG = 1 << 5,
	CW_NEEDS_TYPES =
		1 << 6 | CW_NEEDS_DEBUG | CW_NEEDS_NUMBERS | CW_NEEDS_ROOTS,
	CW_NEEDS_LEAKS = 1 << 7 | CW_NEEDS_REACH,
	CW_NEEDS_LOST_RINGS = 1 << 8 | CW_NEEDS_REACH,
	CW_NEEDS_ALL_RINGS =
		1 << 9 | CW_NEEDS_REACH | CW_NEEDS_GRAPH | CW_NEEDS_TYPES,
	CW_NEEDS_PATHS = 1 << 10 | CW_NEEDS_ROOTS | CW_NEEDS_GRAPH,
	CW_NEEDS_HOLDERS = 1 << 11 | CW_NEEDS_ROOTS | CW_NEEDS_GRAPH,
	CW_NEEDS_WAITS = 1 << 12 | CW_NEEDS_DEBUG,
	CW_NEEDS_STACKS = 1 << 13 | CW_NEEDS_DEBUG,
	CW_NEEDS_NEIGHBOURS = 1 << 14 | CW_NEEDS_WAITS,
};

struct cw_session {
	struct cw_target *target;
	struct cw_heap *heap;
	struct cw_roots *roots;
	struct cw_reach *reach;
	bool reach_has_types;  /* numbers in blocks are told from pointers */
	struct cw_graph graph; /* first NULL: not yet */
	struct cw_debug *debug;
	struct cw_typing *typing;
	struct cw_number_words numbers; /* by the types; else none */
	struct cw_leaks *leaks;
	bool leaks_have_types;
	struct cw_rings *lost_rings, *all_rings;
	bool lost_rings_have_types;
	/* See command/ring_audit.h. */
	struct cw_audit *lost_audit, *all_audit;
	struct cw_counters counters;
	char *counters_file; /* what they were read from, or NULL */
	struct cw_path_finder *paths;
	struct cw_holders *holders;
	struct cw_waits *waits;
	struct cw_stack_groups *stack_groups;
	struct cw_neighbours *neighbours;
	struct cw_progress progress;
	unsigned num_threads; /* at most; 0: all processors */
};

/* Takes the target. */
struct cw_session *cw_session_create(struct cw_target *target);
void cw_session_destroy(struct cw_session *session);

struct cw_error *cw_session_need(struct cw_session *session,
				 enum cw_needs needs) cw_must_check;

/*
 * Leaks and lost rings with the types of their blocks where that does not take
 * long, or where it is asked for (@wants_types); leaks_have_types says.  What
 * CW_NEEDS_LEAKS and CW_NEEDS_LOST_RINGS give may be without.
 */
struct cw_error *cw_session_need_leaks(struct cw_session *session,
				       bool wants_types) cw_must_check;
struct cw_error *cw_session_need_lost_rings(struct cw_session *session,
					    bool wants_types) cw_must_check;

#endif
