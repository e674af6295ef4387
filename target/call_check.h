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

#endif
