/*
 * Memory check: whether the memory of a stopped process is still what was
 * copied from it.
 *
 * A process that has not run may have been changed all the same: by the user,
 * with `set var`.  Only pages that the process has written are compared, and
 * nothing is touched that it never touched.
 */
#ifndef PLUGIN_MEMORY_CHECK_H
#define PLUGIN_MEMORY_CHECK_H

#include <stdbool.h>

#include "target/target.h"

/* False also when it cannot be told. */
bool cw_memory_is_as_copied(const struct cw_target *process);

#endif
