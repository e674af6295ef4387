/*
 * Profile samples: what `heap profile` tells, as stacks with numbers: the
 * buckets that the runtime of Go keeps, its goroutines, or (of any program) who
 * holds what is reachable.
 *
 * Each is added twice: whole to a file for `go tool pprof`, and with one of its
 * values to the rows by function.
 *
 * Not here: which profiles there are and what their values are called
 * (command/profile.c).
 */
#ifndef COMMAND_PROFILE_SAMPLES_H
#define COMMAND_PROFILE_SAMPLES_H

#include "command/held_stacks.h"
#include "command/profile_rows.h"
#include "export/pprof.h"
#include "golang/profile.h"
#include "hang/task.h"

enum { CW_PROFILE_MAX_VALUES = 4 }; /* of a sample */

struct cw_profile_samples {
	const struct cw_go *go;
	unsigned value; /* which of a sample's is in the rows */
	struct cw_profile_rows rows;
	struct cw_pprof *pprof;
	uint64_t rate;	    /* of buckets: bytes to a sample */
	size_t num_damaged; /* lists that were not read to their end */
	CW_ARRAY(const char *) calls; /* of the sample that is added; private */
	struct cw_held_stacks held;   /* of add_held() */
};

/* @go may be NULL where none but add_held() follows. */
void cw_profile_samples_init(struct cw_profile_samples *samples,
			     const struct cw_go *go, unsigned value);
void cw_profile_samples_deinit(struct cw_profile_samples *samples);

/* Memory: number and bytes of what was allocated, and of what is in use;
 * others: number of waits, and cycles. */
void cw_profile_samples_add_buckets(struct cw_profile_samples *samples,
				    enum cw_go_profile_kind kind);

/* Number; of those that run the program, alike ones with equal labels once. */
void cw_profile_samples_add_goroutines(struct cw_profile_samples *samples,
				       const struct cw_tasks *tasks);

/* Number of blocks, and bytes; fails as cw_session_need() does. */
struct cw_error *
cw_profile_samples_add_held(struct cw_profile_samples *samples,
			    struct cw_session *session) cw_must_check;

#endif
