/*
 * Threads: the registers of each thread at the moment that the target shows.
 */
#ifndef TARGET_THREAD_H
#define TARGET_THREAD_H

#include <stddef.h>
#include <stdint.h>

#include "target/segment.h"

/* In the order of the x86-64 user_regs_struct, as NT_PRSTATUS holds them. */
enum cw_register {
	CW_REG_R15,
	CW_REG_R14,
	CW_REG_R13,
	CW_REG_R12,
	CW_REG_RBP,
	CW_REG_RBX,
	CW_REG_R11,
	CW_REG_R10,
	CW_REG_R9,
	CW_REG_R8,
	CW_REG_RAX,
	CW_REG_RCX,
	CW_REG_RDX,
	CW_REG_RSI,
	CW_REG_RDI,
	CW_REG_ORIG_RAX,
	CW_REG_RIP,
	CW_REG_CS,
	CW_REG_EFLAGS,
	CW_REG_RSP,
	CW_REG_SS,
	CW_REG_FS_BASE,
	CW_REG_GS_BASE,
	CW_REG_DS,
	CW_REG_ES,
	CW_REG_FS,
	CW_REG_GS,
	CW_NUM_REGS
};

struct cw_target;

extern const char *const cw_register_names[CW_NUM_REGS];

struct cw_thread {
	uint32_t number; /* 1, 2, … as GDB numbers them */
	uint32_t tid;
	/* How the process itself calls it: by the number in its own namespace,
	 * which for that of a container is another.  0: not told. */
	uint32_t own_tid;
	const char *name; /* or NULL where the target does not say */
	int signal;	  /* that it stopped with, or 0 */
	uint64_t regs[CW_NUM_REGS];
	/* SSE/AVX state as the kernel writes it (NT_FPREGSET or
	 * NT_X86_XSTATE), or NULL.  It may hold pointers too. */
	const unsigned char *vector_state;
	size_t vector_state_size;
};

/* The one that the process itself calls so, where that is told; or NULL. */
const struct cw_thread *cw_thread_find_own(const struct cw_target *target,
					   uint64_t own_tid);

#endif
