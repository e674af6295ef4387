/*
 * Leaks: the blocks in use that no root leads to, as clusters, and clusters
 * that are alike as groups.
 *
 * A cluster is a head (a block, or a ring of blocks, that no other unreachable
 * block points to) with all that hangs on it (graph/cluster.h).  Each
 * unreachable block is in just one cluster, each cluster in just one group,
 * and the sums of the groups are the totals.
 *
 * What is alike?  Members of a cluster are of kinds: the label, or without
 * one the size.  Clusters have the same *structure* when their heads are of
 * the same kinds, the same kinds of members hang on them, and the same kinds
 * point to each other, however many there are of each.  They are *identical*
 * when the numbers and sizes agree too.  Identical clusters are one group, so
 * that ten chains of 500 are one line and five of 1,000 another.  Where that
 * would make more than a handful of groups of one structure (a list is leaked
 * with each request, each time of another length) there is one group for all
 * of the structure, and min and max differ.
 *
 * Unlabelled blocks that point nowhere and are not like a head are one kind,
 * whatever their size (texts, buffers), and so are unlabelled ones over 512
 * bytes that point somewhere (arrays of buckets).
 *
 * Not here: rings below a head or in reachable memory (object/ring.h); what
 * an unlabelled block holds (text or not).
 */
#ifndef OBJECT_LEAK_H
#define OBJECT_LEAK_H

#include "graph/cluster.h"
#include "object/edges.h"
#include "object/label.h"

/* The sums of the first three are all unreachable blocks. */
enum cw_leak_kind {
	/* In the head of a cluster. */
	CW_LEAK_DEFINITE,
	/* Reached from the head by pointers to the starts of blocks. */
	CW_LEAK_INDIRECT,
	/* Reached only if some pointer into the middle of a block counts. */
	CW_LEAK_POSSIBLE,
	/* Reached only from weak words of roots (object/weak.h). */
	CW_LEAK_WEAK,
	CW_NUM_LEAK_KINDS,
};

/* "definite", "indirect", "possible", "weak". */
const char *cw_leak_kind_name(enum cw_leak_kind kind);

enum cw_leak_shape {
	CW_LEAK_BLOCK, /* one block */
	CW_LEAK_RING,  /* the head is a ring; other blocks may hang on it */
	/* From the head on, each block of the head's kind points to one more
	 * of that kind; blocks of other kinds may hang on them. */
	CW_LEAK_CHAIN,
	/* As a chain, but some point to several of the head's kind. */
	CW_LEAK_TREE,
	/* The head, and blocks of other kinds. */
	CW_LEAK_OWNER,
	CW_NUM_LEAK_SHAPES,
};

/* "block", "ring", "chain", "tree", "owner". */
const char *cw_leak_shape_name(enum cw_leak_shape shape);

/* Members of one kind, over all clusters of a group. */
struct cw_leak_member {
	uint32_t label;		     /* 0: unknown */
	uint64_t min_size, max_size; /* usable bytes of one block */
	struct cw_heap_count count;
};

struct cw_leak_group {
	/* The same for the same structure in another core of the program, as
	 * long as the labels are. */
	uint64_t structure;
	/* As above, numbers and sizes included where clusters are identical.
	 * No two groups have the same. */
	uint64_t signature;
	bool is_identical; /* all clusters are */

	enum cw_leak_shape shape;
	uint32_t clusters;
	struct cw_heap_count count;		       /* all of the group */
	struct cw_heap_count kinds[CW_NUM_LEAK_KINDS]; /* add up to count */

	/* Of the head's lowest block. */
	uint32_t head_label;
	uint64_t head_size; /* usable bytes; of the example */

	/* Blocks in the ring (RING), of the head's kind from the head on
	 * (CHAIN, TREE: the head included), else 1. */
	uint32_t min_length, max_length;
	/* CHAIN, TREE, RING: offset in the example's head of the word that
	 * points to the next one of it, or CW_NO_OFFSET. */
	uint64_t link_offset;

	/* Kinds of members, most bytes first, heads included.  The head's own
	 * kind is among them. */
	struct cw_leak_member *members;
	uint32_t num_members;

	cw_addr example; /* lowest head: its lowest block */
	/* The group's clusters: order[first_cluster] … in cw_leaks. */
	uint32_t first_cluster;
};

struct cw_leaks {
	struct cw_heap_count total; /* all that is unreachable; or weak */
	struct cw_heap_count kinds[CW_NUM_LEAK_KINDS];
	uint32_t num_clusters;
	CW_ARRAY(struct cw_leak_group) groups; /* most bytes first */
	/* Clusters, those of each group together, by address in a group. */
	uint32_t *order;

	/*
	 * What is weak, in clusters and groups of its own, all of it of that
	 * kind; NULL: nothing.
	 */
	struct cw_leaks *weak;

	/* What the groups were made from. */
	struct cw_lost lost;
	struct cw_components components;
	struct cw_clusters clusters;
	uint8_t *kind; /* by node: enum cw_leak_kind */
	struct cw_arena arena;
};

/*
 * No numbers of blocks, no whole graph and no types are needed.  @labels may
 * be NULL.  No leaks are a success with no groups.
 */
struct cw_error *cw_leaks_create(const struct cw_heap *heap,
				 const struct cw_reach *reach,
				 const struct cw_labels *labels,
				 struct cw_progress *progress,
				 struct cw_leaks **ret) cw_must_check;
void cw_leaks_destroy(struct cw_leaks *leaks);

/*
 * The blocks of one cluster: its head's first, lowest first, then the others
 * in the order of their distance.  Writes their number.  @cluster is an
 * element of order.  Ask cw_leaks_address() for each.
 */
const cw_node *cw_leaks_cluster(const struct cw_leaks *leaks, uint32_t cluster,
				uint32_t *ret_num);
/* Address of a node's block. */
cw_addr cw_leaks_address(const struct cw_leaks *leaks,
			 const struct cw_heap *heap, cw_node node);

#endif
