/*
 * Local place: the places of a local, made of what its DIE says of where it is.
 */
#ifndef DWARF_LOCAL_PLACE_H
#define DWARF_LOCAL_PLACE_H

#include "dwarf/address_list.h"
#include "dwarf/scope.h"

struct cw_local_places {
	struct cw_local_place *items;
	size_t num, capacity;
};

/*
 * Adds the places that a list has, moved by @bias; @room is for the list.  True
 * when there is an expression for wherever the local is in its scope (but for
 * those places), which is then written.
 */
bool cw_local_places_read(const struct cw_unit_head *head,
			  const struct cw_value *value, uint64_t bias,
			  struct cw_address_list *room,
			  struct cw_local_places *places,
			  const unsigned char **ret_expression,
			  uint32_t *ret_size);

/* Adds one for each range. */
void cw_local_places_add(struct cw_local_places *places,
			 const struct cw_code_range *ranges, size_t num,
			 const unsigned char *expression, uint32_t size);

#endif
