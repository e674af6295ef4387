/*
 * Layout: where the structures of a Go runtime keep what is read of them.
 *
 * Nearly every release moves some field, and a few change a field's size, so
 * each is looked up by its name in the debug info of the very program; without
 * that, in what is known of its release (golang/release.h).
 *
 * Not here: what the fields mean (golang/span.h and the like).
 */
#ifndef GOLANG_LAYOUT_H
#define GOLANG_LAYOUT_H

#include "dwarf/debug.h"

enum cw_go_field {
	CW_GO_HEAP_ALLSPANS,
	CW_GO_HEAP_SWEEPGEN,
	CW_GO_HEAP_ARENAS,
	CW_GO_ARENA_BITMAP,	  /* up to 1.21 */
	CW_GO_ARENA_NO_MORE_PTRS, /* 1.20, 1.21 */
	CW_GO_SPAN_START,
	CW_GO_SPAN_NUM_PAGES,
	CW_GO_SPAN_NUM_ELEMENTS,
	CW_GO_SPAN_ELEMENT_SIZE,
	CW_GO_SPAN_FREE_INDEX,
	CW_GO_SPAN_ALLOC_BITS,
	CW_GO_SPAN_MARK_BITS,
	CW_GO_SPAN_SWEEPGEN,
	CW_GO_SPAN_CLASS,
	CW_GO_SPAN_STATE,
	CW_GO_SPAN_SPECIALS,
	CW_GO_SPAN_LARGE_TYPE, /* from 1.22 */
	/* Elements in use, now and when a processor took the span: only then
	 * are those counted that it allocates of it. */
	CW_GO_SPAN_ALLOC_COUNT,
	CW_GO_SPAN_ALLOC_COUNT_BEFORE,
	CW_GO_MODULE_NAMES,
	CW_GO_MODULE_UNITS,
	CW_GO_MODULE_FILES,
	CW_GO_MODULE_VALUES,
	CW_GO_MODULE_FUNCTIONS,
	CW_GO_MODULE_ENTRIES,
	CW_GO_MODULE_TEXT,
	CW_GO_MODULE_FUNCTION_DATA,
	CW_GO_MODULE_RODATA,
	CW_GO_MODULE_DATA,
	CW_GO_MODULE_DATA_END,
	CW_GO_MODULE_BSS,
	CW_GO_MODULE_BSS_END,
	CW_GO_MODULE_DATA_MASK,
	CW_GO_MODULE_BSS_MASK,
	CW_GO_MODULE_NEXT,
	CW_GO_MODULE_VARIABLES,
	CW_GO_MODULE_VARIABLES_END,
	CW_GO_MODULE_TYPES,
	CW_GO_MODULE_ETYPES,
	CW_GO_G_STACK,
	CW_GO_G_THREAD,
	CW_GO_G_SCHED,
	CW_GO_G_SYSCALL_SP,
	CW_GO_G_SYSCALL_PC,
	CW_GO_G_STATUS,
	CW_GO_G_ID,
	CW_GO_G_WAIT_REASON,
	CW_GO_G_START,
	CW_GO_G_CREATOR,
	CW_GO_G_LABELS,
	CW_GO_G_DEFER,
	CW_GO_G_PANIC,
	CW_GO_G_WAIT_SINCE,
	CW_GO_G_WAITING,
	CW_GO_G_LOCKED,
	CW_GO_G_CREATOR_ID, /* from 1.21 */
	CW_GO_SAVED_SP,
	CW_GO_SAVED_PC,
	CW_GO_SAVED_CONTEXT,
	CW_GO_THREAD_TID,
	CW_GO_THREAD_SIGNAL,
	CW_GO_THREAD_VDSO_SP,
	CW_GO_THREAD_VDSO_PC,
	CW_GO_DEFER_IN_HEAP,
	CW_GO_DEFER_FUNCTION,
	CW_GO_DEFER_LINK,
	CW_GO_CLEANUPS_ALL, /* from 1.25 */
	/* What follows may be missing of any runtime. */
	CW_GO_STATS_HEAP,
	CW_GO_STATS_LAST_GC,
	CW_GO_STATS_LAST_GC_CLOCK,
	CW_GO_STATS_PAUSE_TOTAL,
	CW_GO_STATS_PAUSES,
	CW_GO_STATS_NUM_GC,
	CW_GO_STATS_NUM_FORCED_GC,
	CW_GO_STATS_CPU_FRACTION,
	CW_GO_DELTAS,
	CW_GO_DELTA_STACKS,
	CW_GO_DELTA_TINY,
	CW_GO_DELTA_LARGE,
	CW_GO_DELTA_SMALL,
	CW_GO_DELTA_LARGE_FREED,
	CW_GO_DELTA_SMALL_FREED,
	CW_GO_PACER_PERCENT,
	CW_GO_PACER_LIMIT,
	CW_GO_PACER_GOAL,
	CW_GO_PACER_SWEEP_GOAL,
	CW_GO_PACER_TRIGGERED,
	CW_GO_PACER_HEAP_IN_USE,
	CW_GO_PACER_HEAP_RELEASED,
	CW_GO_PACER_HEAP_FREE,
	CW_GO_PACER_TOTAL_ALLOC,
	CW_GO_PROCESSOR_CACHE,
	CW_GO_CACHE_TINY_ALLOCS,
	CW_GO_CACHE_SPANS,
	CW_GO_CLEANUPS_QUEUED, /* from 1.25 */
	CW_GO_CLEANUPS_EXECUTED,
	CW_GO_BUCKET_NEXT,
	CW_GO_BUCKET_SIZE,
	CW_GO_BUCKET_DEPTH,
	CW_GO_RECORD_ACTIVE,
	CW_GO_RECORD_FUTURE,
	CW_GO_RECORD_ALLOCS,
	CW_GO_RECORD_FREES,
	CW_GO_SUDOG_G,
	CW_GO_SUDOG_NEXT,
	CW_GO_SUDOG_PREVIOUS,
	CW_GO_SUDOG_ELEMENT, /* from 1.26 in the second of two words */
	CW_GO_SUDOG_LINK,
	CW_GO_SUDOG_CHANNEL, /* the same */
	CW_GO_POLL_READER,
	CW_GO_POLL_WRITER,
	CW_GO_POLL_READ_DEADLINE,
	CW_GO_POLL_WRITE_DEADLINE,
	CW_GO_NUM_FIELDS,
};

struct cw_go_place {
	uint32_t offset;
	uint32_t size; /* bytes; 0: this runtime has no such field */
};

struct cw_go_layout {
	struct cw_go_place places[CW_GO_NUM_FIELDS];
};

/*
 * False: the debug info, or else what is known of the release, lacks a field
 * that every runtime has; *ret_missing says which, as
 * "runtime.mspan.startAddr".
 */
bool cw_go_layout_read(struct cw_debug *debug, unsigned minor,
		       struct cw_go_layout *layout,
		       struct cw_text *ret_missing);

/* "startAddr" of "runtime.mspan". */
const char *cw_go_field_name(enum cw_go_field field, const char **ret_type);

/* Bytes of an object up to the end of the last of these fields. */
uint64_t cw_go_layout_extent(const struct cw_go_layout *layout,
			     enum cw_go_field first, enum cw_go_field last);

/* The field's value in the object at @bytes; 0 where there is none. */
uint64_t cw_go_field(const struct cw_go_layout *layout,
		     const unsigned char *bytes, enum cw_go_field field);

#endif
