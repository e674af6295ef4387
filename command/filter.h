/*
 * Filter: which blocks --type, --min, --max, --state let through.
 */
#ifndef COMMAND_FILTER_H
#define COMMAND_FILTER_H

#include <regex.h>

#include "command/option.h"
#include "command/session.h"

struct cw_filter {
	const struct cw_options *options;
	bool has_type;
	regex_t type;
};

/* Fails with CW_ERROR_USAGE for a regular expression that is none. */
struct cw_error *cw_filter_init(struct cw_filter *filter,
				const struct cw_options *options) cw_must_check;
void cw_filter_deinit(struct cw_filter *filter);

/* By size, state and type. */
bool cw_filter_passes(const struct cw_filter *filter,
		      const struct cw_session *session,
		      const struct cw_block *block);

#endif
