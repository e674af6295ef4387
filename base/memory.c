#include "base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static void out_of_memory(void) __attribute__((noreturn));
static void out_of_memory(void)
{
	fputs("corewalk: out of memory\n", stderr);
	abort();
}

void *cw_alloc(size_t size)
{
	void *memory = calloc(1, size ? size : 1);

	if (!memory)
		out_of_memory();
	return memory;
}

void *cw_realloc(void *old, size_t size)
{
	void *memory = realloc(old, size ? size : 1);

	if (!memory)
		out_of_memory();
	return memory;
}

char *cw_strdup(const char *text)
{
	return cw_strndup(text, strlen(text));
}

char *cw_strndup(const char *text, size_t size)
{
	size_t length = strnlen(text, size);
	char *copy = cw_alloc(length + 1);

	memcpy(copy, text, length);
	return copy;
}

char *cw_format(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *text = cw_vformat(format, args);
	va_end(args);
	return text;
}

char *cw_vformat(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		out_of_memory();
	return text;
}

static struct cw_error *bulk_map(size_t size, int advice, void *ret)
{
	if (size == 0)
		size = 1;

	void *bulk = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (bulk == MAP_FAILED)
		return cw_error_errno(CW_ERROR_MEMORY, errno,
				      "cannot allocate %zu bytes", size);
	madvise(bulk, size, advice);
	*(void **)ret = bulk;
	return NULL;
}

struct cw_error *cw_bulk_alloc(size_t size, void *ret)
{
	return bulk_map(size, MADV_NOHUGEPAGE, ret);
}

struct cw_error *cw_bulk_alloc_huge(size_t size, void *ret)
{
	return bulk_map(size, MADV_HUGEPAGE, ret);
}

void cw_bulk_free(void *bulk, size_t size)
{
	if (bulk)
		munmap(bulk, size ? size : 1);
}

void cw_free_cleanup(void *pointer)
{
	free(*(void **)pointer);
}
