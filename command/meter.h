/*
 * Meter: shows progress on a terminal, in one line that goes away.
 *
 * Nothing is shown of what lasts less than a second.  Phases follow each
 * other; the time left is that of the phase.
 */
#ifndef COMMAND_METER_H
#define COMMAND_METER_H

#include <stdio.h>

#include "base/progress.h"

struct cw_meter {
	FILE *file; /* a terminal */
	bool is_shown;
	double seconds; /* of phases that have ended */
	const char *phase;
	double phase_seconds;
};

/* From now on @progress is shown on @file. */
void cw_meter_attach(struct cw_meter *meter, struct cw_progress *progress,
		     FILE *file);
/* Takes the line away, and shows no more. */
void cw_meter_detach(struct cw_meter *meter, struct cw_progress *progress);

#endif
