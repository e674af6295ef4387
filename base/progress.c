#include "base/progress.h"

#include "base/clock.h"

#define SHOW_INTERVAL_NS 100000000

void cw_progress_begin(struct cw_progress *progress, const char *phase,
		       uint64_t total)
{
	if (!progress)
		return;
	progress->phase = phase;
	progress->total = total;
	progress->started_at = cw_clock_now();
	progress->shown_at = progress->started_at;
}

struct cw_error *cw_progress_step(struct cw_progress *progress, uint64_t done)
{
	if (!progress)
		return NULL;
	if (progress->must_stop)
		return cw_error_new(CW_ERROR_INTERRUPTED, "stopped while %s",
				    progress->phase);
	if (!progress->show)
		return NULL;

	uint64_t now = cw_clock_now();
	if (now - progress->shown_at < SHOW_INTERVAL_NS)
		return NULL;
	progress->shown_at = now;
	progress->show(progress, progress->phase,
		       progress->total ? (double)done / progress->total : 0,
		       (now - progress->started_at) / 1e9);
	return NULL;
}
