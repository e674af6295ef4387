/*
 * Type mask: which words of an object are pointers, by the descriptor of its
 * type.
 *
 * Descriptors have the mask that the collector uses, or (from 1.24, for large
 * types) a word for it to be built in when it is first needed.  What was not
 * built yet is put together here, from the masks of the parts.
 *
 * Not here: other things that descriptors say (golang/type.h); programs that
 * make masks, which up to 1.23 no descriptor that a block has can have.
 */
#ifndef GOLANG_TYPE_MASK_H
#define GOLANG_TYPE_MASK_H

#include "base/arena.h"
#include "base/array.h"
#include "base/map.h"
#include "golang/runtime.h"

struct cw_go_mask {
	uint64_t size;	    /* of an object, in bytes */
	uint64_t num_words; /* up to the last pointer; 0: none */
	/* A bit for each of them, lowest first. */
	const unsigned char *bits;
};

struct cw_go_masks {
	const struct cw_go *go;
	struct cw_map numbers; /* by address of the descriptor */
	CW_ARRAY(struct cw_go_mask) items;
	struct cw_arena arena;
	uint64_t built_size; /* bytes in the arena, bounded */
};

void cw_go_masks_init(struct cw_go_masks *masks, const struct cw_go *go);
void cw_go_masks_deinit(struct cw_go_masks *masks);

/* NULL: there is no descriptor.  Valid until the next one is asked for. */
const struct cw_go_mask *cw_go_mask_at(struct cw_go_masks *masks,
				       cw_addr descriptor);

#endif
