/*
 * Split: debug info that an executable leaves in .dwo files, or in the .dwp
 * file beside it.
 *
 * The executable has skeletons: units that name a .dwo file and say where the
 * addresses are that it refers to by number.
 */
#ifndef DWARF_SPLIT_H
#define DWARF_SPLIT_H

#include "dwarf/file.h"
#include "target/target.h"

/*
 * Opens what the skeletons of @file name, as its parts.  What is not there, or
 * of another build, is counted; fails only when the user says stop.
 */
struct cw_error *cw_split_open(struct cw_debug_file *file,
			       struct cw_target *target,
			       struct cw_module *module,
			       struct cw_arena *arena) cw_must_check;

#endif
