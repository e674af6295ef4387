/*
 * Backing: bytes that a core leaves out, from the mapped files.
 *
 * For target/ only.
 */
#ifndef TARGET_BACKING_H
#define TARGET_BACKING_H

#include "target/target.h"

/*
 * Gives gaps of modules the bytes of the module's file, and all others the
 * reason why they have none.  Marks what is shared with other processes.
 */
void cw_backing_apply(struct cw_target *target);

#endif
