/*
 * Fork check: whether a process may be copied by a clone of its own.
 *
 * Three things would kill or hang it there: a userfaultfd that is told of
 * forks, a memory limit that the copy's page tables exceed, and a filter of
 * system calls, which can be read only when it is stopped
 * (target/call_check.h).
 *
 * For target/ only.
 */
#ifndef TARGET_FORK_CHECK_H
#define TARGET_FORK_CHECK_H

#include <stdbool.h>
#include <stdint.h>

/* A clause that says why not, a literal; NULL: it may. */
const char *cw_fork_obstacle(uint32_t pid);

/* Whether it has so little memory that copying it takes no longer. */
bool cw_fork_is_needless(uint32_t pid);

/* How long the process will stand still, ns: about, and rather too long. */
uint64_t cw_fork_expected_pause(uint32_t pid);

#endif
