/*
 * Vtables: which class an object is of, by its first word.
 *
 * Itanium C++ ABI: the vtable pointer of a complete object points behind the
 * words "offset to top" (0) and "typeinfo" of a table whose symbol is
 * _ZTV<class>.
 */
#ifndef OBJECT_VTABLE_H
#define OBJECT_VTABLE_H

#include "base/arena.h"
#include "base/array.h"
#include "target/target.h"

struct cw_vtable {
	cw_addr start, end;	/* of the whole table */
	const char *class_name; /* "ns::Shape" */
};

struct cw_vtables {
	CW_ARRAY(struct cw_vtable) tables; /* sorted */
	const struct cw_target *target;
	struct cw_arena arena;
};

void cw_vtables_init(struct cw_vtables *vtables, struct cw_target *target);
void cw_vtables_deinit(struct cw_vtables *vtables);

/*
 * The number of the table whose complete objects have @word as their first
 * word; -1: none.
 */
int64_t cw_vtable_find(const struct cw_vtables *vtables, uint64_t word);

#endif
