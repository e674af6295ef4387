/*
 * Number: words that are declared as numbers, and so are no pointers whatever
 * they hold.
 *
 * What may hold a pointer all the same is no number: integers called so by
 * their type or name (uintptr_t), atomic ones (their spare bits are used), bit-
 * fields, characters, arrays of integers (storage of anything) and unions.
 */
#ifndef OBJECT_NUMBER_H
#define OBJECT_NUMBER_H

#include "object/roots.h"

struct cw_debug;
struct cw_type;

enum cw_number_kind {
	CW_NUMBER_NONE, /* something else, or nothing */
	CW_NUMBER_INTEGER,
	CW_NUMBER_FLOAT, /* nothing but floating point numbers */
};

/*
 * What is declared in the 8 bytes at @offset of an object of @type.  The object
 * may begin or end within the 8 bytes.
 */
enum cw_number_kind cw_type_number_at(const struct cw_type *type,
				      int64_t offset);

/* A floating point number by itself; @type may be NULL. */
bool cw_type_is_float(const struct cw_type *type);

/* Which words of a root hold a number. */
struct cw_number_finder {
	struct cw_debug *debug;
	bool (*wants)(void *context, uint64_t value);
	void (*found)(void *context, const struct cw_root *root, uint64_t word);
	void *context;
};

/*
 * Tells those of a global of a module and of a stack whose value is wanted, in
 * order or not.  Words that no variable covers are none, nor are registers.
 */
void cw_numbers_find(const struct cw_number_finder *finder,
		     const struct cw_root *root);

#endif
