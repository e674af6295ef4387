/*
 * Rc block: lost blocks of Rust's counted references that no type is known of.
 *
 * RcInner and ArcInner begin with the words strong and weak; all strong
 * references hold one weak one together.  So a lost block with strong + weak
 * - 1 words in lost blocks that point to its start, no more and no less, is
 * taken for one.  Among lost blocks this is telling; among all, many a block
 * that begins with two small numbers would pass.
 *
 * Only of programs that rustc made, which also stripped ones say.
 *
 * Not here: blocks of known types (object/rust_rc.c), what a ring's counts
 * prove (object/audit.h).
 */
#ifndef OBJECT_RC_BLOCK_H
#define OBJECT_RC_BLOCK_H

#include "object/reach.h"

struct cw_rc_block {
	cw_addr address;
	uint64_t strong, weak; /* as they stand there */
	uint64_t num_found;    /* words that point to it */
};

struct cw_rc_blocks {
	CW_ARRAY(struct cw_rc_block) items; /* sorted by address */
};

/* None where rustc made nothing of the target. */
struct cw_error *cw_rc_blocks_init(struct cw_rc_blocks *blocks,
				   const struct cw_heap *heap,
				   const struct cw_reach *reach,
				   struct cw_progress *progress) cw_must_check;
void cw_rc_blocks_deinit(struct cw_rc_blocks *blocks);

/* The one that begins at @address, or NULL. */
const struct cw_rc_block *cw_rc_block_at(const struct cw_rc_blocks *blocks,
					 cw_addr address);

#endif
