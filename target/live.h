/*
 * Live: a running process, stopped for as long as it takes to copy it.
 *
 * For target/ only; target/target.h has cw_target_open_process().
 */
#ifndef TARGET_LIVE_H
#define TARGET_LIVE_H

#include "target/target.h"

struct cw_live;

/* Lets go of a process that is still held, and frees. */
void cw_live_end(struct cw_live *live);

#endif
