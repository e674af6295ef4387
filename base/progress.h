/*
 * Progress: how far a long piece of work is, and whether to stop it.
 *
 * The work calls cw_progress_begin() once a phase and cw_progress_step() now
 * and then (every few milliseconds is often enough; it is cheap).  Whoever
 * started the work shows it, by setting @show, and stops it, by setting
 * @must_stop, which a signal handler may do.
 *
 * A NULL progress is allowed everywhere and never stops.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct cw_progress {
	volatile sig_atomic_t must_stop;
	/* Called from cw_progress_step() at most ten times a second; or NULL.
	 * @done_share is 0 to 1 of this phase. */
	void (*show)(struct cw_progress *progress, const char *phase,
		     double done_share, double seconds);
	void *context; /* of show */

	/* Private. */
	const char *phase;
	uint64_t total;
	uint64_t started_at; /* ns */
	uint64_t shown_at;   /* ns */
};

/* @phase is borrowed: a literal such as "reading blocks". */
void cw_progress_begin(struct cw_progress *progress, const char *phase,
		       uint64_t total);

/* Fails with CW_ERROR_INTERRUPTED when the work must stop. */
struct cw_error *cw_progress_step(struct cw_progress *progress,
				  uint64_t done) cw_must_check;

#endif
