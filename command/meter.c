#include "command/meter.h"

#define CLEAR_LINE "\r\033[K"

/* Seconds of work before anything is shown. */
#define PATIENCE 1.0

static void show(struct cw_progress *progress, const char *phase,
		 double done_share, double seconds)
{
	struct cw_meter *meter = progress->context;

	if (phase != meter->phase) {
		meter->seconds += meter->phase_seconds;
		meter->phase = phase;
	}
	meter->phase_seconds = seconds;
	if (meter->seconds + seconds < PATIENCE)
		return;
	fprintf(meter->file, CLEAR_LINE "%s", phase);
	if (done_share > 0 && done_share <= 1) {
		fprintf(meter->file, "  %.0f %%", done_share * 100);
		double left = seconds / done_share - seconds;
		if (seconds >= 0.5 && left >= 0.5)
			fprintf(meter->file, ", %.0f s left", left);
	}
	fflush(meter->file);
	meter->is_shown = true;
}

void cw_meter_attach(struct cw_meter *meter, struct cw_progress *progress,
		     FILE *file)
{
	*meter = (struct cw_meter){.file = file};
	progress->show = show;
	progress->context = meter;
}

void cw_meter_detach(struct cw_meter *meter, struct cw_progress *progress)
{
	progress->show = NULL;
	progress->context = NULL;
	if (meter->is_shown)
		fputs(CLEAR_LINE, meter->file);
}
