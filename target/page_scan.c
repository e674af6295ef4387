#include "target/page_scan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/parallel.h"

enum { PAGE_SIZE = 4096 };

/* <linux/fs.h> since Linux 6.7; named here for older headers. */
struct scan_region {
	uint64_t start, end, categories;
};

struct scan_argument {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
	uint64_t category_inverted, category_mask, category_anyof_mask;
	uint64_t return_mask;
};

#define SCAN_IOCTL _IOWR('f', 16, struct scan_argument)

enum {
	SCAN_FILE = 1 << 2,
	SCAN_PRESENT = 1 << 3,
	SCAN_SWAPPED = 1 << 4,
	SCAN_ZERO = 1 << 5,
};

/* Bits of an entry of /proc/PID/pagemap (Linux since 3.5). */
#define ENTRY_PRESENT (UINT64_C(1) << 63)
#define ENTRY_SWAPPED (UINT64_C(1) << 62)
#define ENTRY_FILE    (UINT64_C(1) << 61)
#define ENTRY_ALONE   (UINT64_C(1) << 56) /* since 4.2 */

unsigned cw_page_num_threads(uint64_t num_pieces)
{
	enum { MAX_THREADS = 8, MIN_PIECES = 4 };
	unsigned num = cw_parallel_num_processors();

	if (num > MAX_THREADS)
		num = MAX_THREADS;
	return num < 1 + num_pieces / MIN_PIECES ? num
						 : 1 + num_pieces / MIN_PIECES;
}

struct cw_error *cw_page_scan_open(uint32_t pid, struct cw_page_scan *ret)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/pagemap", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return cw_error_errno(CW_ERROR_TARGET, errno,
				      "cannot open '%s'", path);
	*ret = (struct cw_page_scan){.fd = fd};
	return NULL;
}

void cw_page_scan_close(struct cw_page_scan *scan)
{
	close(scan->fd);
}

bool cw_page_is_shared(const struct cw_page_scan *scan, cw_addr address)
{
	uint64_t entry;

	return pread(scan->fd, &entry, sizeof(entry),
		     address / PAGE_SIZE * 8) == sizeof(entry) &&
	       entry & ENTRY_PRESENT && !(entry & (ENTRY_FILE | ENTRY_ALONE));
}

static void run_add(struct cw_page_runs *runs, cw_addr start, cw_addr end)
{
	struct cw_page_run *last =
		runs->list.num ? &runs->list.items[runs->list.num - 1] : NULL;

	if (last && last->end == start)
		last->end = end;
	else
		*cw_array_push(&runs->list) = (struct cw_page_run){start, end};
}

/* The kernel skips what was never touched.  False: it cannot do this. */
static bool scan_by_ioctl(struct cw_page_scan *scan, cw_addr start, cw_addr end,
			  struct cw_page_runs *runs)
{
	struct scan_region regions[512];
	struct scan_argument argument = {
		.size = sizeof(argument),
		.start = start,
		.end = end,
		.vec = (uintptr_t)regions,
		.vec_len = cw_num_elements(regions),
		.category_inverted = SCAN_FILE | SCAN_ZERO,
		.category_mask = SCAN_FILE | SCAN_ZERO,
		.category_anyof_mask = SCAN_PRESENT | SCAN_SWAPPED,
		.return_mask = SCAN_PRESENT | SCAN_SWAPPED,
	};

	while (argument.start < end) {
		int num = ioctl(scan->fd, SCAN_IOCTL, &argument);
		if (num < 0)
			return false;
		for (int i = 0; i < num; i++)
			run_add(runs, regions[i].start, regions[i].end);
		if (argument.walk_end <= argument.start)
			return false;
		argument.start = argument.walk_end;
	}
	return true;
}

static struct cw_error *scan_by_entries(struct cw_page_scan *scan,
					cw_addr start, cw_addr end,
					struct cw_page_runs *runs)
{
	enum { NUM_ENTRIES = 8192 };
	cw_cleanup_free uint64_t *entries = cw_alloc(NUM_ENTRIES * 8);

	while (start < end) {
		uint64_t num = (end - start) / PAGE_SIZE;
		if (num > NUM_ENTRIES)
			num = NUM_ENTRIES;
		ssize_t size = pread(scan->fd, entries, num * 8,
				     start / PAGE_SIZE * 8);
		if (size < 8)
			return cw_error_errno(CW_ERROR_TARGET,
					      size < 0 ? errno : EIO,
					      "cannot read the page map");
		num = size / 8;
		for (uint64_t i = 0; i < num; i++, start += PAGE_SIZE)
			if (entries[i] & (ENTRY_PRESENT | ENTRY_SWAPPED) &&
			    !(entries[i] & ENTRY_FILE))
				run_add(runs, start, start + PAGE_SIZE);
	}
	return NULL;
}

struct cw_error *cw_page_scan_run(struct cw_page_scan *scan, cw_addr start,
				  cw_addr end, struct cw_page_runs *runs)
{
	size_t before = runs->list.num;

	if (!scan->has_no_ioctl && scan_by_ioctl(scan, start, end, runs))
		return NULL;
	scan->has_no_ioctl = true;
	runs->list.num = before;
	return scan_by_entries(scan, start, end, runs);
}

struct work {
	struct cw_page_scan scan;
	const struct cw_page_runs *spans;
	struct cw_page_runs *found; /* in each */
};

static struct cw_error *span_scan(void *context, uint64_t item)
{
	const struct work *work = context;
	const struct cw_page_run *span = &work->spans->list.items[item];
	struct cw_page_scan scan = work->scan;

	return cw_page_scan_run(&scan, span->start, span->end,
				&work->found[item]);
}

struct cw_error *cw_page_spans_scan(uint32_t pid,
				    const struct cw_page_runs *spans,
				    struct cw_page_runs *runs)
{
	cw_cleanup_free struct cw_page_runs *found =
		cw_alloc(spans->list.num * sizeof(*found));
	struct work work = {.spans = spans, .found = found};

	struct cw_error *err = cw_page_scan_open(pid, &work.scan);
	if (err)
		return err;
	err = cw_parallel_for(cw_page_num_threads(spans->list.num),
			      spans->list.num, span_scan, &work);
	cw_page_scan_close(&work.scan);
	for (size_t i = 0; i < spans->list.num; i++) {
		cw_array_foreach(run, &found[i].list) *
			cw_array_push(&runs->list) = *run;
		cw_array_deinit(&found[i].list);
	}
	return err;
}
