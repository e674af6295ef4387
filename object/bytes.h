/*
 * Bytes: blocks that the program keeps by a `void *` alone, as memory.
 *
 * A block that a typed object's `void *` leads to, that nothing else has typed
 * and none of whose words is an address, holds bytes.  Code proves it when all
 * that it puts into that place is an allocator's memory, taken for nothing
 * (code/evidence.h); else it is likely.
 *
 * What is likely bytes spreads nothing and gives way to any other claim.
 */
#ifndef OBJECT_BYTES_H
#define OBJECT_BYTES_H

#include "code/evidence.h"
#include "object/spread.h"

/* To be asked last, of what is then still unknown. */
struct cw_error *
cw_bytes_seek(struct cw_spread *spread,
	      const struct cw_evidence *evidence) cw_must_check;

#endif
