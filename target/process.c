#include "target/process.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "target/breakpoint.h"
#include "target/module_find.h"
#include "target/proc_file.h"
#include "target/process_memory.h"
#include "target/process_thread.h"
#include "target/target_private.h"

struct tids {
	CW_ARRAY(uint32_t) list;
};

static int tid_compare(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

/* The main one first: its number is not the lowest if numbers wrapped. */
static struct cw_error *tids_read(uint32_t pid, struct tids *tids)
{
	cw_cleanup_free char *path = cw_format("/proc/%u/task", pid);
	DIR *dir = opendir(path);

	if (!dir)
		return cw_error_errno(CW_ERROR_TARGET, errno,
				      "cannot open process %u", pid);
	for (struct dirent *entry; (entry = readdir(dir));) {
		uint32_t tid = strtoul(entry->d_name, NULL, 10);
		if (tid != 0 && tid != pid)
			*cw_array_push(&tids->list) = tid;
	}
	closedir(dir);
	*cw_array_push(&tids->list) = pid;
	size_t last = tids->list.num - 1;
	tids->list.items[last] = tids->list.items[0];
	tids->list.items[0] = pid;
	qsort(tids->list.items + 1, last, sizeof(uint32_t), tid_compare);
	return NULL;
}

void cw_process_auxv_read(struct cw_target *target, uint32_t pid)
{
	char path[32];
	struct cw_auxv entries[64];

	snprintf(path, sizeof(path), "/proc/%u/auxv", pid);
	FILE *file = fopen(path, "re");
	if (!file)
		return;
	size_t num = fread(entries, sizeof(entries[0]),
			   cw_num_elements(entries), file);
	fclose(file);
	for (size_t i = 0; i < num && entries[i].type != AT_NULL; i++)
		*cw_array_push(&target->auxv) = entries[i];
}

static bool is_same_link(const char *left, const char *right)
{
	char a[64], b[64];
	ssize_t size = readlink(left, a, sizeof(a));

	return size >= 0 && readlink(right, b, sizeof(b)) == size &&
	       memcmp(a, b, size) == 0;
}

static bool is_same_folder(const char *left, const char *right)
{
	struct stat a, b;

	return stat(left, &a) == 0 && stat(right, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* A process that sees other files than we do: they are below its root. */
static void root_set(struct cw_target *target)
{
	cw_cleanup_free char *space =
		cw_format("/proc/%u/ns/mnt", target->entrance);
	cw_cleanup_free char *root =
		cw_format("/proc/%u/root", target->entrance);

	if (target->root || access(root, F_OK) != 0 ||
	    (is_same_link("/proc/self/ns/mnt", space) &&
	     is_same_folder("/", root)))
		return;
	target->root = cw_arena_strdup(&target->arena, root);
	char above[4096];
	ssize_t size = readlink(root, above, sizeof(above));
	if (size > 1)
		target->above_root = cw_arena_format(&target->arena, "%.*s",
						     (int)size, above);
}

struct cw_error *cw_process_describe(struct cw_target *target,
				     struct cw_process_memory *memory)
{
	struct cw_mappings mappings = {0};
	struct cw_error *err = NULL;

	cw_process_memory_enter(memory, &mappings);
	cw_process_thread_names_read(target);
	root_set(target);
	if (target->segments.num == 0)
		err = cw_error_new(CW_ERROR_TARGET, "process %u has no memory",
				   target->pid);
	cw_mappings_sort(&mappings);
	if (!err)
		err = cw_modules_find(target, &mappings);
	if (!err)
		cw_breakpoints_undo(target, memory);
	cw_mappings_deinit(&mappings);
	return err;
}

struct cw_error *cw_process_read_memory(struct cw_target *target)
{
	struct cw_process_memory memory;

	cw_process_memory_init(&memory, target);
	struct cw_error *err = cw_process_memory_prepare(&memory);
	if (!err)
		err = cw_process_memory_copy(&memory, target->entrance);
	if (!err)
		err = cw_process_describe(target, &memory);
	cw_process_memory_deinit(&memory);
	return err;
}

struct cw_target *
cw_process_target_create(uint32_t pid, const struct cw_target_options *options)
{
	char path[32];

	snprintf(path, sizeof(path), "pid %u", pid);
	struct cw_target *target =
		cw_target_create(CW_TARGET_PROCESS, path, options);
	target->pid = pid;
	target->entrance = cw_proc_entrance(pid);
	return target;
}

static struct cw_error *process_read(struct cw_target *target)
{
	struct tids tids = {0};

	struct cw_error *err = tids_read(target->pid, &tids);
	if (!err) {
		struct cw_thread_room room =
			cw_thread_room_make(target, tids.list.num);
		err = cw_process_threads_read(target, tids.list.num,
					      tids.list.items, &room);
	}
	cw_array_deinit(&tids.list);
	if (err)
		return err;
	cw_process_auxv_read(target, target->entrance);
	return cw_process_read_memory(target);
}

struct cw_error *cw_target_open_stopped(uint32_t pid,
					const struct cw_target_options *options,
					struct cw_target **ret)
{
	struct cw_target *target = cw_process_target_create(pid, options);

	struct cw_error *err = process_read(target);
	if (err) {
		cw_target_close(target);
		return err;
	}
	*ret = target;
	return NULL;
}
