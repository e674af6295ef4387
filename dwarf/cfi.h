/*
 * CFI: how to get from a frame to its caller, from .eh_frame and .debug_frame.
 *
 * Needs no other debug info: a stripped program has .eh_frame.
 *
 * Not here: the walk over a whole stack (dwarf/unwind.h).
 */
#ifndef DWARF_CFI_H
#define DWARF_CFI_H

#include "dwarf/debug.h"
#include "dwarf/frame.h"

enum cw_cfi_kind {
	CW_CFI_UNDEFINED,	 /* not to be recovered */
	CW_CFI_SAME,		 /* as in the callee */
	CW_CFI_OFFSET,		 /* saved at CFA + offset */
	CW_CFI_VALUE_OFFSET,	 /* is CFA + offset */
	CW_CFI_REGISTER,	 /* is register reg + offset of the callee */
	CW_CFI_EXPRESSION,	 /* saved at the address it computes */
	CW_CFI_VALUE_EXPRESSION, /* is what it computes */
};

struct cw_cfi_rule {
	enum cw_cfi_kind kind;
	unsigned reg;
	int64_t offset;
	const unsigned char *expression; /* borrowed from the debug info */
	size_t expression_size;
};

/* Whether a function says where its landing pads are listed. */
enum cw_lsda_state {
	CW_LSDA_NONE, /* it has none */
	CW_LSDA_KNOWN,
	CW_LSDA_UNKNOWN, /* cannot be read */
};

/* The rules that hold at one address. */
struct cw_cfi_row {
	cw_addr function_start, function_end; /* of the FDE */
	enum cw_lsda_state lsda_state;
	cw_addr lsda; /* of KNOWN */
	bool is_signal_trampoline;
	struct cw_cfi_rule cfa; /* REGISTER or VALUE_EXPRESSION */
	struct cw_cfi_rule regs[CW_NUM_FRAME_REGS];
};

/* False: no unwind rules cover @pc, or they cannot be read. */
bool cw_cfi_row(struct cw_debug *debug, cw_addr pc, struct cw_cfi_row *ret);

#endif
