/*
 * Vtables: which class an object is of, by the words that it holds.
 *
 * Itanium C++ ABI: a vtable pointer of an object points behind two words, the
 * offset from there to the top of the complete object (0, or negative in the
 * vtables of bases) and its typeinfo.  A typeinfo begins with the vtable
 * pointer of its own class, one of three of the runtime, then the class's
 * mangled name, then its bases.  So a word tells the class of an object, and
 * where it begins, without any symbol; the runtime's own classes are known by
 * their names, found the same way.
 *
 * Without RTTI the symbol of the vtable names the class.  Construction vtables
 * (_ZTC), which only objects being made or destroyed have, do not count.
 *
 * Each distinct word is looked into once.
 *
 * Not here: what the class has for members (dwarf/type.h).
 */
#ifndef OBJECT_VTABLE_H
#define OBJECT_VTABLE_H

#include "base/arena.h"
#include "base/array.h"
#include "base/map.h"
#include "dwarf/debug.h"
#include "target/target.h"

struct cw_class_base {
	uint32_t class; /* number */
	int64_t offset; /* bytes into the class; of a virtual base, where
			 * the vtable has that, from the vtable pointer */
	bool is_virtual;
};

struct cw_class {
	const char *name; /* "ns::Shape" */
	cw_addr typeinfo; /* 0: known by the vtable's symbol */
	/* From debug info; of several of that name, the one whose functions
	 * are in the vtable.  NULL: it has none. */
	const struct cw_type *type;
	uint32_t num_bases; /* direct ones */
	const struct cw_class_base *bases;
};

struct cw_vtable {
	cw_addr address;       /* what objects point to */
	int64_t offset_to_top; /* not positive */
	uint32_t class;	       /* number; of the complete object */
};

struct cw_vtables {
	struct cw_target *target;
	struct cw_debug *debug;
	struct cw_arena arena;
	/* Where vtables may be: sorted, read-only or not, but no code. */
	CW_ARRAY(struct cw_vtable_range) ranges;
	struct cw_map by_word; /* to number in tables, or UINT32_MAX */
	CW_ARRAY(struct cw_vtable) tables;
	struct cw_map by_typeinfo; /* to number in classes, or UINT32_MAX */
	CW_ARRAY(struct cw_class) classes;
};

struct cw_vtable_range {
	cw_addr start, end;
};

/* All is borrowed; @debug may be NULL. */
void cw_vtables_init(struct cw_vtables *vtables, struct cw_target *target,
		     struct cw_debug *debug);
void cw_vtables_deinit(struct cw_vtables *vtables);

/*
 * The number of the vtable that @word points to, as an object's vtable pointer
 * does; -1: none.
 */
int64_t cw_vtable_find(struct cw_vtables *vtables, uint64_t word);

/*
 * The complete object whose part at @address, which may be a base or the whole,
 * begins with a vtable pointer; false: there is none.
 */
struct cw_complete_object {
	cw_addr address; /* not above the part's */
	const struct cw_class
		*class; /* valid until the next vtable is sought */
};
bool cw_vtable_complete(struct cw_vtables *vtables, cw_addr address,
			struct cw_complete_object *ret);

#endif
