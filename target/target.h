/*
 * Target: one address space with its threads and modules, whatever holds it:
 * a core file, a process, or bytes that a test made up.
 *
 * A target is opened once and does not change, even where it is a process that
 * runs on: it is what that was at one moment.  Nothing is ever written to it.
 *
 * Three outcomes of looking at memory: bytes; a gap (mapped there, cannot be
 * read here: recorded in the segments, counted by cw_target_gaps()); absent
 * (nothing is mapped there).
 *
 * Not here: what the memory means (heap/, dwarf/, object/).
 */
#ifndef TARGET_TARGET_H
#define TARGET_TARGET_H

#include <stdatomic.h>
#include <string.h>

#include "base/arena.h"
#include "base/array.h"
#include "base/error.h"
#include "base/progress.h"
#include "target/module.h"
#include "target/segment.h"
#include "target/thread.h"

enum cw_target_kind {
	CW_TARGET_CORE,
	CW_TARGET_PROCESS,
	CW_TARGET_REMOTE, /* a process that is not of this machine */
	CW_TARGET_BYTES,
};

/* How a running process is read. */
enum cw_snapshot {
	CW_SNAPSHOT_AUTO, /* FORK where that is safe and worth it, else COPY */
	/* It makes a clone of itself, which is read while it goes on; where
	 * that is not safe, COPY. */
	CW_SNAPSHOT_FORK,
	CW_SNAPSHOT_COPY, /* it stands still until its memory is copied */
	CW_SNAPSHOT_STOP, /* ... until the target is closed */
};

/* "fork". */
const char *cw_snapshot_name(enum cw_snapshot kind);

/* Where to look for files; all may be NULL. */
struct cw_target_options {
	const char *exe;       /* instead of the one that the target names */
	const char *sysroot;   /* put before the paths of the target */
	const char *debug_dir; /* instead of /usr/lib/debug */
	/* Folder for what is the same in the next run (base/cache.h); NULL:
	 * nothing is kept. */
	const char *cache;
	struct cw_progress *progress;
};

/* An entry of the auxiliary vector, as in <elf.h>. */
struct cw_auxv {
	uint64_t type, value;
};

struct cw_target {
	enum cw_target_kind kind;
	const char *path;	/* of the core, or "pid 1234" */
	const char *root;	/* what its paths are below here, or NULL */
	const char *above_root; /* what they begin with besides, or NULL */
	const char *exe_path;	/* as the target says, or NULL: unknown */
	uint32_t pid;
	uint32_t entrance;     /* of a process: as cw_proc_entrance() */
	const char *arch;      /* "x86-64" */
	int signal;	       /* that ended or stopped it, or 0 */
	cw_addr fault_address; /* of SIGSEGV, SIGBUS …, or 0 */
	uint64_t file_size;    /* of the core, or 0 */
	bool is_truncated;     /* the core file is shorter than it says */
	uint64_t pause;	       /* ns that a running process stood still, or 0 */
	enum cw_snapshot snapshot; /* how it was read */
	const char *no_fork;	   /* why it was not FORK, or NULL */

	CW_ARRAY(struct cw_segment) segments; /* sorted by start */
	_Atomic(size_t) last_segment;	      /* the one last asked for */
	CW_ARRAY(struct cw_thread) threads;   /* number = index + 1 */
	/* That could not be stopped or were not: their registers are missing
	 * for the most part, or they are not among the threads at all. */
	unsigned num_moving_threads;
	CW_ARRAY(struct cw_module) modules; /* the executable first */
	CW_ARRAY(struct cw_auxv) auxv;	    /* without AT_NULL */
	/* Clauses for the user about files that were not used, and so on. */
	CW_ARRAY(const char *) warnings;

	struct cw_target_options options;
	struct cw_arena arena; /* of all strings above */

	/* Private. */
	struct cw_mapped_files *files;
	struct cw_live *live; /* a process that we stopped, or NULL */
	/* That segments are rooms of, or NULL; not the target's own. */
	const struct cw_far_memory *far;
	CW_ARRAY(uint32_t) modules_by_address;
	CW_ARRAY(struct cw_hole) holes; /* sorted */
};

/*
 * Opens a core file of x86-64 Linux, written by the kernel or by gcore.
 * Fails with CW_ERROR_TARGET and one clear line for anything else.  A
 * truncated core opens: what is missing are gaps.
 */
struct cw_error *cw_target_open_core(const char *path,
				     const struct cw_target_options *options,
				     struct cw_target **ret) cw_must_check;

/*
 * Opens a process that is held stopped; @pid is of its main thread.  Must be
 * called on the thread that traces it (GDB's main thread), since registers
 * come from ptrace().  Pages that the process wrote are copied at once, files
 * are mapped, and nothing in it changes.  Fails with CW_ERROR_TARGET when it
 * is gone or not ours to trace; a single thread that cannot be read is a
 * warning.
 */
struct cw_error *cw_target_open_stopped(uint32_t pid,
					const struct cw_target_options *options,
					struct cw_target **ret) cw_must_check;

/*
 * Opens a running process: stops all its threads, reads it, and lets it go on
 * as @kind says; whatever becomes of us, it goes on.  Fails with
 * CW_ERROR_TARGET when it is not there, not ours to stop, or traced already.
 */
struct cw_error *cw_target_open_process(uint32_t pid, enum cw_snapshot kind,
					const struct cw_target_options *options,
					struct cw_target **ret) cw_must_check;

/* How long that will hold it up, ns: about, and rather too long. */
uint64_t cw_process_expected_pause(uint32_t pid, enum cw_snapshot kind);

/* An empty target for tests; add segments with cw_target_add_segment(). */
struct cw_target *cw_target_create_empty(void);
void cw_target_add_segment(struct cw_target *target,
			   const struct cw_segment *segment);

void cw_target_close(struct cw_target *target);

/*
 * Holes are parts of segments known to be zeros, since nobody wrote them: what
 * a core's file leaves out, pages that a process never had.  Whole pages, and
 * not all are known.  A walk over all memory passes them by: those of many
 * threads are a thousand times what was written.
 */

/* Where the hole that @address is in ends, or @address. */
cw_addr cw_target_skip_hole(const struct cw_target *target, cw_addr address);

/*
 * The first part of [*address, end) without holes, mapped or not, begins at
 * *ret_start; *address becomes its end.  False: there is none.
 */
bool cw_target_next_data(const struct cw_target *target, cw_addr *address,
			 cw_addr end, cw_addr *ret_start);

/* By a search, for cw_target_segment(). */
const struct cw_segment *cw_target_segment_find(const struct cw_target *target,
						cw_addr address);

/* The segment that holds @address, gap or not; NULL: absent. */
static inline const struct cw_segment *
cw_target_segment(const struct cw_target *target, cw_addr address)
{
	size_t at = atomic_load_explicit(&target->last_segment,
					 memory_order_relaxed);

	/* What is asked for next is mostly in the same one. */
	if (at < target->segments.num &&
	    cw_segment_has(&target->segments.items[at], address))
		return &target->segments.items[at];
	return cw_target_segment_find(target, address);
}

/* Of a range that ends behind @segment, where it begins. */
const void *cw_target_bytes_across(const struct cw_target *target,
				   const struct cw_segment *segment,
				   cw_addr address, uint64_t size);

/*
 * The bytes of [address, address + size), or NULL when any is a gap or
 * absent, or when the range is in two segments that do not lie side by side
 * in our memory.  Borrowed, valid until the target is closed.
 */
static inline const void *cw_target_bytes(const struct cw_target *target,
					  cw_addr address, uint64_t size)
{
	const struct cw_segment *segment = cw_target_segment(target, address);

	if (!segment || !segment->bytes)
		return NULL;
	if (size <= segment->end - address)
		return segment->bytes + (address - segment->start);
	return cw_target_bytes_across(target, segment, address, size);
}

/*
 * Bytes of [start, end) will hardly be looked at again.  Memory that holds
 * pages of a core file for them is given back; they are read anew when they
 * are wanted after all.
 */
void cw_target_drop(const struct cw_target *target, cw_addr start, cw_addr end);

/* As above but copied, across segments too.  False: gap or absent. */
bool cw_target_read(const struct cw_target *target, cw_addr address,
		    void *buffer, uint64_t size);

static inline bool cw_target_read_word(const struct cw_target *target,
				       cw_addr address, uint64_t *ret)
{
	const struct cw_segment *segment = cw_target_segment(target, address);

	if (!segment || !segment->bytes)
		return false;
	if (segment->end - address < sizeof(*ret))
		return cw_target_read(target, address, ret, sizeof(*ret));
	memcpy(ret, segment->bytes + (address - segment->start), sizeof(*ret));
	return true;
}

/*
 * The NUL-terminated string at @address, at most @max_length bytes of it.
 * The caller frees it.  NULL: gap or absent.
 */
char *cw_target_read_string(const struct cw_target *target, cw_addr address,
			    size_t max_length);

/* Writes the value of an auxiliary vector entry; false: not there. */
bool cw_target_auxv(const struct cw_target *target, uint64_t type,
		    uint64_t *ret);

/* Sums of gaps: bytes of each kind, over segments that pass @wanted_flags. */
void cw_target_gaps(const struct cw_target *target, unsigned wanted_flags,
		    uint64_t ret_bytes[CW_NUM_GAPS]);

/* "not in the truncated core", for messages and JSON. */
const char *cw_gap_name(enum cw_gap gap);

#endif
