/*
 * Core write: a target as a core file, which GDB opens, and we.
 *
 * What files hold is left to them but for their first pages, as the kernel
 * does; zeros are holes in the file.
 */
#ifndef TARGET_CORE_WRITE_H
#define TARGET_CORE_WRITE_H

#include "target/target.h"

/*
 * Writes @path, for our eyes only, in place of what was there.  Fails with
 * CW_ERROR_TARGET; there is no file then.
 */
struct cw_error *cw_core_write(const struct cw_target *target,
			       const char *path) cw_must_check;

#endif
