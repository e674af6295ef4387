/*
 * Page copy: pages of a process copied into memory of ours, by several threads.
 *
 * What takes longest is not the copying: the kernel has to find and clear each
 * page of ours when it is touched first.  That can be done beforehand.
 *
 * Not here: which pages (target/page_scan.h), and where they go
 * (target/memory_room.h).
 */
#ifndef TARGET_PAGE_COPY_H
#define TARGET_PAGE_COPY_H

#include "target/page_scan.h"

struct cw_page_job {
	cw_addr start, end; /* whole pages of the process */
	unsigned char *to;
};

struct cw_page_jobs {
	CW_ARRAY(struct cw_page_job) list;
};

/* Has the kernel find the pages of ours, which nobody wrote to yet. */
void cw_page_jobs_populate(const struct cw_page_jobs *jobs);

/*
 * Copies those from the job numbered @first on.  Appends to @unreadable, in no
 * order, the pages that cannot be read.  Fails with CW_ERROR_TARGET when the
 * process is gone.
 */
struct cw_error *
cw_page_jobs_copy(const struct cw_page_jobs *jobs, size_t first, uint32_t pid,
		  struct cw_page_runs *unreadable) cw_must_check;

#endif
