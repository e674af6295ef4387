/*
 * Virtual bases: where in an object one is.
 *
 * The object's class does not say it, but the vtable of what the object is a
 * part of: a number of bytes before the place that the vtable pointer, at the
 * start of the class that has the base, points to.
 *
 * Not here: which class an object is of (object/vtable.h).
 */
#ifndef OBJECT_VIRTUAL_BASE_H
#define OBJECT_VIRTUAL_BASE_H

#include "dwarf/type.h"
#include "object/rule.h"

/*
 * Where the virtual base @member of the object at @address begins; false: the
 * object has no vtable that tells.
 */
bool cw_virtual_base_find(const struct cw_target *target,
			  const struct cw_member *member, cw_addr address,
			  cw_addr *ret);

/* Visits the virtual bases of a class, and nothing else of it. */
extern const struct cw_found_rule cw_virtual_bases;

#endif
