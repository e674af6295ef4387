/*
 * Frame: the calls on a goroutine's stack, innermost first.
 *
 * A frame is one function's part of the stack; the functions that the compiler
 * put into it (inlined) have no part of their own, but names and lines.
 *
 * How large a frame is, the function's table says for each instruction: no
 * frame pointers, no debug info.
 */
#ifndef GOLANG_FRAME_H
#define GOLANG_FRAME_H

#include "golang/function.h"
#include "golang/goroutine.h"

struct cw_go_frame {
	cw_addr pc, sp;
	cw_addr end; /* of the frame, its return address included */
	/* Where the function goes on; 0: never.  Other than @pc where it
	 * panicked: then it runs what it deferred. */
	cw_addr resume;
	struct cw_go_function function;
	unsigned number; /* 0: the innermost */
	/* No map of the compiler's tells of its words: it was stopped at any
	 * instruction, or holds the registers of one that was. */
	bool is_unmapped;

	/* Of the call that is shown. */
	const char *name;
	cw_addr place; /* whose line it is at */
	bool is_inlined;
	/* It is a wrapper that did not panic, which Go's tracebacks hide. */
	bool is_wrapper;

	/* Private. */
	int32_t inlined;
};

/*
 * Steps outwards over frames; begin with a frame of {0}.  False: there are no
 * more, and *frame stays the last one.
 */
bool cw_go_frame_next(const struct cw_go *go,
		      const struct cw_goroutine *goroutine,
		      struct cw_go_frame *frame);

/* Whether that last frame is where the goroutine began: else the rest of its
 * stack could not be followed. */
bool cw_go_frame_is_last(const struct cw_go_frame *frame);

/* The same over the calls in frames, inlined ones too. */
bool cw_go_call_next(const struct cw_go *go,
		     const struct cw_goroutine *goroutine,
		     struct cw_go_frame *frame);

/*
 * The same over calls that the runtime recorded by their return addresses,
 * innermost first: those inlined may be there, too, or not.  What is no code of
 * Go's has no name.
 */
bool cw_go_recorded_call_next(const struct cw_go *go, const cw_addr *addresses,
			      uint32_t num, struct cw_go_frame *frame);

/* Where locals end: below the saved frame pointer, when there is a frame. */
static inline cw_addr cw_go_frame_locals_end(const struct cw_go_frame *frame)
{
	cw_addr end = frame->end - 8;

	return end > frame->sp ? end - 8 : end;
}

#endif
