/*
 * Activity: which threads of a process run at all, by two looks at it a moment
 * apart: what hangs stands still, what is busy does not.
 *
 * The process goes on meanwhile; nothing of it is stopped.
 *
 * Not here: what its threads waited for (hang/waits.h).
 */
#ifndef HANG_ACTIVITY_H
#define HANG_ACTIVITY_H

#include "target/target.h"

struct cw_activity {
	uint64_t ns;	  /* between the looks */
	uint64_t *ran_ns; /* by thread; CW_NOT_SEEN: it is gone, or new */
	uint32_t num_ran, num_seen;
};

#define CW_NOT_SEEN UINT64_MAX

/*
 * False: it is a core, or is held stopped, or the kernel does not tell.  Takes
 * @ns and a tenth of a second.
 */
bool cw_activity_look(const struct cw_target *target, uint64_t ns,
		      struct cw_activity *ret);
void cw_activity_deinit(struct cw_activity *activity);

#endif
