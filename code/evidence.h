/*
 * Evidence: what the instructions of a program say of pointers that its
 * declarations say little of.
 *
 * A `void *` member has no type, but the code that loads it treats the value as
 * something: where a register holds what was loaded from `struct s`.data and
 * is, by the debug info's location lists, next the variable `struct client *c`,
 * then s.data may be a client.  All functions are read once, each from its
 * first instruction to its last, and such meetings are counted.
 *
 * Evidence is what was seen, not what is so: members of unions, code that is
 * never run and compilers' reuse of registers give a few that are wrong.  A
 * candidate that is seen ten times as often as another is to be asked first.
 *
 * Direct: the instruction that reads or writes the very place has the value in
 * hand as the type.  Indirect: in between the value went through parameters,
 * results or other such places.  A value's use speaks of where it came from,
 * never of what else is put there, and what is put somewhere speaks of where it
 * goes: otherwise free() would make all types one.
 *
 * Types are those of the struct cw_debug, stripped; a candidate's is what the
 * pointer points to.
 *
 * Not here: which candidate fits a block (object/typing.h).
 */
#ifndef CODE_EVIDENCE_H
#define CODE_EVIDENCE_H

#include "base/progress.h"
#include "dwarf/debug.h"

struct cw_evidence;

struct cw_candidate {
	const struct cw_type *type; /* of what is pointed to */
	uint32_t num_direct;	    /* instructions that said so */
	uint32_t num_indirect;
};

/* Sorted: most direct, then most indirect. */
struct cw_candidates {
	const struct cw_candidate *items; /* borrowed from the evidence */
	size_t num;
};

/*
 * Reads the code of all modules that have debug info, but for the system's
 * own (the C library, allocators: what they do with a pointer says nothing of
 * its type).  Fails only when told to stop.  Ranges of code that cannot be read
 * or decoded are passed over, and counted.  What the code says is kept in the
 * target's cache (target/target.h), if it has one.
 */
struct cw_error *cw_evidence_create(struct cw_debug *debug,
				    struct cw_progress *progress,
				    struct cw_evidence **ret) cw_must_check;
void cw_evidence_destroy(struct cw_evidence *evidence);

/*
 * What the pointer at @offset in an object of @type may point to.  Members of
 * members are looked into, elements of an array are all as the first.  When
 * nothing is known of the place within @type itself, that of the member's own
 * type is taken.  Also for members that have a declared type: what the code
 * casts them to.
 */
struct cw_candidates cw_evidence_of_field(const struct cw_evidence *evidence,
					  const struct cw_type *type,
					  uint64_t offset);

/* The same for what the words of the array behind a `void **` point to. */
struct cw_candidates cw_evidence_of_elements(const struct cw_evidence *evidence,
					     const struct cw_type *type,
					     uint64_t offset);

/*
 * Whether that pointer, or an element of the array there, is to memory that
 * the code takes for nothing: allocators gave it, as far as it is seen, and it
 * never meets a type.
 */
bool cw_evidence_is_raw(const struct cw_evidence *evidence,
			const struct cw_type *type, uint64_t offset);
bool cw_evidence_has_raw_elements(const struct cw_evidence *evidence,
				  const struct cw_type *type, uint64_t offset);

/*
 * The same for words at computed places among the bytes of no declared length
 * that objects of @type end in.
 */
struct cw_candidates cw_evidence_of_bytes(const struct cw_evidence *evidence,
					  const struct cw_type *type);

/* The same for a variable with static storage, or a word within. */
struct cw_candidates cw_evidence_of_variable(const struct cw_evidence *evidence,
					     cw_addr address);

/* A pointer in an object, or a variable: with static storage, or a word in it.
 */
struct cw_pointer_place {
	const struct cw_type *type; /* NULL: a variable */
	uint64_t offset;	    /* in the object */
	cw_addr address;	    /* of the variable */
};

/*
 * The same for word @number of what the pointer there leads to, or of nodes
 * that hang on that.  Of hash tables and trees of libraries, whose types are
 * not known: 0 is for keys, 1 for values.
 */
struct cw_candidates cw_evidence_of_held(const struct cw_evidence *evidence,
					 const struct cw_pointer_place *place,
					 unsigned number);

/* The same for what elements of the array point to that word @number is the
 * address of. */
struct cw_candidates
cw_evidence_of_held_elements(const struct cw_evidence *evidence,
			     const struct cw_pointer_place *place,
			     unsigned number);

/* What any hash table or tree of a library has for keys (0) or values (1). */
struct cw_candidates
cw_evidence_of_any_table(const struct cw_evidence *evidence, unsigned number);

/*
 * What a pointer to @type is taken for, at the same address: from a base (or an
 * incomplete type) to what it really is.  Not in it: a member at offset 0.
 */
struct cw_candidates cw_evidence_casts(const struct cw_evidence *evidence,
				       const struct cw_type *type);

/*
 * A pointer to @type and @offset bytes more is taken for a pointer to another
 * type that is no member there: less than 0 is container_of(), the size of a
 * header and more what lies behind it.
 */
struct cw_shift {
	const struct cw_type *type; /* at the shifted address */
	int64_t offset;
	uint32_t num;
};

/* Sorted: most often seen first. */
size_t cw_evidence_shifts(const struct cw_evidence *evidence,
			  const struct cw_type *type,
			  const struct cw_shift **ret);

/*
 * What parameter @number (0 to 5, by the register that brings it) of the
 * function that begins at @entry is within it: by declaration or, when that is
 * `void *`, by use.  A function in a table of operations says so of the
 * object's private data.
 */
struct cw_candidates
cw_evidence_of_parameter(const struct cw_evidence *evidence, cw_addr entry,
			 unsigned number);

/* What callers take the result of the function for, or it gives. */
struct cw_candidates cw_evidence_of_result(const struct cw_evidence *evidence,
					   cw_addr entry);

/* A call whose result has no declared type: of malloc(), or what is like it. */
struct cw_evidence_site {
	cw_addr return_pc;
	cw_addr callee; /* or 0 */
	uint64_t size;	/* first argument, or product of two; 0: varies */
	struct cw_candidates candidates;
};

/* All of them, sorted by return_pc. */
size_t cw_evidence_sites(const struct cw_evidence *evidence,
			 const struct cw_evidence_site **ret);

struct cw_evidence_count {
	uint64_t num_functions, num_instructions;
	uint64_t code_size;	 /* bytes that were decoded */
	uint64_t undecoded_size; /* of functions, that were not */
	/* Executable, of no function that debug info describes; not the
	 * system's own. */
	uint64_t undescribed_size;
	uint64_t num_loads, num_stores, num_calls;
	double seconds; /* CPU time of the code alone, without debug info */
	bool is_kept;	/* the code was read by another run */
};

struct cw_evidence_count cw_evidence_count(const struct cw_evidence *evidence);

#endif
