#include "base/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/map.h"
#include "base/memory.h"

#define MAX_FILE   (UINT64_C(64) << 20)
#define MAX_FOLDER (UINT64_C(256) << 20)
#define SUFFIX	   ".cache"
#define ASIDE	   ".new"

enum {
	MAX_KEY = 1 << 20,
	OLD_ASIDE = 3600, /* seconds: nobody writes it any more */
};

/* What a file begins with; the key and the bytes follow. */
struct header {
	char magic[8];
	uint32_t version;
	uint32_t key_size;
	uint64_t size;
	uint64_t hash; /* of key and bytes */
};

static const struct header first = {.magic = "corewalk", .version = 1};

char *cw_cache_folder(void)
{
	const char *own = getenv("COREWALK_CACHE");
	const char *all = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (own)
		return *own ? cw_strdup(own) : NULL;
	/* The specification says that relative ones are ignored. */
	if (all && *all == '/')
		return cw_format("%s/corewalk", all);
	return home && *home == '/' ? cw_format("%s/.cache/corewalk", home)
				    : NULL;
}

/* Ours, and a file like any other. */
static bool is_usable(int fd, struct stat *status)
{
	return fstat(fd, status) == 0 && S_ISREG(status->st_mode) &&
	       status->st_uid == geteuid() && status->st_size >= 0 &&
	       (uint64_t)status->st_size <= MAX_FILE;
}

static int folder_open(const char *folder)
{
	struct stat status;
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (fstat(fd, &status) == 0 && status.st_uid == geteuid() &&
	    !(status.st_mode & S_IWOTH))
		return fd;
	close(fd);
	return -1;
}

/* And the one around it, which a new account may lack. */
static int folder_make(const char *folder)
{
	cw_cleanup_free char *outer = cw_strdup(folder);
	char *end = strrchr(outer, '/');

	if (end && end != outer) {
		*end = '\0';
		mkdir(outer, 0700);
	}
	mkdir(folder, 0700);
	return folder_open(folder);
}

static bool all_read(int fd, void *bytes, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t num = read(fd, (char *)bytes + done, size - done);
		if (num < 0 && errno == EINTR)
			continue;
		if (num <= 0)
			return false;
		done += num;
	}
	return true;
}

static bool all_write(int fd, const void *bytes, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t num =
			write(fd, (const char *)bytes + done, size - done);
		if (num < 0 && errno == EINTR)
			continue;
		if (num <= 0)
			return false;
		done += num;
	}
	return true;
}

static uint64_t hash_of(const char *key, size_t key_size, const void *bytes,
			size_t size)
{
	return cw_hash_mix(cw_hash_bytes(key, key_size)) ^
	       cw_hash_bytes(bytes, size);
}

static bool file_load(int fd, const char *key, unsigned char **ret,
		      size_t *ret_size)
{
	struct header header;
	struct stat status;
	size_t key_size = strlen(key);

	if (!is_usable(fd, &status) || !all_read(fd, &header, sizeof(header)) ||
	    memcmp(header.magic, first.magic, sizeof(first.magic)) != 0 ||
	    header.version != first.version || header.key_size != key_size ||
	    header.size > MAX_FILE ||
	    sizeof(header) + key_size + header.size != (uint64_t)status.st_size)
		return false;
	cw_cleanup_free char *found = cw_alloc(key_size + 1);
	cw_cleanup_free unsigned char *bytes = cw_alloc(header.size + 1);
	if (!all_read(fd, found, key_size) ||
	    memcmp(found, key, key_size) != 0 ||
	    !all_read(fd, bytes, header.size) ||
	    hash_of(key, key_size, bytes, header.size) != header.hash)
		return false;
	*ret = bytes;
	*ret_size = header.size;
	bytes = NULL;
	return true;
}

bool cw_cache_load(const char *folder, const char *name, const char *key,
		   unsigned char **ret, size_t *ret_size)
{
	cw_cleanup_free char *path = cw_format("%s" SUFFIX, name);
	int dir = folder ? folder_open(folder) : -1;

	if (dir < 0)
		return false;
	int fd = openat(dir, path,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	close(dir);
	if (fd < 0)
		return false;
	bool is_there = file_load(fd, key, ret, ret_size);
	/* Used now: the last to go. */
	if (is_there)
		futimens(fd, NULL);
	close(fd);
	return is_there;
}

struct entry {
	char *name;
	uint64_t size;
	struct timespec used;
};

static int compare_entries(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	if (a->used.tv_sec != b->used.tv_sec)
		return a->used.tv_sec < b->used.tv_sec ? -1 : 1;
	return (a->used.tv_nsec > b->used.tv_nsec) -
	       (a->used.tv_nsec < b->used.tv_nsec);
}

static bool ends_with(const char *name, const char *end)
{
	size_t length = strlen(name), end_length = strlen(end);

	return length >= end_length &&
	       strcmp(name + length - end_length, end) == 0;
}

/* Removes what was left behind, and what is too much. */
static void folder_trim(int dir)
{
	CW_ARRAY(struct entry) entries = {0};
	uint64_t sum = 0;
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *found;

	while (stream && (found = readdir(stream))) {
		struct stat status;
		bool is_aside = ends_with(found->d_name, ASIDE);
		if (!(is_aside || ends_with(found->d_name, SUFFIX)) ||
		    fstatat(dir, found->d_name, &status, AT_SYMLINK_NOFOLLOW) !=
			    0)
			continue;
		if (is_aside && status.st_mtime < time(NULL) - OLD_ASIDE)
			unlinkat(dir, found->d_name, 0);
		if (is_aside)
			continue;
		*cw_array_push(&entries) = (struct entry){
			cw_strdup(found->d_name),
			status.st_size,
			status.st_mtim,
		};
		sum += status.st_size;
	}
	if (stream)
		closedir(stream);
	if (entries.num)
		qsort(entries.items, entries.num, sizeof(struct entry),
		      compare_entries);
	cw_array_foreach(entry, &entries)
	{
		if (sum > MAX_FOLDER) {
			unlinkat(dir, entry->name, 0);
			sum -= entry->size;
		}
		free(entry->name);
	}
	cw_array_deinit(&entries);
}

void cw_cache_store(const char *folder, const char *name, const char *key,
		    const void *bytes, size_t size)
{
	struct header header = first;
	cw_cleanup_free char *path = cw_format("%s" SUFFIX, name);
	cw_cleanup_free char *aside =
		cw_format("%s-%ld" ASIDE, name, (long)getpid());

	header.key_size = strlen(key);
	header.size = size;
	header.hash = hash_of(key, header.key_size, bytes, size);
	if (!folder || header.key_size > MAX_KEY ||
	    sizeof(header) + header.key_size + size > MAX_FILE)
		return;
	int dir = folder_make(folder);
	if (dir < 0)
		return;
	unlinkat(dir, aside, 0);
	int fd = openat(dir, aside,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			0600);
	bool is_written = fd >= 0 && all_write(fd, &header, sizeof(header)) &&
			  all_write(fd, key, header.key_size) &&
			  all_write(fd, bytes, size);
	if (fd >= 0)
		is_written = close(fd) == 0 && is_written;
	if (!is_written || renameat(dir, aside, dir, path) != 0)
		unlinkat(dir, aside, 0);
	folder_trim(dir);
	close(dir);
}

struct build {
	uintptr_t address;
	char *text;
};

static char *note_text(const unsigned char *at, size_t size)
{
	while (size >= sizeof(ElfW(Nhdr))) {
		const ElfW(Nhdr) *note = (const void *)at;
		size_t name_size = (note->n_namesz + 3) & ~(size_t)3;
		size_t whole = sizeof(*note) + name_size +
			       ((note->n_descsz + 3) & ~(size_t)3);
		if (whole > size)
			return NULL;
		if (note->n_type == NT_GNU_BUILD_ID && note->n_descsz <= 32) {
			char *text = cw_alloc(2 * note->n_descsz + 1);
			for (size_t i = 0; i < note->n_descsz; i++)
				sprintf(text + 2 * i, "%02x",
					at[sizeof(*note) + name_size + i]);
			return text;
		}
		at += whole;
		size -= whole;
	}
	return NULL;
}

static int object_visit(struct dl_phdr_info *info, size_t size, void *context)
{
	struct build *build = context;
	bool is_here = false;

	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *phdr = &info->dlpi_phdr[i];
		is_here |= phdr->p_type == PT_LOAD &&
			   build->address - info->dlpi_addr - phdr->p_vaddr <
				   phdr->p_memsz;
	}
	for (int i = 0; is_here && !build->text && i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *phdr = &info->dlpi_phdr[i];
		if (phdr->p_type == PT_NOTE)
			build->text = note_text(
				(const void *)(info->dlpi_addr + phdr->p_vaddr),
				phdr->p_memsz);
	}
	return is_here;
}

char *cw_cache_build(void)
{
	struct build build = {.address = (uintptr_t)cw_cache_build};

	dl_iterate_phdr(object_visit, &build);
	return build.text;
}
