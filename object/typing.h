/*
 * Typing: a type for every block that something says the type of.
 *
 * Each block has a type, how sure that is, and why: the place whose declared
 * type said so.  Blocks that nothing speaks of are unknown, and counted.
 *
 * A type spreads from typed variables along the pointers of each typed block,
 * and along what the rules of libraries say of its members, to where nothing
 * new is found.  A claim that does not fit into the block is not believed; of
 * claims that disagree, the better one (object/claim.h).
 *
 * The block is of @type from its start, or from behind a header; when it is
 * larger it is an array of elements, or has something behind.
 *
 * Not here: names of fields and roots (object/name.h).
 */
#ifndef OBJECT_TYPING_H
#define OBJECT_TYPING_H

#include "base/progress.h"
#include "code/evidence.h"
#include "dwarf/debug.h"
#include "object/fit.h"
#include "object/label.h"
#include "object/roots.h"
#include "object/rule.h"

enum cw_confidence {
	CW_CONFIDENCE_NONE,
	CW_CONFIDENCE_LIKELY,  /* its content looks like it */
	CW_CONFIDENCE_DERIVED, /* layout, a library's rule or code prove it */
	CW_CONFIDENCE_EXACT,   /* debug info declares it */
	CW_NUM_CONFIDENCES,
};

/* "none", "likely", "derived", "exact". */
const char *cw_confidence_name(enum cw_confidence confidence);

/* What a type was concluded from. */
enum cw_provenance {
	CW_PROVENANCE_NONE,
	CW_PROVENANCE_VARIABLE,	 /* a global or thread-local variable */
	CW_PROVENANCE_LOCAL,	 /* a variable of a function being run */
	CW_PROVENANCE_FIELD,	 /* a field of another typed block */
	CW_PROVENANCE_RULE,	 /* what a library's object holds */
	CW_PROVENANCE_VTABLE,	 /* its own first word */
	CW_PROVENANCE_HEADER,	 /* what Go's allocator wrote before it */
	CW_PROVENANCE_CONTAINER, /* a pointer to a member of it */
	CW_PROVENANCE_CODE,	 /* what the code does with a field */
	CW_PROVENANCE_TAG,	 /* a number in it: object/tag.h */
	CW_PROVENANCE_CONTENT,	 /* its bytes */
	CW_PROVENANCE_ALLOCATOR, /* it is the allocator's own */
	CW_NUM_PROVENANCES,
};

/* "variable", "field", "vtable", "allocator"; "unknown" for none. */
const char *cw_provenance_name(enum cw_provenance provenance);

/* Whether the block speaks for itself, whatever others say. */
static inline bool cw_provenance_is_its_own(enum cw_provenance provenance)
{
	return provenance == CW_PROVENANCE_VTABLE ||
	       provenance == CW_PROVENANCE_HEADER;
}

struct cw_tagging;
struct cw_typing;

/* The heap's index must be numbered.  All arguments are borrowed. */
struct cw_error *cw_typing_create(const struct cw_heap *heap,
				  const struct cw_roots *roots,
				  struct cw_debug *debug,
				  struct cw_progress *progress,
				  struct cw_typing **ret) cw_must_check;
void cw_typing_destroy(struct cw_typing *typing);

enum {
	CW_MAX_RIVALS = 4,
};

struct cw_typed_block {
	/* Of one element; NULL: unknown, or known by name only. */
	const struct cw_type *type;
	/* Of one element: "Node", "char", "Node *"; NULL: unknown.  Borrowed
	 * from the typing. */
	const char *name;
	uint64_t count; /* elements that live; 1 for a single object */
	enum cw_confidence confidence;
	enum cw_provenance provenance;
	enum cw_shape shape;
	uint64_t header; /* bytes of the block before the first element */
	/* Live elements are where @holder says, not the first ones. */
	bool is_scattered;
	cw_addr holder;	       /* of the slot that said so, or 0 */
	uint32_t shape_number; /* of one that is unknown, or 0 */
	/* Other types that were claimed of it and were not worse. */
	uint32_t num_rivals;
	const char *rivals[CW_MAX_RIVALS];
};

/* What is known of the block; false: nothing, and *ret says so too. */
bool cw_typing_of(struct cw_typing *typing, const struct cw_block *block,
		  struct cw_typed_block *ret);

/* An object that was found within a block that is larger. */
struct cw_inside {
	uint64_t offset, size;
	const char *name; /* of its type; borrowed from the typing */
};

/* The first at or behind @offset of the block; false: there is no more. */
bool cw_typing_inside(struct cw_typing *typing, const struct cw_block *block,
		      uint64_t offset, struct cw_inside *ret);

/*
 * How it is known, from the beginning: "variable g_cache -> field Node.next".
 * Adds nothing for a block that is not typed.
 */
void cw_typing_why(struct cw_typing *typing, const struct cw_block *block,
		   struct cw_text *text);

/*
 * What a number in a block that is typed says of it, and of how many others
 * that have the same: "GCObject.tt" is 7 in 5,001, all of that type.
 */
struct cw_typing_tag {
	const struct cw_tagging *tagging; /* object/tag.h */
	uint32_t value;
	uint32_t num_right; /* of the type that goes with it */
	uint32_t num;	    /* all that have it */
};

/* False: nothing does, or it says another type. */
bool cw_typing_tag(struct cw_typing *typing, const struct cw_block *block,
		   struct cw_typing_tag *ret);

/* Used blocks with a type. */
struct cw_heap_count cw_typing_count(const struct cw_typing *typing);
/* Those of one confidence; none: without a type. */
struct cw_heap_count cw_typing_count_of(const struct cw_typing *typing,
					enum cw_confidence confidence);

/* How much of the code was read for types; all 0: none of it. */
struct cw_evidence_count cw_typing_mined(const struct cw_typing *typing);

/* A reference that a typed object holds. */
struct cw_typed_reference {
	cw_addr slot;	/* where it is */
	cw_addr target; /* what it points to: not checked */
	/* What is there, as declared; NULL: not said. */
	const struct cw_type *type;
	enum cw_ownership ownership;
	bool is_in_union;	    /* may be something else */
	const struct cw_part *part; /* NULL: a plain pointer */
};

struct cw_typed_visitor {
	void (*reference)(struct cw_typed_visitor *visitor,
			  const struct cw_typed_reference *reference);
};

/*
 * All references that a typed block holds: of its live elements only.  A
 * pointer of NULL is left out.
 */
void cw_typing_visit(struct cw_typing *typing, const struct cw_block *block,
		     struct cw_typed_visitor *visitor);

/* The same for an object that is in no block, such as a variable. */
void cw_typing_visit_object(struct cw_typing *typing,
			    const struct cw_type *type, cw_addr address,
			    struct cw_typed_visitor *visitor);

/* The rules by which types are read, for whoever asks them besides. */
struct cw_rules *cw_typing_rules(struct cw_typing *typing);

/*
 * Labels of blocks: equal for blocks of the same type, 0 for unknown ones.
 * Valid as long as the typing.
 */
struct cw_labels cw_typing_labels(struct cw_typing *typing);
/* The same, and unknown blocks by their shapes: object/shape.h. */
struct cw_labels cw_typing_labels_and_shapes(struct cw_typing *typing);

/* The name behind a label; "unknown" for 0. */
const char *cw_typing_label_name(struct cw_typing *typing, uint32_t label);

#endif
