#include "hang/timeout.h"

#include <linux/futex.h>
#include <time.h>

enum { NS_OF_SECOND = 1000000000 };

bool cw_futex_timeout(const struct cw_target *target,
		      const struct cw_system_call *call, struct cw_timeout *ret)
{
	unsigned operation = call->arguments[1];
	struct timespec time;

	if (call->arguments[3] == 0 ||
	    !cw_target_read(target, call->arguments[3], &time, sizeof(time)) ||
	    time.tv_nsec < 0 || time.tv_nsec >= NS_OF_SECOND)
		return false;
	*ret = (struct cw_timeout){
		.is_absolute = (operation & FUTEX_CMD_MASK) != FUTEX_WAIT,
		.clock = operation & FUTEX_CLOCK_REALTIME ||
					 (operation & FUTEX_CMD_MASK) ==
						 FUTEX_LOCK_PI
				 ? CLOCK_REALTIME
				 : CLOCK_MONOTONIC,
		.seconds = time.tv_sec,
		.ns = time.tv_nsec,
	};
	return true;
}
