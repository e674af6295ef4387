/*
 * Label sum: what leaked goroutines retain, by the labels that the program has
 * put on them for its profiles.
 */
#ifndef HANG_LABEL_SUM_H
#define HANG_LABEL_SUM_H

#include "base/arena.h"
#include "base/array.h"
#include "hang/task.h"

struct cw_label_sum {
	const char *labels; /* "kind=mail, request=17" */
	uint32_t num_goroutines;
	struct cw_heap_count retained;
};

struct cw_label_sums {
	CW_ARRAY(struct cw_label_sum) items; /* most bytes first */
	struct cw_arena arena;		     /* private */
};

/* Leaked goroutines without labels are in none. */
void cw_label_sums_init(struct cw_label_sums *sums,
			const struct cw_tasks *tasks);
void cw_label_sums_deinit(struct cw_label_sums *sums);

#endif
