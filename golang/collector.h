/*
 * Collector: what the Go runtime counted of its heap, its collections and the
 * finalizers that they found work for.
 *
 * Not here: the objects themselves (golang/span.h), which say how many bytes
 * are in use.
 */
#ifndef GOLANG_COLLECTOR_H
#define GOLANG_COLLECTOR_H

#include "golang/runtime.h"

/* As the runtime numbers them (gcphase). */
enum cw_go_phase {
	CW_GO_PHASE_OFF, /* sweeping goes on until all spans are swept */
	CW_GO_PHASE_MARK,
	CW_GO_PHASE_MARK_TERMINATION,
};

enum { CW_GO_MAX_PAUSES = 256 };

/* Sizes are bytes; what the runtime does not tell is 0. */
struct cw_go_collector {
	/* The runtime's own statistics were found. */
	bool has_statistics;
	uint64_t in_use, idle, released; /* spans; idle has the released */
	uint64_t stacks;
	uint64_t total_alloc; /* since the program began */
	uint64_t num_allocs, num_frees;
	uint64_t
		goal; /* heap size that begins a collection; UINT64_MAX: none */
	int32_t percent;       /* GOGC; -1: off */
	uint64_t memory_limit; /* GOMEMLIMIT; UINT64_MAX: none */

	enum cw_go_phase phase;
	uint32_t num_collections, num_forced;
	double cpu_fraction;  /* of all time, spent on collections */
	uint64_t last;	      /* end of the last one: ns since 1970, or 0 */
	uint64_t last_clock;  /* the same, by the runtime's own clock */
	uint64_t pause_total; /* ns */
	/* The latest pauses, ns, the last one first. */
	uint64_t pauses[CW_GO_MAX_PAUSES];
	uint32_t num_pauses;

	/* Finalizers that wait for their goroutine or are run by it. */
	uint64_t num_finalizers;
	bool has_more_finalizers;    /* the list could not be read to its end */
	cw_addr finalizer_goroutine; /* its g; 0: not begun yet */
	/* Of runtime.AddCleanup(), from 1.25; before they are finalizers. */
	uint64_t num_cleanups;
};

void cw_go_collector_read(const struct cw_go *go,
			  struct cw_go_collector *collector);

/* "off", "marking", "ending the marking"; NULL: no such phase. */
const char *cw_go_phase_name(enum cw_go_phase phase);

#endif
