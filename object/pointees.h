/*
 * Pointees: what an array of pointers leads to, as evidence of their type.
 *
 * Elements of one type and of another are both pointers; what is known where
 * they lead, or looks like a slab there, tells them apart.
 */
#ifndef OBJECT_POINTEES_H
#define OBJECT_POINTEES_H

#include "object/fit.h"
#include "object/typing_private.h"

/*
 * The enum cw_rank of an array of the type @pointer that fills the
 * room at @address, whose content is @bytes; 0: it is none.  *ret_right: how
 * many of the first lead to what they say.
 */
uint32_t cw_pointees_rank(struct cw_typing *typing,
			  const struct cw_type *pointer, cw_addr address,
			  const unsigned char *bytes,
			  const struct cw_room *room, uint32_t *ret_right);

#endif
