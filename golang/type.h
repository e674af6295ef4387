/*
 * Type: the types of a Go program by their descriptors.
 *
 * The runtime keeps a descriptor (abi.Type) of each type that it may have to
 * allocate or to put into an interface; interfaces, itabs and headers of
 * objects point to it.  Debug info says which of its types a descriptor stands
 * for; where there is none, the descriptor itself says what the type is made
 * of, and the same type is made of that: with the same name, and the same
 * members for what the runtime knows how to read (strings, slices, maps,
 * channels, interfaces).
 */
#ifndef GOLANG_TYPE_H
#define GOLANG_TYPE_H

#include <string.h>

#include "base/array.h"
#include "base/map.h"
#include "golang/runtime.h"

struct cw_go_type {
	cw_addr descriptor;
	uint64_t size;
	/* In an interface it is the data word itself: pointers, maps,
	 * channels, functions, and structs of just one of these. */
	bool is_direct;
	const struct cw_type *type; /* stripped; NULL: not described */
};

/* Types that are not described, but have to be there: by their names. */
struct cw_go_basics {
	struct cw_type *items[48];
	size_t num;
};

struct cw_go_types {
	const struct cw_go *go; /* NULL: no Go program */
	struct cw_map numbers;	/* by address of the descriptor */
	CW_ARRAY(struct cw_go_type) items;

	/* Private: those that were made, by number; NULL: they were not. */
	CW_ARRAY(struct cw_type *) made;
	struct cw_map pointers; /* id of a type to that of a pointer to it */
	struct cw_go_basics basics;
	bool is_searched; /* all are known that constants lead to */
};

/* Whether it stands for several types, in functions that are for all these. */
static inline bool cw_go_is_shape(const char *name)
{
	return name && strncmp(name, "go.shape.", 9) == 0;
}

void cw_go_types_init(struct cw_go_types *types, const struct cw_go *go);
void cw_go_types_deinit(struct cw_go_types *types);

/* NULL: there is no descriptor.  Valid until the next one is asked for. */
const struct cw_go_type *cw_go_type_at(struct cw_go_types *types,
				       cw_addr descriptor);

/* The type of that name, of all whose descriptors the program's constants lead
 * to; NULL: none. */
const struct cw_type *cw_go_type_named(struct cw_go_types *types,
				       const char *name);

#endif
