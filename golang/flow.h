/*
 * Flow: what the code of a Go program says of the types of words that nothing
 * else tells of: globals, words of frames, and closures.
 *
 * Go's compiler gives the type of what it allocates to the runtime:
 *
 *	LEAQ type:main.node(SB), AX
 *	CALL runtime.newobject(SB)
 *
 * From there types go with the values: from register to register, to words of
 * the frame and back, into globals, through parameters and results, and from
 * what points to a typed object to what its fields point to.  They go forwards
 * only, to what a value is put into: who takes a pointer to something that an
 * object begins with does not say what the object is.  Where several meet that
 * differ, nothing is known.
 *
 * Code is read from a function's first instruction to its last.  What a
 * register holds where ways meet is of one type, whichever way was taken, if it
 * is read there at all; so it is enough to have seen one of the ways.
 *
 * Not here: which blocks such words lead to (object/go_flow.h).
 */
#ifndef GOLANG_FLOW_H
#define GOLANG_FLOW_H

#include "base/progress.h"
#include "golang/type.h"

struct cw_go_flow;

/* The word at some place points to an object of a type, or is one itself. */
struct cw_go_flow_word {
	cw_addr address;	    /* of a global; of a frame's word: 0 */
	const struct cw_type *type; /* stripped; of the object */
	/* From what the stack pointer was when the function was called: what
	 * is at 0 is where it returns to. */
	int32_t offset;
	bool is_object; /* it is there, nothing points to it */
};

/*
 * Reads all functions.  Of words of frames those at @places are kept, sorted
 * return addresses of functions that are being run.
 */
struct cw_error *cw_go_flow_create(const struct cw_go *go,
				   struct cw_go_types *types,
				   const cw_addr *places, size_t num_places,
				   struct cw_progress *progress,
				   struct cw_go_flow **ret) cw_must_check;
void cw_go_flow_destroy(struct cw_go_flow *flow);

/* What a closure of the function that begins at @entry is; NULL: unknown. */
const struct cw_type *cw_go_flow_closure(const struct cw_go_flow *flow,
					 cw_addr entry);

size_t cw_go_flow_globals(const struct cw_go_flow *flow,
			  const struct cw_go_flow_word **ret);

/* Words of a frame that is at @place, one of those that were asked for. */
size_t cw_go_flow_frame(const struct cw_go_flow *flow, cw_addr place,
			const struct cw_go_flow_word **ret);

#endif
