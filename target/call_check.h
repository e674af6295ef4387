/*
 * Call check: whether a stopped thread may make calls that are not its own
 * program's.
 *
 * For target/ only.
 */
#ifndef TARGET_CALL_CHECK_H
#define TARGET_CALL_CHECK_H

#include "base/error.h"
#include "target/call_filter.h"

/*
 * Fails, and says why, unless all filters of the thread let all of these pass
 * as they are.  To be called on the thread of ours that traces it.
 */
struct cw_error *cw_calls_check(uint32_t tid,
				const struct cw_filtered_call *calls,
				size_t num) cw_must_check;

/*
 * The call of a stopped thread with these registers, begun again by the kernel
 * with that number.
 */
struct cw_filtered_call cw_call_again(const uint64_t *regs, uint32_t number);
/* Whether a filter of the thread is known to let it not pass. */
bool cw_call_is_refused(uint32_t tid, const struct cw_filtered_call *call);

#endif
