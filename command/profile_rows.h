/*
 * Profile rows: the samples of a Go program, by function, as `go tool pprof
 * -top` has them.
 *
 * Flat is what a function did itself; cumulative is what it and those that it
 * called did, each sample once.
 */
#ifndef COMMAND_PROFILE_ROWS_H
#define COMMAND_PROFILE_ROWS_H

#include "base/array.h"
#include "base/error.h"
#include "base/map.h"
#include "export/pprof.h"

struct cw_profile_row {
	const char *function; /* borrowed */
	uint64_t flat, cumulative;
	uint32_t last_sample; /* that it was counted for; private */
};

struct cw_profile_rows {
	CW_ARRAY(struct cw_profile_row) items;
	struct cw_map numbers; /* by hash of the name; private */
	uint64_t total;
	uint32_t num_samples;
};

void cw_profile_rows_init(struct cw_profile_rows *rows);
void cw_profile_rows_deinit(struct cw_profile_rows *rows);

/* Adds a sample whose calls are @functions, innermost first. */
void cw_profile_rows_add(struct cw_profile_rows *rows,
			 const char *const *functions, size_t num,
			 uint64_t value);
/* Those with most flat first, then most cumulative. */
void cw_profile_rows_sort(struct cw_profile_rows *rows);

#endif
