/*
 * Typing: a type for every block that something says the type of.
 *
 * Each block has a type, how sure that is, and why: the place whose declared
 * type said so.  Blocks that nothing speaks of are unknown, and counted.
 *
 * A type spreads from typed variables along the pointers of each typed block
 * to where nothing new is found.  The first to speak of a block is believed;
 * a block's own vtable pointer is believed before all others.  A type that
 * does not fit into the block is not believed.
 *
 * The block is of @type from its start; when it is larger it is an array of
 * elements, or has something behind.
 *
 * Not here: names of fields and roots (object/name.h).
 */
#ifndef OBJECT_TYPING_H
#define OBJECT_TYPING_H

#include "base/progress.h"
#include "dwarf/debug.h"
#include "object/label.h"
#include "object/roots.h"
#include "object/rule.h"

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
	CW_PROVENANCE_VARIABLE,	 /* a global or thread-local variable */
	CW_PROVENANCE_FIELD,	 /* a field of another typed block */
	CW_PROVENANCE_VTABLE,	 /* its own first word */
	CW_PROVENANCE_ALLOCATOR, /* it is the allocator's own */
};

/* "variable", "field", "vtable", "allocator"; "unknown" for none. */
const char *cw_provenance_name(enum cw_provenance provenance);

struct cw_typing;

/* The heap's index must be numbered.  All arguments are borrowed. */
struct cw_error *cw_typing_create(const struct cw_heap *heap,
				  const struct cw_roots *roots,
				  struct cw_debug *debug,
				  struct cw_progress *progress,
				  struct cw_typing **ret) cw_must_check;
void cw_typing_destroy(struct cw_typing *typing);

struct cw_typed_block {
	/* Of one element; NULL: unknown, or known by name only. */
	const struct cw_type *type;
	/* Of one element: "Node", "char", "Node *"; NULL: unknown.  Borrowed
	 * from the typing. */
	const char *name;
	uint64_t count; /* elements; 1 for a single object */
	enum cw_confidence confidence;
	enum cw_provenance provenance;
	cw_addr holder; /* of the slot that said so, or 0 */
};

/* What is known of the block; false: nothing, and *ret says so too. */
bool cw_typing_of(struct cw_typing *typing, const struct cw_block *block,
		  struct cw_typed_block *ret);

/* The rules for types that the typing goes by; its own. */
struct cw_rules *cw_typing_rules(struct cw_typing *typing);

/* Used blocks with a type. */
struct cw_heap_count cw_typing_count(const struct cw_typing *typing);

/*
 * Labels of blocks: equal for blocks of the same type, 0 for unknown ones.
 * Valid as long as the typing.
 */
struct cw_labels cw_typing_labels(struct cw_typing *typing);

/* The name behind a label; "unknown" for 0. */
const char *cw_typing_label_name(struct cw_typing *typing, uint32_t label);

#endif
