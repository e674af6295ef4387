/*
 * Stack map: the words of goroutines' stacks that are live pointers, as the
 * collector sees them.
 *
 * The compiler says for each call which words of a frame, and which of the
 * arguments, hold pointers that are read again.  Variables whose address is
 * taken are stack objects: what they hold counts only where a live pointer
 * leads to them.  Of functions that run deferred calls, or that panicked, the
 * maps are those of the place where they go on.
 *
 * A frame that was stopped at any instruction (the goroutine runs, or was
 * preempted by a signal) has no map for it.  All its words and registers may be
 * pointers, or be left over: these are conservative, and only a pointer to an
 * allocated object counts.  The same holds for a stack that cannot be followed,
 * from where it is lost.
 *
 * Pointers into the goroutine's own stack are followed, not listed.
 *
 * Not here: other roots of a goroutine, which its g holds.
 */
#ifndef GOLANG_STACK_MAP_H
#define GOLANG_STACK_MAP_H

#include "golang/frame.h"

#define CW_GO_NO_FRAME UINT32_MAX

struct cw_go_stack_word {
	cw_addr address; /* of the word; 0: a register */
	cw_addr value;	 /* never 0 */
	/* Number of the frame; CW_GO_NO_FRAME: what was deferred. */
	uint32_t frame;
	bool is_conservative;
};

/* Private. */
struct cw_go_stack_object {
	cw_addr start;
	uint32_t size, num_pointer_words;
	/* A bit a word; NULL: not known, all may be pointers. */
	const unsigned char *mask;
	uint32_t frame;
	bool is_done;
};

struct cw_go_stack_pointer {
	cw_addr value;
	bool is_conservative;
};

struct cw_go_stack_map {
	CW_ARRAY(struct cw_go_stack_word) words;
	/* Of all goroutines that were added. */
	size_t num_frames, num_conservative_frames;
	/* Of how many the stack was lost on the way; all words from there on
	 * are listed, and counted. */
	size_t num_lost, num_lost_words;

	/* Private: of the goroutine that is being added. */
	CW_ARRAY(struct cw_go_stack_object) objects;
	CW_ARRAY(struct cw_go_stack_pointer) pointers; /* to be followed */
};

/* Begin with a map of {0}.  Adds the words of one goroutine at the end. */
void cw_go_stack_map_add(struct cw_go_stack_map *map, const struct cw_go *go,
			 const struct cw_goroutine *goroutine);
void cw_go_stack_map_deinit(struct cw_go_stack_map *map);

#endif
