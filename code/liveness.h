/*
 * Liveness: which registers of a thread, and which slots of its stack that
 * registers were saved in, hold a value that nobody will read again.
 *
 * A value of a register is kept in one place (the register itself, or the slot
 * that a function saved it in) for one frame or for several in a row.  It is
 * dead when none of these frames' code, walked on from where it will go on
 * (code/ahead.h), reads it before writing it, and no unwind rule needs it.
 *
 * What is not proved is taken for live.  No claim is made of: frames without
 * unwind rules or with unusual ones, what signal handlers interrupted, the
 * outermost frame; what lies behind a function that never returns; threads
 * that crashed, that stand in abort(), exit() and their like, or that are
 * throwing an exception (the unwinder rewrites slots); Go.
 *
 * Needs no debug info but .eh_frame.  With debug info, what a variable in
 * scope is said to be in stays live.
 *
 * Not here: other slots of the stack (nearly all escape); what the values
 * point to (object/weak.h).
 */
#ifndef CODE_LIVENESS_H
#define CODE_LIVENESS_H

#include "dwarf/unwind.h"

struct cw_dead_word {
	cw_addr slot;  /* 0: it is still in the thread's register */
	uint8_t reg;   /* by DWARF's number, what it is in the frame … */
	cw_addr owner; /* … of the function that holds this address */
};

struct cw_dead_words {
	CW_ARRAY(struct cw_dead_word) items; /* in no order */
};

/* What was found out of the code at each pc; threads share it. */
struct cw_liveness;

/* Both are borrowed.  Fails when the disassembler cannot be started. */
struct cw_error *cw_liveness_create(struct cw_target *target,
				    struct cw_debug *debug,
				    struct cw_liveness **ret) cw_must_check;
void cw_liveness_destroy(struct cw_liveness *liveness);

/*
 * Adds the dead words of one thread: those with values that @wants says yes to;
 * NULL: all.  Debug info is read only where there are such.
 */
void cw_liveness_thread(struct cw_liveness *liveness,
			const struct cw_thread *thread,
			bool (*wants)(void *context, uint64_t value),
			void *context, struct cw_dead_words *ret);
void cw_dead_words_deinit(struct cw_dead_words *words);

#endif
