/*
 * Local storage: the variables of the functions that are being run, as they
 * lie in stacks and registers.
 *
 * A local that was not set yet, or not any more, has whatever was there
 * before: what it says is to be checked.
 *
 * Not here: which of the words still count (code/liveness.h).
 */
#ifndef OBJECT_LOCAL_STORAGE_H
#define OBJECT_LOCAL_STORAGE_H

#include "base/progress.h"
#include "dwarf/debug.h"

struct cw_local_object {
	const struct cw_type *type; /* stripped */
	cw_addr address;	    /* 0: not in one piece of memory */
	const unsigned char *bytes; /* of the type's size, valid in the call */
};

/*
 * Calls @visit for each whose value is known completely: of all threads and
 * frames, of very deep stacks both ends.
 */
struct cw_error *cw_local_objects_visit(
	const struct cw_target *target, struct cw_debug *debug,
	struct cw_progress *progress,
	void (*visit)(void *context, const struct cw_local_object *object),
	void *context) cw_must_check;

#endif
