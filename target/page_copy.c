#include "target/page_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/parallel.h"

enum {
	PAGE_SIZE = 4096,
	/* Bytes that a thread takes at once. */
	COPY_SIZE = 1 << 20,
	POPULATE_SIZE = 32 << 20,
};

/* Linux 5.14; named here for older headers. */
enum { POPULATE_WRITE = 23 };

/* Where a piece begins; it ends where the next one begins. */
struct piece {
	size_t job;
	cw_addr at;
};

struct work {
	const struct cw_page_jobs *jobs;
	CW_ARRAY(struct piece) pieces; /* and where the last one ends */

	uint32_t pid;
	int memory;	       /* /proc/PID/mem, or -1: without */
	pthread_mutex_t mutex; /* of the list */
	struct cw_page_runs *unreadable;
};

static void pieces_cut(struct work *work, size_t first, uint64_t size)
{
	uint64_t left = 0;

	for (size_t i = first; i < work->jobs->list.num; i++) {
		const struct cw_page_job *job = &work->jobs->list.items[i];
		for (cw_addr at = job->start; at < job->end;) {
			if (left == 0) {
				*cw_array_push(&work->pieces) =
					(struct piece){i, at};
				left = size;
			}
			uint64_t step =
				left < job->end - at ? left : job->end - at;
			at += step;
			left -= step;
		}
	}
	*cw_array_push(&work->pieces) = (struct piece){work->jobs->list.num, 0};
}

static struct cw_error *
pieces_work(struct work *work,
	    struct cw_error *(*piece_work)(void *context, uint64_t item))
{
	uint64_t num = work->pieces.num - 1;

	struct cw_error *err = cw_parallel_for(cw_page_num_threads(num), num,
					       piece_work, work);
	cw_array_deinit(&work->pieces);
	return err;
}

/*
 * The part of a job at @at that belongs to the piece that ends at @end; false:
 * there is none.
 */
static bool part_find(const struct work *work, const struct piece *at,
		      const struct piece *end, unsigned char **ret_to,
		      uint64_t *ret_size)
{
	if (at->job > end->job || (at->job == end->job && at->at >= end->at))
		return false;
	const struct cw_page_job *job = &work->jobs->list.items[at->job];
	*ret_to = job->to + (at->at - job->start);
	*ret_size = (at->job == end->job ? end->at : job->end) - at->at;
	return true;
}

/* Goes on by @size, or to the beginning of the next job. */
static void advance(const struct work *work, struct piece *at, uint64_t size)
{
	const struct cw_page_job *job = &work->jobs->list.items[at->job];

	at->at += size;
	if (at->at < job->end)
		return;
	at->job++;
	at->at = at->job < work->jobs->list.num ? job[1].start : 0;
}

static struct cw_error *piece_populate(void *context, uint64_t item)
{
	const struct work *work = context;
	struct piece at = work->pieces.items[item];
	const struct piece *end = &work->pieces.items[item + 1];
	unsigned char *to;
	uint64_t size;

	for (; part_find(work, &at, end, &to, &size);
	     advance(work, &at, size)) {
		if (madvise(to, size, POPULATE_WRITE) == 0 || errno != EINVAL)
			continue;
		for (uint64_t i = 0; i < size; i += PAGE_SIZE)
			*(volatile unsigned char *)(to + i) = 0;
	}
	return NULL;
}

void cw_page_jobs_populate(const struct cw_page_jobs *jobs)
{
	struct work work = {.jobs = jobs};

	pieces_cut(&work, 0, POPULATE_SIZE);
	/* None of it fails: what has no page yet gets it when it is copied. */
	cw_error_destroy(pieces_work(&work, piece_populate));
}

/* As many parts as one call takes, @num of them. */
static size_t gather(const struct work *work, struct piece at,
		     const struct piece *end, size_t num, struct iovec *local,
		     struct iovec *remote)
{
	unsigned char *to;
	uint64_t size;
	size_t i = 0;

	for (; i < num && part_find(work, &at, end, &to, &size); i++) {
		local[i] = (struct iovec){to, size};
		remote[i] = (struct iovec){(void *)at.at, size};
		advance(work, &at, size);
	}
	return i;
}

static void skip_unreadable(struct work *work, struct piece *at)
{
	pthread_mutex_lock(&work->mutex);
	*cw_array_push(&work->unreadable->list) =
		(struct cw_page_run){at->at, at->at + PAGE_SIZE};
	pthread_mutex_unlock(&work->mutex);
	advance(work, at, PAGE_SIZE);
}

/*
 * process_vm_readv() is faster, but since Linux 5.19 gives a process pages of
 * its own where it shares them with another since a fork.  So not for clones,
 * nor for a server's workers.
 */
static bool is_shared(const struct work *work)
{
	enum { NUM_SAMPLES = 256, MIN_SHARE = 32 };
	size_t num = work->pieces.num - 1, step = num / NUM_SAMPLES + 1;
	size_t num_shared = 0, num_seen = 0;
	struct cw_page_scan scan;

	struct cw_error *err = cw_page_scan_open(work->pid, &scan);
	if (err) {
		cw_error_destroy(err);
		return false;
	}
	for (size_t i = 0; i < num; i += step, num_seen++)
		num_shared +=
			cw_page_is_shared(&scan, work->pieces.items[i].at);
	cw_page_scan_close(&scan);
	return num_shared > num_seen / MIN_SHARE;
}

static int memory_open(uint32_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%u/mem", pid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* Of the first of @num parts or more; < 0: errno. */
static ssize_t parts_read(const struct work *work, const struct iovec *local,
			  const struct iovec *remote, size_t num)
{
	if (work->memory < 0)
		return process_vm_readv(work->pid, local, num, remote, num, 0);
	ssize_t size = pread(work->memory, local->iov_base, local->iov_len,
			     (off_t)remote->iov_base);
	if (size == 0)
		errno = ESRCH;
	return size == 0 ? -1 : size;
}

static struct cw_error *piece_copy(void *context, uint64_t item)
{
	enum { MAX_PARTS = 64 };
	struct work *work = context;
	struct piece at = work->pieces.items[item];
	const struct piece *end = &work->pieces.items[item + 1];
	struct iovec local[MAX_PARTS], remote[MAX_PARTS];
	size_t num;

	while ((num = gather(work, at, end, MAX_PARTS, local, remote)) > 0) {
		ssize_t size = parts_read(work, local, remote, num);
		if (size < 0 && errno == ESRCH)
			return cw_error_new(CW_ERROR_TARGET,
					    "process %u is gone", work->pid);
		uint64_t left = size > 0 ? size & ~(ssize_t)(PAGE_SIZE - 1) : 0;
		if (left == 0)
			skip_unreadable(work, &at);
		for (size_t i = 0; left > 0; i++) {
			uint64_t step = left < local[i].iov_len
						? left
						: local[i].iov_len;
			advance(work, &at, step);
			left -= step;
		}
	}
	return NULL;
}

struct cw_error *cw_page_jobs_copy(const struct cw_page_jobs *jobs,
				   size_t first, uint32_t pid,
				   struct cw_page_runs *unreadable)
{
	struct work work = {
		.jobs = jobs,
		.pid = pid,
		.mutex = PTHREAD_MUTEX_INITIALIZER,
		.unreadable = unreadable,
	};

	pieces_cut(&work, first, COPY_SIZE);
	work.memory = is_shared(&work) ? memory_open(pid) : -1;
	struct cw_error *err = pieces_work(&work, piece_copy);
	if (work.memory >= 0)
		close(work.memory);
	return err;
}
