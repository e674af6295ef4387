/*
 * Typing: a type for every block that something says the type of.
 *
 * Each block has a type, how sure that is, and why: the place whose declared
 * type said so.  Blocks that nothing speaks of are unknown, and counted.
 *
 * The block is of @type from its start; when it is larger it is an array of
 * count() elements or has something behind.
 */
#ifndef OBJECT_TYPING_H
#define OBJECT_TYPING_H

#include "base/progress.h"
#include "dwarf/debug.h"
#include "object/roots.h"

enum cw_confidence {
	CW_CONFIDENCE_NONE,
	CW_CONFIDENCE_LIKELY,
	CW_CONFIDENCE_DERIVED,
	CW_CONFIDENCE_EXACT,
};

/* "none", "likely", "derived", "exact". */
const char *cw_confidence_name(enum cw_confidence confidence);

/* What a type was concluded from. */
enum cw_provenance {
	CW_PROVENANCE_NONE,
	CW_PROVENANCE_VARIABLE, /* a global or thread-local variable */
	CW_PROVENANCE_FIELD,	/* a field of another typed block */
	CW_PROVENANCE_VTABLE,	/* its own first word */
};

struct cw_typing {
	uint32_t num_blocks;
	uint32_t *type;	 /* by block number: id of the type, 0: unknown */
	uint8_t *grade;	 /* confidence | provenance << 4 */
	cw_addr *holder; /* address of the slot that said so, or 0 */
	struct cw_debug *debug;
	const char *const *names_without_debug; /* private */
};

/* The heap's index must be numbered. */
struct cw_error *cw_typing_create(const struct cw_heap *heap,
				  const struct cw_roots *roots,
				  struct cw_debug *debug,
				  struct cw_progress *progress,
				  struct cw_typing **ret) cw_must_check;
void cw_typing_destroy(struct cw_typing *typing);

struct cw_typed_block {
	/* Of one element; NULL: unknown, or known by name only. */
	const struct cw_type *type;
	const char *name; /* of the type; NULL: unknown */
	uint64_t count;	  /* elements that fit; 1 for a single object */
	enum cw_confidence confidence;
	enum cw_provenance provenance;
	cw_addr holder;
};

/* What is known of the block; false: nothing. */
bool cw_typing_of(const struct cw_typing *typing, const struct cw_block *block,
		  struct cw_typed_block *ret);

#endif
