/*
 * Trampoline: code that a stopped thread runs to copy its process, and that
 * puts everything back by itself.
 *
 * It makes a child that shares the memory, which makes the copy and ends; the
 * thread waits for that child, restores its signal mask and registers, and goes
 * on where it was.  The copy ends at once too.  Normally a tracer stops
 * each of them at the right moment; but if it dies, at any moment, the process
 * goes on unharmed and nothing stays behind.  It needs no stack and changes no
 * flags and no state of the FPU.
 *
 * It stands in bytes that nobody uses: the zeros behind the end of code that is
 * mapped from a file, or of the vDSO.  Its first word tells that a place is
 * taken, or was left so by somebody who was killed; it is written first and
 * cleared last.
 *
 * For target/ only.
 */
#ifndef TARGET_TRAMPOLINE_H
#define TARGET_TRAMPOLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "target/call_filter.h"
#include "target/thread.h"

/* What it leaves in the registers of the thread at the end. */
struct cw_trampoline_end {
	uint64_t rip, rax, rcx, rdx, rsi, rdi, r8, r10, r11;
	uint64_t signal_mask;
};

/* Finds a place; the process need not be held.  Fails when there is none. */
struct cw_error *cw_trampoline_find_place(uint32_t pid,
					  cw_addr *ret) cw_must_check;
/* Whether it is one still: at its end, nobody's bytes, or ours. */
bool cw_trampoline_is_place(uint32_t pid, cw_addr place);
/* Whether a thread with that instruction pointer is in it. */
bool cw_trampoline_is_inside(cw_addr place, cw_addr rip);

/* What a thread's registers are where it enters; the others stay. */
struct cw_trampoline_entry {
	uint64_t rip, rax, rdi;
};

/* At its beginning. */
struct cw_trampoline_entry cw_trampoline_enter(cw_addr place);
/* The same without a child between: the copy is a child of the process. */
struct cw_trampoline_entry cw_trampoline_enter_copy(cw_addr place);
/* Only the wait, for a child that has ended, by its number there. */
struct cw_trampoline_entry cw_trampoline_enter_wait(cw_addr place,
						    uint32_t child);

enum { CW_NUM_TRAMPOLINE_CALLS = 6 };
/*
 * The calls that are made by it there, as filters will see them: of children
 * too, and also those that are made only if we die.  Which child is waited for
 * is not known.  @r9 is the thread's, which stays.
 */
void cw_trampoline_calls(cw_addr place, uint64_t r9,
			 struct cw_filtered_call *ret);

/* By way of the stopped thread @tid. */
struct cw_error *
cw_trampoline_write(uint32_t tid, cw_addr place,
		    const struct cw_trampoline_end *end) cw_must_check;
void cw_trampoline_clear(uint32_t tid, cw_addr place);

#endif
