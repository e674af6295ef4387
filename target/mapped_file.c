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

struct cw_error *cw_mapped_file_open(const char *path,
				     struct cw_mapped_file *ret)
{
	/* O_NONBLOCK: a FIFO must not make us wait. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return cw_error_errno(CW_ERROR_TARGET, errno,
				      "cannot open '%s'", path);

	struct cw_error *err = file_map(path, fd, ret);
	close(fd);
	return err;
}

void cw_mapped_file_close(struct cw_mapped_file *file)
{
	if (file->bytes)
		munmap((void *)file->bytes, file->size);
	*file = (struct cw_mapped_file){0};
}
