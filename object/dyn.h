/*
 * Dyn: the type of an object by the vtable beside the pointer to it, as Rust
 * has it.
 *
 * A vtable is the words drop_in_place, size, alignment, and methods.  There is
 * no symbol for it.  Debug info has a variable "<T as Trait>::{vtable}" for
 * most; else the first word's symbol, core::ptr::drop_in_place<T>, names T.  It
 * is 0 where nothing is to be dropped.
 *
 * Read when first asked for.
 */
#ifndef OBJECT_DYN_H
#define OBJECT_DYN_H

#include "base/arena.h"
#include "base/array.h"
#include "base/map.h"
#include "dwarf/debug.h"

struct cw_dyn {
	cw_addr vtable;
	uint64_t size, alignment;
	const struct cw_type *type; /* stripped, of that size; or NULL */
	const char *name;	    /* "app::Circle"; NULL: unknown */
	/* RcInner and ArcInner of it, once they were looked for. */
	const struct cw_type *counted[2];
	bool is_counted_known[2];
};

struct cw_dyns {
	struct cw_target *target;
	struct cw_debug *debug;
	CW_ARRAY(struct cw_dyn *) items;
	struct cw_map by_address; /* number in items, or UINT32_MAX */
	struct cw_map types;	  /* id of the type that debug info says */
	bool is_read;
	struct cw_arena arena;
};

void cw_dyns_init(struct cw_dyns *dyns, struct cw_target *target,
		  struct cw_debug *debug);
void cw_dyns_deinit(struct cw_dyns *dyns);

/* NULL: at @vtable there is none.  Valid as long as @dyns. */
const struct cw_dyn *cw_dyn_find(struct cw_dyns *dyns, cw_addr vtable);

/* RcInner<T> or, atomic, ArcInner<T> of the vtable's T; NULL: not described. */
const struct cw_type *cw_dyn_counted(struct cw_dyns *dyns, cw_addr vtable,
				     bool is_atomic);

#endif
