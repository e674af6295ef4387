/*
 * Segments: which addresses of a target can be read, and from where.
 *
 * A segment is a half-open range [start, end) of the target's addresses with
 * one source of bytes.  Segments never overlap and are sorted.  One without
 * bytes is a gap: mapped in the target, but not to be read here (truncated
 * core, page not dumped, file missing), never zeros.  A mapping of the target
 * of which a part is missing is several segments.
 *
 * Bytes are mapped, never copied: a segment's bytes stay where they are until
 * the target is closed.  Bounds of segments are multiples of 16, but bytes
 * need not be aligned in our memory (gcore aligns nothing): load words with
 * memcpy().
 *
 * Not here: which module or thread a segment belongs to (target/module.h,
 * target/thread.h), which part is a heap (heap/heap.h).
 */
#ifndef TARGET_SEGMENT_H
#define TARGET_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An address in the target; never a pointer of ours. */
typedef uint64_t cw_addr;

enum cw_segment_flags {
	CW_SEGMENT_READ = 1 << 0,
	CW_SEGMENT_WRITE = 1 << 1,
	CW_SEGMENT_EXEC = 1 << 2,
	/*
	 * Shared with other processes: what it holds is not this heap's.  A
	 * core does not say; it is taken from the path (no file but shared,
	 * /dev/shm, memfd, System V) and, for files that are no module, from
	 * the core leaving writable pages out.
	 */
	CW_SEGMENT_SHARED = 1 << 3,
	/* The bytes are not from the target but from the file mapped there,
	 * whose build-id was found to agree. */
	CW_SEGMENT_FROM_FILE = 1 << 4,
};

/* Of "rwxp", as /proc/PID/maps has them; s is shared. */
static inline unsigned cw_segment_flags_parse(const char text[4])
{
	return (text[0] == 'r' ? CW_SEGMENT_READ : 0) |
	       (text[1] == 'w' ? CW_SEGMENT_WRITE : 0) |
	       (text[2] == 'x' ? CW_SEGMENT_EXEC : 0) |
	       (text[3] == 's' ? CW_SEGMENT_SHARED : 0);
}

/* Why a segment has no bytes. */
enum cw_gap {
	CW_GAP_NONE,	     /* it has bytes */
	CW_GAP_TRUNCATED,    /* the core file ends before */
	CW_GAP_NOT_DUMPED,   /* the core leaves it out, no file is mapped */
	CW_GAP_FILE_MISSING, /* the core leaves it out, its file is not here */
	CW_GAP_FILE_DIFFERS, /* ... and the file here is another build */
	CW_GAP_UNREADABLE,   /* the system refused: PROT_NONE, I/O error */
	CW_NUM_GAPS,
};

struct cw_segment {
	cw_addr start, end;
	const unsigned char *bytes; /* end - start of them, or NULL: a gap */
	unsigned flags;
	enum cw_gap gap;
	const char *path;     /* of the file mapped there, or NULL */
	uint64_t file_offset; /* of start in that file */
};

/* A part that reads as zeros, since nobody wrote it: cw_target_skip_hole().
 * Shorter ones are not noted. */
enum { CW_MIN_HOLE_SIZE = 1 << 15 };

struct cw_hole {
	cw_addr start, end;
};

static inline bool cw_segment_has(const struct cw_segment *segment,
				  cw_addr address)
{
	return address >= segment->start && address < segment->end;
}

#endif
