/*
 * Name: what a person calls a slot: "g_cache.buckets[3]", "thread 3 rdi",
 * ".data of libfoo.so+0x40", "Node.next".
 *
 * All functions add to a text.  A debug of NULL means that no debug info is to
 * be asked: names then come from symbols and sections alone.
 *
 * Not here: which slots are roots (object/roots.h), of which type a block is
 * (object/typing.h).
 */
#ifndef OBJECT_NAME_H
#define OBJECT_NAME_H

#include "base/text.h"
#include "dwarf/debug.h"
#include "object/roots.h"
#include "object/typing.h"

/*
 * The word number @word of @root: a variable with the path of its field where
 * one is known, else a symbol, else the section or mapping and an offset; for
 * registers and stacks the thread.
 */
void cw_name_root(struct cw_target *target, struct cw_debug *debug,
		  const struct cw_root *root, uint64_t word,
		  struct cw_text *text);

/*
 * As above for any address outside of the heap: "g_cache.buckets[3]",
 * "main+0x12", ".data of libfoo.so+0x40".  False: nothing is mapped there, and
 * nothing was added.
 */
bool cw_name_address(struct cw_target *target, struct cw_debug *debug,
		     cw_addr address, struct cw_text *text);

/*
 * The path of what is @offset bytes into an object of @type: ".next",
 * "[3].key", ".u.text+0x2"; "+0x18" where the type says nothing of the place
 * (or is NULL).  Offsets beyond the type's size are those of an array of it:
 * "[2].next".  The innermost member that begins there or holds it is named.
 */
void cw_name_field(const struct cw_type *type, uint64_t offset,
		   struct cw_text *text);

/*
 * As cw_name_field() for a block as typing sees it, whose elements are counted:
 * ".next" in a single Node, "[3].key" in an array of them.  With @typing NULL
 * or an unknown block "+0x18"; an offset of 0 then adds "+0x0".
 */
void cw_name_block_field(struct cw_typing *typing, const struct cw_block *block,
			 uint64_t offset, struct cw_text *text);

/*
 * The scalar that is at @offset of an object of @type, looking through members
 * and arrays: what a word there is declared as.  NULL: padding, or the offset
 * is not where a scalar begins.
 */
const struct cw_type *cw_type_scalar_at(const struct cw_type *type,
					uint64_t offset);

#endif
