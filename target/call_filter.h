/*
 * Call filter: what a filter of system calls (seccomp) answers to a call.
 *
 * A filter is a program of classic BPF that the kernel runs before each call
 * of a thread; it sees the call's number and arguments and where it was made.
 * Here the same program runs on a call that has not been made yet.  What is
 * not known of that call is undecided as soon as the program looks at it.
 *
 * Not here: the filters of a thread, and which calls it is to make
 * (target/call_check.h).
 *
 * For target/ only.
 */
#ifndef TARGET_CALL_FILTER_H
#define TARGET_CALL_FILTER_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A call as filters see it. */
struct cw_filtered_call {
	struct seccomp_data data;
	uint16_t unknown; /* bit i: of the four bytes at 4 * i */
};

/*
 * The answer, SECCOMP_RET_… with its data.  False: undecided, or not a program
 * that the kernel would have taken.
 */
bool cw_call_filter_run(const struct sock_filter *code, size_t num,
			const struct cw_filtered_call *call, uint32_t *ret);

#endif
