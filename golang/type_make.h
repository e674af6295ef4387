/*
 * Type make: types made of descriptors, where debug info has none.
 *
 * In two steps, as types lead to themselves: first each type, then what it is
 * made of, when those are all there.
 *
 * Private to golang/type.c.
 */
#ifndef GOLANG_TYPE_MAKE_H
#define GOLANG_TYPE_MAKE_H

#include "golang/descriptor.h"
#include "golang/type.h"

/* What it is, without what it is made of. */
struct cw_type *cw_go_type_shell(struct cw_go_types *types,
				 const struct cw_go_descriptor *descriptor);

/* The rest of the type of that number, which was made. */
void cw_go_type_fill(struct cw_go_types *types, uint32_t number);

#endif
