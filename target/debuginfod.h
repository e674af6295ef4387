/*
 * Debuginfod: debug info from the servers that the user named.
 *
 * Asked are those in $DEBUGINFOD_URLS; without it, or without libdebuginfod on
 * this machine, nobody is.  The library keeps what it has fetched.
 *
 * Not here: files on this machine, which are looked for first
 * (target/debug_file.h).
 */
#ifndef TARGET_DEBUGINFOD_H
#define TARGET_DEBUGINFOD_H

#include <stddef.h>

#include "base/progress.h"

/*
 * The path of the file with that build-id's debug info, fetched now if need be;
 * malloc'ed.  NULL: there is none.  $DEBUGINFOD_TIMEOUT bounds how long it
 * takes.
 */
char *cw_debuginfod_fetch(const unsigned char *build_id, size_t build_id_size,
			  struct cw_progress *progress);

#endif
