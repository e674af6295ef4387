/*
 * Name: what a person calls a slot: "g_cache.buckets[3]", "thread 3 rdi",
 * ".data of libfoo.so+0x40", "Node.next".
 *
 * All functions add to a text.
 *
 * Not here: which slots are roots (object/roots.h), places in objects
 * (object/field_path.h).
 */
#ifndef OBJECT_NAME_H
#define OBJECT_NAME_H

#include "base/text.h"
#include "object/field_path.h"
#include "object/roots.h"

/* What names are made from. */
struct cw_name_context {
	struct cw_target *target;
	struct cw_debug *debug;	    /* NULL: symbols and sections alone */
	const struct cw_heap *heap; /* may be NULL */
	struct cw_rules *rules;	    /* may be NULL: declared members alone */
};

/*
 * The word number @word of @root: a variable with the path of its field where
 * one is known, else a symbol, else the section or mapping and an offset.  Of
 * registers and stacks the local that lives there: "worker()::job.next", with
 * the thread when there are several; else thread, frame and place.  *ret: what
 * the path found, or NULL.
 */
void cw_name_root(const struct cw_name_context *context,
		  const struct cw_root *root, uint64_t word,
		  struct cw_text *text, struct cw_field_path *ret);

/*
 * As above for any address outside of the heap: "g_cache.buckets[3]",
 * "main+0x12", ".data of libfoo.so+0x40".  False: nothing is mapped there, and
 * nothing was added.
 */
bool cw_name_address(const struct cw_name_context *context, cw_addr address,
		     struct cw_text *text, struct cw_field_path *ret);

#endif
