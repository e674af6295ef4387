/*
 * Recorder: writes down every malloc and free of a program, for tests that
 * must know which blocks are in use.
 *
 *	RECORD=FILE LD_PRELOAD=recorder.so PROGRAM ...
 *
 * FILE is mapped shared and left out of cores, so that nothing of it is in the
 * program's heap and it survives however the program ends.  It holds struct
 * record in the order of the calls: a block's record is written after malloc()
 * returned it and before free() gets it, so those of one address are in the
 * right order whatever threads do.  Children do not write.
 *
 * The calls go on to libc.so.6, also those of programs that are linked with
 * another allocator: they then run with glibc's.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "record.h"

#define API __attribute__((visibility("default")))

/* Address space for the file; pages come as they are written. */
#define MAX_RECORDS  (UINT64_C(1) << 28)
#define RECORDS_SIZE (MAX_RECORDS * sizeof(struct record))

static struct record *records;
static atomic_uint_fast64_t next_record;

static void *(*libc_malloc)(size_t);
static void *(*libc_calloc)(size_t, size_t);
static void *(*libc_realloc)(void *, size_t);
static void (*libc_free)(void *);
static void *(*libc_memalign)(size_t, size_t);
static size_t (*libc_usable_size)(void *);

/* What dlsym() and the like ask for before the above are known. */
static char early_memory[1 << 16];
static atomic_size_t early_used;

static bool is_early(const void *block)
{
	return (const char *)block >= early_memory &&
	       (const char *)block < early_memory + sizeof(early_memory);
}

static void *early_alloc(size_t size)
{
	size_t at = atomic_fetch_add(&early_used, (size + 31) & ~(size_t)15);

	if (at + size + 32 > sizeof(early_memory))
		abort();
	memcpy(early_memory + at, &size, sizeof(size));
	return early_memory + at + 16;
}

static size_t early_size(const void *block)
{
	size_t size;

	memcpy(&size, (const char *)block - 16, sizeof(size));
	return size;
}

static void stop_in_child(void)
{
	records = NULL;
}

static void open_records(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || ftruncate(fd, RECORDS_SIZE) != 0)
		abort();
	void *map = mmap(NULL, RECORDS_SIZE, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_NORESERVE, fd, 0);
	if (map == MAP_FAILED)
		abort();
	madvise(map, RECORDS_SIZE, MADV_DONTDUMP);
	close(fd);
	records = map;
}

static void begin(void)
{
	static atomic_bool is_begun;

	if (atomic_exchange(&is_begun, true))
		return;
	void *libc = dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD);
	libc_malloc = dlsym(libc, "malloc");
	libc_calloc = dlsym(libc, "calloc");
	libc_realloc = dlsym(libc, "realloc");
	libc_free = dlsym(libc, "free");
	libc_memalign = dlsym(libc, "memalign");
	const char *path = getenv("RECORD");
	if (path)
		open_records(path);
	/* Not for the programs that this one starts. */
	unsetenv("RECORD");
	/* What was allocated before this line is not the program's. */
	libc_usable_size = dlsym(libc, "malloc_usable_size");
	if (records)
		pthread_atfork(NULL, NULL, stop_in_child);
}

static bool is_ready(void)
{
	if (!libc_usable_size)
		begin();
	return libc_usable_size != NULL;
}

static void *record(enum record_kind kind, void *block, uint64_t size)
{
	if (!records || !block)
		return block;
	uint64_t i = atomic_fetch_add(&next_record, 1);
	if (i >= MAX_RECORDS)
		return block;
	uint64_t usable = libc_usable_size(block), slack = 0;
	if (kind == RECORD_MALLOC && size < usable)
		slack = usable - size;
	if (slack > RECORD_MAX_SLACK)
		slack = RECORD_MAX_SLACK;
	records[i].address = (uintptr_t)block;
	records[i].size_and_kind = usable << 24 | slack << 8 | kind;
	return block;
}

API void *malloc(size_t size)
{
	if (!is_ready())
		return early_alloc(size);
	return record(RECORD_MALLOC, libc_malloc(size), size);
}

API void *calloc(size_t num, size_t size)
{
	if (!is_ready())
		return early_alloc(num * size); /* zero, as all static is */
	return record(RECORD_MALLOC, libc_calloc(num, size), num * size);
}

API void free(void *block)
{
	if (!block || is_early(block))
		return;
	record(RECORD_FREE, block, 0);
	libc_free(block);
}

API void *realloc(void *block, size_t size)
{
	if (!block)
		return malloc(size);
	if (is_early(block)) {
		size_t old_size = early_size(block);
		void *copy = malloc(size);

		if (copy)
			memcpy(copy, block, old_size < size ? old_size : size);
		return copy;
	}
	size_t old_size = libc_usable_size(block);
	record(RECORD_FREE, block, 0);
	void *moved = libc_realloc(block, size);
	if (!moved && size != 0)
		record(RECORD_MALLOC, block, old_size); /* it failed */
	return record(RECORD_MALLOC, moved, size);
}

API void *reallocarray(void *block, size_t num, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(num, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(block, bytes);
}

API void *memalign(size_t align, size_t size)
{
	if (!is_ready())
		abort();
	return record(RECORD_MALLOC, libc_memalign(align, size), size);
}

API void *aligned_alloc(size_t align, size_t size)
{
	return memalign(align, size);
}

API int posix_memalign(void **ret, size_t align, size_t size)
{
	if (align == 0 || align % sizeof(void *) != 0 ||
	    (align & (align - 1)) != 0)
		return EINVAL;
	void *block = memalign(align, size);
	if (!block)
		return ENOMEM;
	*ret = block;
	return 0;
}

API void *valloc(size_t size)
{
	return memalign(4096, size);
}

API void *pvalloc(size_t size)
{
	return memalign(4096, (size + 4095) & ~(size_t)4095);
}

API size_t malloc_usable_size(void *block)
{
	if (!block || !is_ready())
		return 0;
	return is_early(block) ? early_size(block) : libc_usable_size(block);
}
