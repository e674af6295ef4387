/*
 * Heading: which target an answer is about, in one line.
 */
#ifndef COMMAND_HEADING_H
#define COMMAND_HEADING_H

#include "command/output.h"
#include "target/target.h"

/* "core.12345: redis-server, pid 12345, 5 threads, SIGABRT in thread 1" */
void cw_heading_write(struct cw_output *out, const struct cw_target *target);

/* Clauses about files that could not be used, one a line. */
void cw_heading_write_warnings(struct cw_output *out,
			       const struct cw_target *target);

#endif
