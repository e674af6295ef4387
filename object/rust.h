/*
 * Rust: members and arguments of the standard library's types, by name.
 *
 * rustc orders fields as it likes, so nothing is known by its offset.  A path
 * is names with dots, "buf.inner.cap"; all of it must be there.
 *
 * Wrappers are structs and unions with one member that takes room: Unique,
 * NonNull, Cell, UnsafeCell, MaybeUninit, ManuallyDrop.
 *
 * Not here: what the members mean (object/rust_*.c, one noun a file).
 */
#ifndef OBJECT_RUST_H
#define OBJECT_RUST_H

#include "object/rule.h"

struct cw_rust_place {
	const struct cw_type *type; /* stripped */
	uint64_t offset;	    /* within the outermost type's size */
};

/*
 * Whether the type is "crate::…::noun" or "crate::…::noun<…>"; @noun may have
 * several parts, "list::Block".  A crate of NULL is any.
 */
bool cw_rust_is(const struct cw_type *type, const char *crate,
		const char *noun);

/* The generic argument of that name, stripped, or NULL. */
const struct cw_type *cw_rust_argument(const struct cw_type *type,
				       const char *name);

bool cw_rust_member(const struct cw_type *type, const char *path,
		    struct cw_rust_place *ret);
/* The number or pointer, a wide one too, within all wrappers there. */
bool cw_rust_scalar(const struct cw_type *type, const char *path,
		    struct cw_rust_place *ret);
/* What the wrappers that hide whether it is there hold: of an UnsafeCell of a
 * MaybeUninit<T> the T. */
bool cw_rust_value(const struct cw_type *type, const char *path,
		   struct cw_rust_place *ret);

/* The unsigned number at the place, of up to 8 bytes. */
uint64_t cw_rust_number(const struct cw_rust_place *place,
			const struct cw_object *object);

/* Bytes, a power of 2. */
uint64_t cw_rust_alignment(const struct cw_type *type);

/* Tells of @count objects at a place within @object. */
void cw_rust_visit_inner(const struct cw_object *object,
			 const struct cw_rust_place *place, const char *label,
			 struct cw_part_visitor *visitor);

/* A pointer of two words: to a slice, a str, or an object with its vtable. */
struct cw_rust_wide {
	struct cw_rust_place pointer;
	struct cw_rust_place second;   /* number of elements, or the vtable */
	const struct cw_type *element; /* of a slice */
	uint64_t counts_size; /* of RcInner and ArcInner: what is before */
	enum cw_ownership ownership;
	bool is_dyn, is_text;
	bool is_atomic; /* of an ArcInner */
};

bool cw_rust_wide_prepare(const struct cw_type *type, struct cw_rust_wide *ret);
void cw_rust_wide_visit(const struct cw_rule_context *context,
			const struct cw_rust_wide *wide,
			const struct cw_object *object,
			struct cw_part_visitor *visitor);

/* A copy of *@plan in the context's arena. */
#define cw_rust_keep(context, plan)                                            \
	({                                                                     \
		__typeof__(*(plan)) *kept_ =                                   \
			cw_arena_alloc((context)->arena, sizeof(*kept_));      \
		*kept_ = *(plan);                                              \
		kept_;                                                         \
	})

/* @value rounded up to a multiple of @unit, a power of 2. */
static inline uint64_t cw_rust_align(uint64_t value, uint64_t unit)
{
	return (value + unit - 1) & ~(unit - 1);
}

#endif
