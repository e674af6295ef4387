/*
 * Page scan: which pages of a process are its own.
 *
 * A page is the process's own when it is present or swapped and no page of a
 * file: it was written.  All others are zeros (of anonymous memory) or the
 * file's.  Asking changes nothing in the process, unlike reading.
 */
#ifndef TARGET_PAGE_SCAN_H
#define TARGET_PAGE_SCAN_H

#include "base/array.h"
#include "base/error.h"
#include "target/segment.h"

struct cw_page_run {
	cw_addr start, end;
};

struct cw_page_runs {
	CW_ARRAY(struct cw_page_run) list; /* sorted, not adjacent */
};

struct cw_page_scan {
	int fd; /* /proc/PID/pagemap */
	bool has_no_ioctl;
};

/*
 * Of threads that work on pages of a process that may stand still: few pieces
 * are not worth one, and many threads would push all else aside.
 */
unsigned cw_page_num_threads(uint64_t num_pieces);

/* Fails with CW_ERROR_TARGET. */
struct cw_error *cw_page_scan_open(uint32_t pid,
				   struct cw_page_scan *ret) cw_must_check;
void cw_page_scan_close(struct cw_page_scan *scan);

/* Whether an own page is one of another process too, until either writes. */
bool cw_page_is_shared(const struct cw_page_scan *scan, cw_addr address);

/* Appends the runs of own pages in [start, end), which are whole pages. */
struct cw_error *cw_page_scan_run(struct cw_page_scan *scan, cw_addr start,
				  cw_addr end,
				  struct cw_page_runs *runs) cw_must_check;

/*
 * Appends those in all of @spans, which are sorted, by several threads.  Runs
 * end where a span does.  Fails with CW_ERROR_TARGET.
 */
struct cw_error *cw_page_spans_scan(uint32_t pid,
				    const struct cw_page_runs *spans,
				    struct cw_page_runs *runs) cw_must_check;

#endif
