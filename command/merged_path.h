/*
 * Merged path: `heap path` to all blocks of a type, as a tree of fields with
 * how much each leads to.
 */
#ifndef COMMAND_MERGED_PATH_H
#define COMMAND_MERGED_PATH_H

#include "command/command.h"

/* Fails with CW_ERROR_USAGE when no option says which blocks. */
struct cw_error *cw_merged_path_run(struct cw_call *call) cw_must_check;

#endif
