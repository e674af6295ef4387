/*
 * Pace: what each thread of a running process did between two looks, to tell
 * one that is busy from one that hangs.  Nothing is stopped for it.
 *
 * Not here: what a thread waits for (hang/).
 */
#ifndef TARGET_PACE_H
#define TARGET_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/array.h"
#include "base/error.h"

struct cw_pace {
	uint32_t tid;
	uint64_t ran;	 /* ns on a processor */
	uint64_t waited; /* ns ready to run, with none free */
};

struct cw_paces {
	uint64_t interval; /* ns between the looks */
	/* Sorted by TID; those that were there at both. */
	CW_ARRAY(struct cw_pace) list;
};

/*
 * Looks, lets @interval ns pass, and looks again.  Fails with CW_ERROR_TARGET
 * when the process is not there.
 */
struct cw_error *cw_paces_take(uint32_t pid, uint64_t interval,
			       struct cw_paces *ret) cw_must_check;
void cw_paces_deinit(struct cw_paces *paces);

/* NULL: the thread was not there at both. */
const struct cw_pace *cw_paces_find(const struct cw_paces *paces, uint32_t tid);

#endif
