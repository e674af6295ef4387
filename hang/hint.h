/*
 * Hint: what the functions that a thread is in say that it waits for.
 *
 * Only exported names of libraries are needed, which stripped programs have
 * too; what is found may be nothing.
 */
#ifndef HANG_HINT_H
#define HANG_HINT_H

#include "dwarf/debug.h"
#include "hang/futex.h"

/*
 * CW_WAIT_NOTHING: they do not say.  *ret_is_rust: they are those of Rust's
 * std, whose locks are its own.
 */
enum cw_wait_kind cw_wait_hint(struct cw_debug *debug,
			       const struct cw_thread *thread,
			       bool *ret_is_rust);

#endif
