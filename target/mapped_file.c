#include "target/mapped_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static struct cw_error *status_check(const char *path,
				     const struct stat *status)
{
	if (S_ISDIR(status->st_mode))
		return cw_error_new(CW_ERROR_TARGET,
				    "cannot open '%s': it is a directory",
				    path);
	if (!S_ISREG(status->st_mode))
		return cw_error_new(CW_ERROR_TARGET,
				    "cannot open '%s': not a regular file",
				    path);
	return NULL;
}

static struct cw_error *file_map(const char *path, int fd,
				 struct cw_mapped_file *ret)
{
	struct cw_mapped_file file = {0};

	if (fstat(fd, &file.status) != 0)
		return cw_error_errno(CW_ERROR_TARGET, errno,
				      "cannot open '%s'", path);
	struct cw_error *err = status_check(path, &file.status);
	if (err)
		return err;

	file.size = file.status.st_size;
	if (file.size > 0) {
		void *bytes = mmap(NULL, file.size, PROT_READ,
				   MAP_PRIVATE | MAP_NORESERVE, fd, 0);
		if (bytes == MAP_FAILED)
			return cw_error_errno(CW_ERROR_TARGET, errno,
					      "cannot map '%s'", path);
		file.bytes = bytes;
	}
	*ret = file;
	return NULL;
}

static void holes_find(int fd, uint64_t size, struct cw_file_holes *holes)
{
	enum { MIN_SIZE = 1 << 15, MAX_NUM = 1 << 18 };
	uint64_t page_mask = sysconf(_SC_PAGESIZE) - 1;
	off_t data = 0;

	for (unsigned i = 0; i < MAX_NUM; i++) {
		off_t hole = lseek(fd, data, SEEK_HOLE);
		if (hole < data || (uint64_t)hole >= size)
			return;
		data = lseek(fd, hole, SEEK_DATA);
		if (data <= hole)
			data = size; /* there is no more */

		uint64_t start = (hole + page_mask) & ~page_mask;
		uint64_t end = data & ~page_mask;
		if (start < end && end - start >= MIN_SIZE)
			*cw_array_push(&holes->list) =
				(struct cw_file_hole){start, end};
	}
}

/*
 * The kernel fills memory with a file's holes as with its data; of memory that
 * nobody wrote it shows one page of zeros everywhere.  Each hole is a mapping
 * more then, of which a process may have 65,530.
 */
static void holes_cover(const struct cw_mapped_file *file,
			const struct cw_file_holes *holes)
{
	enum { MAX_NUM = 1 << 14 };

	for (size_t i = 0; i < holes->list.num && i < MAX_NUM; i++) {
		const struct cw_file_hole *hole = &holes->list.items[i];
		uint64_t size = hole->end - hole->start;
		void *zeros = mmap(
			(void *)(file->bytes + hole->start), size, PROT_READ,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
			-1, 0);
		if (zeros != MAP_FAILED)
			madvise(zeros, size, MADV_HUGEPAGE);
	}
}

static struct cw_error *file_open(const char *path, struct cw_mapped_file *ret,
				  struct cw_file_holes *holes)
{
	/* O_NONBLOCK: a FIFO must not make us wait. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return cw_error_errno(CW_ERROR_TARGET, errno,
				      "cannot open '%s'", path);

	struct cw_error *err = file_map(path, fd, ret);
	if (!err && holes) {
		holes_find(fd, ret->size, holes);
		holes_cover(ret, holes);
	}
	close(fd);
	return err;
}

struct cw_error *cw_mapped_file_open(const char *path,
				     struct cw_mapped_file *ret)
{
	return file_open(path, ret, NULL);
}

struct cw_error *cw_mapped_file_open_sparse(const char *path,
					    struct cw_mapped_file *ret,
					    struct cw_file_holes *holes)
{
	return file_open(path, ret, holes);
}

void cw_mapped_file_close(struct cw_mapped_file *file)
{
	if (file->bytes)
		munmap((void *)file->bytes, file->size);
	*file = (struct cw_mapped_file){0};
}
