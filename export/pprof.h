/*
 * Pprof: a profile in the format of `go tool pprof`, a gzipped protobuf.
 *
 *	struct cw_pprof *pprof = cw_pprof_create();
 *	cw_pprof_add_value(pprof, "inuse_space", "bytes");
 *	cw_pprof_begin_sample(pprof);
 *	cw_pprof_add_place(pprof, &place);            (innermost first)
 *	cw_pprof_end_sample(pprof, values);           (one for each value)
 *	err = cw_pprof_write(pprof, path);
 *	cw_pprof_destroy(pprof);
 *
 * Texts are copied.  Not here: what is in a profile (golang/profile.h).
 */
#ifndef EXPORT_PPROF_H
#define EXPORT_PPROF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct cw_pprof;

struct cw_pprof_place {
	uint64_t address;
	const char *function;
	const char *file; /* or NULL */
	uint32_t line;
	/* Its code is within that of the place that is added next. */
	bool is_inlined;
};

struct cw_pprof *cw_pprof_create(void);
void cw_pprof_destroy(struct cw_pprof *pprof);

/* The last one added is shown unless another is asked for. */
void cw_pprof_add_value(struct cw_pprof *pprof, const char *type,
			const char *unit);
void cw_pprof_set_period(struct cw_pprof *pprof, const char *type,
			 const char *unit, uint64_t period);
/* Shows that value instead. */
void cw_pprof_set_default(struct cw_pprof *pprof, const char *type);

void cw_pprof_begin_sample(struct cw_pprof *pprof);
void cw_pprof_add_place(struct cw_pprof *pprof,
			const struct cw_pprof_place *place);
void cw_pprof_add_number(struct cw_pprof *pprof, const char *key,
			 uint64_t number);
void cw_pprof_add_text(struct cw_pprof *pprof, const char *key,
		       const char *text);
void cw_pprof_end_sample(struct cw_pprof *pprof, const uint64_t *values);

struct cw_error *cw_pprof_write(const struct cw_pprof *pprof,
				const char *path) cw_must_check;

#endif
