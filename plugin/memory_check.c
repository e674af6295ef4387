#include "plugin/memory_check.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/uio.h>

#include "base/parallel.h"
#include "target/page_scan.h"

enum {
	PAGE_SIZE = 4096,
	PIECE_SIZE = 1 << 20, /* what a thread compares at a time */
	BUFFER_SIZE = 1 << 16,
};

struct piece {
	cw_addr start;
	uint64_t size;
	const unsigned char *bytes; /* the copy */
};

struct check {
	uint32_t pid;
	CW_ARRAY(struct piece) pieces;
	atomic_bool is_different;
};

/*
 * A page that cannot be read now could not be read then either: such pages
 * are gaps or zeros in the copy.
 */
static struct cw_error *piece_compare(void *context, uint64_t item)
{
	struct check *check = context;
	const struct piece *piece = &check->pieces.items[item];
	unsigned char buffer[BUFFER_SIZE];

	for (uint64_t at = 0; at < piece->size;) {
		if (atomic_load(&check->is_different))
			return NULL;
		uint64_t size = piece->size - at;
		if (size > BUFFER_SIZE)
			size = BUFFER_SIZE;
		struct iovec local = {buffer, size};
		struct iovec remote = {(void *)(piece->start + at), size};
		ssize_t got =
			process_vm_readv(check->pid, &local, 1, &remote, 1, 0);
		if (got > 0 && memcmp(buffer, piece->bytes + at, got) != 0)
			atomic_store(&check->is_different, true);
		at += got > 0 ? (uint64_t)got : PAGE_SIZE;
	}
	return NULL;
}

static void add_run(struct check *check, const struct cw_segment *segment,
		    const struct cw_page_run *run)
{
	for (cw_addr at = run->start; at < run->end; at += PIECE_SIZE) {
		uint64_t size = run->end - at;
		*cw_array_push(&check->pieces) = (struct piece){
			.start = at,
			.size = size < PIECE_SIZE ? size : PIECE_SIZE,
			.bytes = segment->bytes + (at - segment->start),
		};
	}
}

static struct cw_error *find_pieces(struct check *check,
				    const struct cw_target *process,
				    struct cw_page_scan *scan)
{
	struct cw_page_runs runs = {0};
	struct cw_error *err = NULL;

	cw_array_foreach(segment, &process->segments)
	{
		if (!segment->bytes || !(segment->flags & CW_SEGMENT_WRITE) ||
		    segment->flags & CW_SEGMENT_SHARED)
			continue;
		runs.list.num = 0;
		err = cw_page_scan_run(scan, segment->start, segment->end,
				       &runs);
		if (err)
			break;
		cw_array_foreach(run, &runs.list) add_run(check, segment, run);
	}
	cw_array_deinit(&runs.list);
	return err;
}

bool cw_memory_is_as_copied(const struct cw_target *process)
{
	struct check check = {.pid = process->pid};
	struct cw_page_scan scan;

	struct cw_error *err = cw_page_scan_open(process->pid, &scan);
	if (!err) {
		err = find_pieces(&check, process, &scan);
		cw_page_scan_close(&scan);
	}
	if (!err)
		err = cw_parallel_for(0, check.pieces.num, piece_compare,
				      &check);
	cw_array_deinit(&check.pieces);
	bool can_be_told = !err;
	cw_error_destroy(err);
	return can_be_told && !atomic_load(&check.is_different);
}
