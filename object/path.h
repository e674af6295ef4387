/*
 * Path: how a root leads to a block, word by word.
 *
 * Paths are shortest ones.  There is at most one for each block that a root
 * points to itself: the shortest from there, shortest paths first.  Paths of
 * the same length are in the order of their roots: globals, thread-local
 * storage, stacks, registers, other mappings.  Weak words of roots and blocks
 * are taken only where strong ones alone do not lead to the block.
 *
 * Not here: names of variables and fields on the way (typing); which roots
 * hold a block as dominators (graph/dominator.h).
 */
#ifndef OBJECT_PATH_H
#define OBJECT_PATH_H

#include "graph/graph.h"
#include "object/number_word.h"
#include "object/roots.h"

/* A block on the way. */
struct cw_path_step {
	struct cw_block block;
	/* The pointer by which it was reached, in the root or the step
	 * before.  It may point behind the block's start. */
	cw_addr value;
	/* Offset in block of the word that leads to the next step;
	 * CW_NO_OFFSET in the last one. */
	uint64_t offset;
};

struct cw_path {
	const struct cw_root *root;
	uint64_t root_offset;	    /* of the word in the root, bytes */
	cw_addr slot;		    /* its address, or 0: a register */
	struct cw_path_step *steps; /* the last is the block asked for */
	uint32_t num_steps;
	/* How many steps at the end are the same as in the path before. */
	uint32_t num_shared;
};

/* What all searches of paths share; 4 bytes an edge and 8 a block. */
struct cw_path_finder;

/*
 * @graph is that of cw_edges_create_all(), heap and roots those it came from;
 * @numbers are weak words of blocks, or NULL.  All are borrowed for as long as
 * the finder lives.
 */
struct cw_error *
cw_path_finder_create(const struct cw_heap *heap, const struct cw_roots *roots,
		      const struct cw_number_words *numbers,
		      const struct cw_graph *graph,
		      struct cw_progress *progress,
		      struct cw_path_finder **ret) cw_must_check;
void cw_path_finder_destroy(struct cw_path_finder *finder);

struct cw_paths {
	CW_ARRAY(struct cw_path) items;
	bool has_more; /* than @max */
	struct cw_arena arena;
};

/*
 * At most @max paths to @block (1: a shortest one).  None: no root leads to
 * it, a success.
 */
struct cw_error *cw_paths_find(struct cw_path_finder *finder,
			       const struct cw_block *block, size_t max,
			       struct cw_paths *ret) cw_must_check;
void cw_paths_deinit(struct cw_paths *paths);

#endif
