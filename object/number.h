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

/*
 * Whether all that is declared in the 8 bytes at @offset of an object of @type
 * is a number.  The object may begin or end within the 8 bytes.
 */
bool cw_type_is_number_at(const struct cw_type *type, int64_t offset);

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
