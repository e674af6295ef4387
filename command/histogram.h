/*
 * Histogram: blocks counted by type, size, the root that leads to them, or who
 * allocated them (of Go, as far as the runtime sampled it).
 */
#ifndef COMMAND_HISTOGRAM_H
#define COMMAND_HISTOGRAM_H

#include "base/map.h"
#include "command/filter.h"
#include "command/session.h"

enum cw_histogram_by {
	CW_BY_TYPE,
	CW_BY_SIZE,
	CW_BY_ROOT,
	CW_BY_SITE,
};

struct cw_histogram_row {
	uint64_t key;	  /* label or size */
	const char *name; /* of a type or root; NULL: of a size */
	struct cw_heap_count count;
	struct cw_heap_count unreachable; /* as far as the session knows */
	enum cw_confidence confidence;	  /* least of the blocks' */
	cw_addr example;		  /* lowest */
	uint64_t retained;		  /* see cw_histogram_add_retained() */
	uint32_t shape;			  /* of unknown blocks, or 0 */
};

struct cw_histogram {
	CW_ARRAY(struct cw_histogram_row) rows;
	struct cw_heap_count total;
	struct cw_map by_key; /* to rows */
	struct cw_arena arena;
};

/*
 * Counts used blocks that pass @filter.  By root needs the graph, and counts
 * each block once, at the first root that reaches it: globals, thread-local
 * storage, stacks, registers, then other mappings.
 */
struct cw_error *cw_histogram_init(struct cw_histogram *histogram,
				   struct cw_session *session,
				   const struct cw_filter *filter,
				   enum cw_histogram_by by) cw_must_check;
void cw_histogram_deinit(struct cw_histogram *histogram);

/*
 * Adds what the blocks of each type retain together; the session must have
 * its holders.  What no root leads to retains nothing.
 */
struct cw_error *
cw_histogram_add_retained(struct cw_histogram *histogram,
			  struct cw_session *session) cw_must_check;

/* Biggest first. */
void cw_histogram_sort(struct cw_histogram *histogram, enum cw_sort by);

#endif
