/*
 * Made type: a type that no debug info describes, but the program's own tables
 * do.
 *
 * It is a type as all others are, with an id of its own.  It is made in two
 * steps, so that types may lead to themselves: first what it is, then what it
 * is made of.
 */
#ifndef DWARF_MADE_TYPE_H
#define DWARF_MADE_TYPE_H

#include "dwarf/debug.h"

/* Copies @type, and its name; the id is given. */
struct cw_type *cw_debug_make_type(struct cw_debug *debug,
				   const struct cw_type *type);

/* The members of a type that was made; their names are copied, too. */
void cw_debug_make_members(struct cw_type *type,
			   const struct cw_member *members, uint32_t num);

#endif
