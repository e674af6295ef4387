/*
 * Inferior: a core or process that GDB may be showing, found from inside GDB.
 *
 * GDB has its cores open, and is the tracer of its processes.  Which of
 * several it is that the user has selected, and whether it is one of them at
 * all, the registers of the selected thread tell.
 *
 * A stamp tells one state of an inferior from a later one: a core that was
 * written anew, a process that ran since.
 *
 * Not here: reading it (target/target.h), what GDB says of it
 * (plugin/info.h), memory that the user changed (plugin/memory_check.h).
 */
#ifndef PLUGIN_INFERIOR_H
#define PLUGIN_INFERIOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/array.h"
#include "plugin/plugin.h"
#include "target/target.h"

struct cw_inferior {
	bool is_core;
	char *path;   /* of the core, to be opened; or NULL */
	uint32_t pid; /* of the process; or 0 */
	/* The stamp. */
	dev_t device;
	ino_t inode;
	uint64_t size;
	uint64_t changed_at;   /* of a core: ns */
	uint64_t started_at;   /* of a process: ticks since boot */
	uint64_t num_switches; /* of all its threads: each stop is one */
};

struct cw_inferiors {
	CW_ARRAY(struct cw_inferior) items;
};

/* All that GDB has open or holds, in no order. */
struct cw_inferiors *cw_inferiors_create(void);
void cw_inferiors_destroy(struct cw_inferiors *inferiors);

/*
 * Adds a core that GDB says it has, unless it is there.  NULL: no such file.
 * Valid until the next is added.
 */
const struct cw_inferior *cw_inferiors_add_core(struct cw_inferiors *inferiors,
						const char *path);

/* A process that somebody else may hold, as it is now. */
struct cw_inferior cw_inferior_of_process(uint32_t pid);

/* Whether it is still in the state that it was in. */
bool cw_inferior_is_unchanged(const struct cw_inferior *inferior);

/* A copy that cw_inferior_deinit() frees. */
struct cw_inferior cw_inferior_copy(const struct cw_inferior *inferior);
void cw_inferior_deinit(struct cw_inferior *inferior);

/* Whether @a and @b are the same inferior in the same state. */
bool cw_inferior_is_same(const struct cw_inferior *a,
			 const struct cw_inferior *b);

/* Whether a thread of @target has the registers of @frame. */
bool cw_inferior_shows_frame(const struct cw_target *target,
			     const struct cw_plugin_frame *frame);

#endif
