/*
 * Held stacks: reachable blocks by who holds them, as stacks of names.
 *
 * A stack is the way down the tree of dominators (command/holders.h): a root,
 * the types of the blocks that hold each other, and innermost the type of those
 * that are counted.  Equal types in a row are one.  Of stacks deeper than
 * CW_MAX_HELD_DEPTH the outer ones stay, and the innermost.
 *
 * The root is the first that leads to the outermost block, variables before
 * stacks, as what is left over on a stack is not to hide a variable.
 */
#ifndef COMMAND_HELD_STACKS_H
#define COMMAND_HELD_STACKS_H

#include "base/arena.h"
#include "base/array.h"
#include "base/map.h"
#include "command/command.h"

#define CW_MAX_HELD_DEPTH 16

#define CW_NO_STACK UINT32_MAX

struct cw_held_stack {
	uint32_t parent;  /* the stack without the innermost; or CW_NO_STACK */
	uint32_t depth;	  /* names in it */
	uint32_t label;	  /* private */
	const char *name; /* the innermost */
	struct cw_heap_count count; /* what ends there */
};

struct cw_held_stacks {
	CW_ARRAY(struct cw_held_stack) items; /* parents first */
	struct cw_heap_count total;	      /* all that is reachable */
	struct cw_arena arena;
	struct cw_map numbers; /* by parent and label; private */
	struct cw_map roots;   /* numbers by hash of the name; private */
};

/* The session must have types, reach and holders. */
struct cw_error *cw_held_stacks_init(struct cw_held_stacks *stacks,
				     struct cw_session *session) cw_must_check;
void cw_held_stacks_deinit(struct cw_held_stacks *stacks);

/* Names of a stack, innermost first; returns how many. */
size_t cw_held_stack_names(const struct cw_held_stacks *stacks, uint32_t stack,
			   const char *ret[CW_MAX_HELD_DEPTH]);

/* Writes the stacks with most bytes, or most blocks: a table, or with JSON an
 * array "stacks". */
void cw_held_stacks_write(struct cw_call *call,
			  const struct cw_held_stacks *stacks, bool is_bytes);

#endif
