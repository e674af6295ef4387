/*
 * Liveness: which registers of a thread, and which slots of its stack, hold a
 * value that nobody will read again.
 *
 * A value of a register is kept in one place (the register itself, or the slot
 * that a function saved it in) for one frame or for several in a row.  It is
 * dead when none of these frames' code, walked on from where it will go on
 * (code/ahead.h), reads it before writing it, and no unwind rule needs it.  Any
 * other slot belongs to one function, and is dead when that function's code,
 * walked on, does not read it; but only in functions that let no address in
 * their frame get elsewhere, and only where the function reads the slot itself
 * somewhere, so that it is no argument of a call.
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
 * Not here: what the values point to (object/weak.h).
 */
#ifndef CODE_LIVENESS_H
#define CODE_LIVENESS_H

#include "code/instruction.h"
#include "dwarf/unwind.h"

struct cw_dead_word {
	cw_addr slot; /* 0: it is still in the thread's register */
	/* By DWARF's number, what it is in the frame of the function that
	 * holds the address @owner; CW_NO_REGISTER: a word of that frame. */
	uint8_t reg;
	cw_addr owner;
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
