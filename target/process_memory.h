/*
 * Process memory: the mappings of a stopped process as segments.
 *
 * Pages that the process has written are copied into memory of ours, laid
 * over a private mapping of the same file, or over zeros.  So what it never
 * touched costs nothing, and nothing in it changes.
 *
 * It need stand still only while it is copied; what takes time is done before
 * and after.  What is true is what is found then.
 *
 * For target/ only.
 */
#ifndef TARGET_PROCESS_MEMORY_H
#define TARGET_PROCESS_MEMORY_H

#include "target/mapping.h"
#include "target/memory_room.h"
#include "target/page_copy.h"
#include "target/target.h"

/* Which pages of a mapping are copied. */
enum cw_part_pages {
	CW_PAGES_NONE, /* what its file has is all there is */
	CW_PAGES_OWN,  /* what the process wrote */
	CW_PAGES_ALL,  /* its file is not to be had */
};

/* A mapping that is copied. */
struct cw_memory_part {
	struct cw_map_line line;
	unsigned char *bytes; /* NULL: it cannot be read */
	uint64_t covered;     /* bytes of it that can be touched */
	enum cw_part_pages pages;
	bool has_zeros; /* where nothing was copied to */
	size_t first_job, end_job;
};

struct cw_process_memory {
	struct cw_target *target;
	struct cw_memory_rooms rooms;
	struct cw_page_jobs jobs;
	struct cw_page_runs unreadable;
	CW_ARRAY(struct cw_memory_part) parts;
};

void cw_process_memory_init(struct cw_process_memory *memory,
			    struct cw_target *target);
void cw_process_memory_deinit(struct cw_process_memory *memory);

/*
 * Makes room for what there is, while the process runs.  Fails with
 * CW_ERROR_TARGET when there is too little memory for a copy; all else it
 * leaves to the copying.
 */
struct cw_error *
cw_process_memory_prepare(struct cw_process_memory *memory) cw_must_check;

/*
 * Copies @pid, which stands still: the process or a clone of it.  Fails with
 * CW_ERROR_TARGET.
 */
struct cw_error *cw_process_memory_copy(struct cw_process_memory *memory,
					uint32_t pid) cw_must_check;

/* Copies only what the process has and @clone has not; both stand still. */
struct cw_error *
cw_process_memory_copy_missing(struct cw_process_memory *memory,
			       uint32_t clone) cw_must_check;

/* Enters what was copied as segments, and into @mappings those of files. */
void cw_process_memory_enter(struct cw_process_memory *memory,
			     struct cw_mappings *mappings);

/* How long copying will hold the process up, ns: about, and rather too long. */
uint64_t cw_process_memory_expected_pause(uint32_t pid);

#endif
