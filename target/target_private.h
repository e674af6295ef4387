/*
 * Target private: what the ways to open a target share.
 *
 * For target/ only.
 */
#ifndef TARGET_TARGET_PRIVATE_H
#define TARGET_TARGET_PRIVATE_H

#include "target/mapped_file.h"
#include "target/target.h"

/* What is unmapped when the target is closed. */
struct cw_mapped_files {
	CW_ARRAY(struct cw_mapped_file) list;
};

/* A target with nothing in it.  @options may be NULL; it is copied. */
struct cw_target *cw_target_create(enum cw_target_kind kind, const char *path,
				   const struct cw_target_options *options);

/* Notes that [start, end) is zeros; in order of addresses. */
void cw_target_add_hole(struct cw_target *target, cw_addr start, cw_addr end);

/* For qsort(): by start. */
int cw_segment_compare(const void *left, const void *right);

/*
 * Of a core: has pages of stacks read as they are asked for.  Most of a stack
 * is never used: to read ahead fills memory with holes, which takes most of the
 * time for thousands of threads.
 */
void cw_target_read_stacks_singly(const struct cw_target *target);

#endif
