/*
 * Static storage: the variables of a program as they lie in its memory, one
 * object for each global and, for each thread, one for each thread-local.
 */
#ifndef OBJECT_STATIC_STORAGE_H
#define OBJECT_STATIC_STORAGE_H

#include "base/array.h"
#include "dwarf/debug.h"

struct cw_static_object {
	const struct cw_variable *variable;
	cw_addr address;	    /* 0: it is in pieces, see cw_variable */
	const unsigned char *bytes; /* of its type's size, borrowed */
	const struct cw_thread *thread; /* of a thread-local, or NULL */
};

struct cw_static_objects {
	struct cw_static_object *items;
	size_t num, capacity;
};

/* Adds all that can be read.  Order: by module, then by variable. */
void cw_static_objects_find(const struct cw_target *target,
			    struct cw_debug *debug,
			    struct cw_static_objects *ret);

/*
 * The address of a thread's copy of what is @offset into the thread-local
 * storage of @module; false: it has none (yet), or it cannot be told.
 */
bool cw_tls_address(const struct cw_target *target,
		    const struct cw_module *module,
		    const struct cw_thread *thread, uint64_t offset,
		    cw_addr *ret);

#endif
