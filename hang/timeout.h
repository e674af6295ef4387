/*
 * Timeout: when a wait for a lock ends by itself, as its system call says.
 */
#ifndef HANG_TIMEOUT_H
#define HANG_TIMEOUT_H

#include "hang/call.h"

struct cw_timeout {
	/* The end is at a time of @clock; else it lasts that long. */
	bool is_absolute;
	int clock; /* CLOCK_MONOTONIC, CLOCK_REALTIME */
	int64_t seconds;
	uint32_t ns;
};

/* False: @call, a futex(), has none, or it cannot be read. */
bool cw_futex_timeout(const struct cw_target *target,
		      const struct cw_system_call *call,
		      struct cw_timeout *ret);

#endif
