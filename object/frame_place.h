/*
 * Frame place: which frame a word of a stack or a register belongs to, and
 * which local of it.
 *
 * A register of the thread, or a slot of the stack that one was saved in, is
 * that of the frames that it has not changed since.
 */
#ifndef OBJECT_FRAME_PLACE_H
#define OBJECT_FRAME_PLACE_H

#include "base/text.h"
#include "dwarf/scope.h"
#include "object/roots.h"

struct cw_frame_place {
	uint32_t frame;	      /* number, from the innermost */
	const char *function; /* as a person sees it; or NULL */
	cw_addr pc;	      /* to look up function and line */
	/* The local that the word is in; or NULL. */
	const struct cw_local *local;
	cw_addr address; /* of the local, where it is in memory; or 0 */
	uint64_t offset; /* of the word in the local */
};

/*
 * Of the word number @word of @root.  False: it is of no stack or general
 * register, or the stack cannot be told.
 */
bool cw_frame_place_find(const struct cw_target *target, struct cw_debug *debug,
			 const struct cw_root *root, uint64_t word,
			 struct cw_frame_place *ret);

/* "main()::list" for the local; "main()" for a place in none. */
void cw_frame_place_name(const struct cw_frame_place *place,
			 struct cw_text *text);

#endif
