/*
 * Refusal: why the kernel does not let us trace a process, for a person who
 * then wants to know what would help.
 *
 * For target/ only.
 */
#ifndef TARGET_REFUSAL_H
#define TARGET_REFUSAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* What speaks against it. */
struct cw_refusal {
	uint32_t pid;
	uint32_t tracer; /* who traces it already, or 0 */
	char tracer_name[32];
	uint32_t user, our_user;
	bool has_privilege; /* we: CAP_SYS_PTRACE */
	int yama_scope;	    /* kernel.yama.ptrace_scope; 0: anybody may */
};

struct cw_refusal cw_refusal_find(uint32_t pid);
/* The error of it: one line. */
struct cw_error *cw_refusal_error(const struct cw_refusal *refusal,
				  int errnum) cw_must_check;

#endif
