/*
 * Merged paths: how roots lead to many blocks at once, as one tree.
 *
 * Each wanted block is reached by one path: a shortest one from a variable, or
 * where none leads there, from another word of a root; by weak words only where
 * no strong one leads there.  So what is left on a stack hides no variable.
 *
 * Paths that begin at the same word of a root, or at words of the same name,
 * and go on through the same fields of blocks of the same types are one *way*;
 * all elements of an array are the same field.  A way that comes back to a
 * field that it went through (from node to node of a list, round a tree) goes
 * on from there, so that it is as deep as there are different fields on it.
 * Ways deeper than CW_MAX_MERGED_DEPTH end there, with all that is behind them.
 *
 * Not here: all paths to one block (object/path.h); what would go with a block
 * (graph/dominator.h).
 */
#ifndef OBJECT_MERGED_PATH_H
#define OBJECT_MERGED_PATH_H

#include "graph/graph.h"
#include "object/name.h"
#include "object/typing.h"

#define CW_MAX_MERGED_DEPTH 32

#define CW_NO_WAY UINT32_MAX

struct cw_merged_way {
	uint32_t parent;  /* number of a way before this; CW_NO_WAY: a root's */
	uint32_t depth;	  /* 0: a root's */
	uint32_t label;	  /* of the blocks it leads to */
	bool is_repeated; /* comes back to its own field */
	struct cw_heap_count ends;  /* wanted blocks that it leads to */
	struct cw_heap_count count; /* as well as the ways behind it */
	/* The first of its words that was seen: in a root or, when that is
	 * NULL, in a block, with its offset there, and what it leads to. */
	const struct cw_root *root;
	struct cw_block holder;
	uint64_t offset;
	struct cw_block block;
	/* What makes the field, with label; private. */
	uint32_t holder_label;
	uint32_t place;
};

struct cw_merged_paths {
	CW_ARRAY(struct cw_merged_way) ways;
	struct cw_heap_count reached, lost; /* wanted blocks */
};

/* Which blocks are wanted. */
struct cw_wanted {
	bool (*is_wanted)(void *context, const struct cw_block *block);
	void *context;
};

/*
 * @graph is that of cw_edges_create_all().  Takes 13 bytes a block of the heap
 * while it works.
 */
struct cw_error *cw_merged_paths_create(
	const struct cw_name_context *names, const struct cw_roots *roots,
	const struct cw_graph *graph, struct cw_typing *typing,
	const struct cw_wanted *wanted, struct cw_progress *progress,
	struct cw_merged_paths **ret) cw_must_check;
void cw_merged_paths_destroy(struct cw_merged_paths *paths);

#endif
