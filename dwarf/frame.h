/*
 * Frame: one function call on a thread's stack, as it stands at one address.
 *
 * Registers are numbered as DWARF numbers them on x86-64 (System V ABI,
 * figure 3.36): rax 0, rdx 1, rcx 2, rbx 3, rsi 4, rdi 5, rbp 6, rsp 7,
 * r8 to r15, return address 16.  A register whose value is not known in a
 * frame (a caller's rax, say) has no bit in @known.  Those of floating point
 * numbers, xmm0 17 and on and st(0) 33 and on, no call preserves: they are
 * known where a frame was interrupted.
 *
 * Not here: which variables live in a frame.
 */
#ifndef DWARF_FRAME_H
#define DWARF_FRAME_H

#include "base/error.h"
#include "target/target.h"

enum cw_frame_register {
	CW_FRAME_RAX,
	CW_FRAME_RDX,
	CW_FRAME_RCX,
	CW_FRAME_RBX,
	CW_FRAME_RSI,
	CW_FRAME_RDI,
	CW_FRAME_RBP,
	CW_FRAME_RSP,
	CW_FRAME_R8,
	CW_FRAME_R15 = CW_FRAME_R8 + 7,
	CW_FRAME_PC,
	CW_NUM_FRAME_REGS,
	CW_FRAME_XMM0 = 17,
	CW_FRAME_ST0 = 33,
	CW_FRAME_FLOATS_END = 41,
};

/* How FXSAVE and XSAVE begin: what they have of these. */
enum {
	CW_FRAME_FLOATS_SIZE = 416,
	CW_FRAME_FLOATS_ST = 32,
	CW_FRAME_FLOATS_XMM = 160,
	CW_FRAME_FLOAT_STEP = 16,
};

/* By DWARF number: which of the thread's registers it is. */
extern const enum cw_register cw_frame_thread_registers[CW_NUM_FRAME_REGS];

struct cw_frame {
	cw_addr pc;
	/* Canonical frame address: the caller's rsp.  0 in a last frame that
	 * has no unwind rules. */
	cw_addr cfa;
	uint64_t regs[CW_NUM_FRAME_REGS];
	uint32_t known; /* bit by register */
	/* Where each value was found: the address of the stack slot that an
	 * inner frame saved it in; 0: it is still in the thread's register. */
	cw_addr saved_at[CW_NUM_FRAME_REGS];
	const unsigned char *floats; /* CW_FRAME_FLOATS_SIZE of them, or NULL */
	/* Interrupted here rather than calling: the innermost frame, and
	 * those that a signal handler was run on top of. */
	bool is_interrupted;
	bool is_signal_trampoline;
};

static inline bool cw_frame_knows(const struct cw_frame *frame, unsigned reg)
{
	return reg < CW_NUM_FRAME_REGS && frame->known >> reg & 1;
}

/*
 * The bytes of a register by its DWARF number, @ret_size of them; NULL: it is
 * not known.
 */
static inline const void *cw_frame_register_bytes(const struct cw_frame *frame,
						  uint64_t reg,
						  uint64_t *ret_size)
{
	if (reg < CW_NUM_FRAME_REGS) {
		*ret_size = sizeof(frame->regs[0]);
		return cw_frame_knows(frame, reg) ? &frame->regs[reg] : NULL;
	}
	if (!frame->floats || reg >= CW_FRAME_FLOATS_END)
		return NULL;
	if (reg >= CW_FRAME_ST0) {
		*ret_size = 10;
		return frame->floats + CW_FRAME_FLOATS_ST +
		       (reg - CW_FRAME_ST0) * CW_FRAME_FLOAT_STEP;
	}
	*ret_size = CW_FRAME_FLOAT_STEP;
	return frame->floats + CW_FRAME_FLOATS_XMM +
	       (reg - CW_FRAME_XMM0) * CW_FRAME_FLOAT_STEP;
}

/*
 * The address to look the function, line and variables of the frame up by: a
 * return address may lie behind the end of a function that calls a noreturn
 * one.
 */
static inline cw_addr cw_frame_lookup_pc(const struct cw_frame *frame)
{
	return frame->is_interrupted || frame->pc == 0 ? frame->pc
						       : frame->pc - 1;
}

#endif
