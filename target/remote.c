#include "target/remote.h"

#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/memory.h"
#include "target/backing.h"
#include "target/elf_file.h"
#include "target/module_find.h"
#include "target/proc_file.h"
#include "target/process.h"
#include "target/target_private.h"

enum {
	RANDOM_SIZE = 16, /* behind AT_RANDOM */
	STACK_SIZE = 512, /* of a thread's stack, compared */
};

static bool is_same_there(const struct cw_remote *remote,
			  const struct cw_far_reader *reader, cw_addr address,
			  size_t size)
{
	unsigned char here[STACK_SIZE], there[STACK_SIZE];
	struct iovec local = {here, size};
	struct iovec process = {(void *)address, size};

	return process_vm_readv(remote->pid, &local, 1, &process, 1, 0) ==
		       (ssize_t)size &&
	       reader->read(reader->context, address, there, size) &&
	       memcmp(here, there, size) == 0;
}

static bool has_thread(const struct cw_remote *remote, uint32_t tid)
{
	return cw_proc_thread_state(remote->pid, tid) == 't';
}

/* Each thread of one is one of the other. */
static bool has_threads(const struct cw_remote *remote)
{
	char path[64];
	size_t num = 0;

	snprintf(path, sizeof(path), "/proc/%u/task", remote->pid);
	DIR *dir = opendir(path);
	if (!dir)
		return false;
	for (struct dirent *entry; (entry = readdir(dir));)
		num += entry->d_name[0] != '.';
	closedir(dir);
	if (num != remote->threads.num)
		return false;
	cw_array_foreach(thread, &remote->threads)
	{
		if (!has_thread(remote, thread->tid))
			return false;
	}
	return true;
}

static bool has_mappings(const struct cw_remote *remote)
{
	cw_cleanup_free char *path = cw_format("/proc/%u/maps", remote->pid);
	cw_cleanup_free char *text = NULL;
	size_t text_size = 0, num = 0;
	FILE *maps = fopen(path, "re");

	if (!maps)
		return false;
	while (getline(&text, &text_size, maps) > 0) {
		unsigned long start, end;
		if (sscanf(text, "%lx-%lx ", &start, &end) != 2 ||
		    num == remote->mappings.num ||
		    remote->mappings.items[num].start != start ||
		    remote->mappings.items[num].end != end)
			break;
		num++;
	}
	bool is_whole = feof(maps);
	fclose(maps);
	return is_whole && num > 0 && num == remote->mappings.num;
}

bool cw_remote_is_here(const struct cw_remote *remote,
		       const struct cw_far_reader *reader)
{
	cw_addr random = 0;

	if (remote->threads.num == 0 ||
	    cw_proc_status_number(remote->pid, "TracerPid:") == 0 ||
	    !has_mappings(remote) || !has_threads(remote))
		return false;
	cw_array_foreach(entry, &remote->auxv)
	{
		if (entry->type == AT_RANDOM)
			random = entry->value;
	}
	/* What is below the stack pointer is mapped as well. */
	cw_addr stack = remote->threads.items[0].regs[CW_REG_RSP];
	return is_same_there(remote, reader, random, RANDOM_SIZE) &&
	       is_same_there(remote, reader, stack & ~(cw_addr)(STACK_SIZE - 1),
			     STACK_SIZE);
}

/*
 * Devices may do anything when they are read, and memory that is shared and no
 * file's is none of this process's alone.
 */
static bool is_readable(const struct cw_remote_mapping *mapping)
{
	return mapping->flags & CW_SEGMENT_READ &&
	       strncmp(mapping->path, "[vvar", 5) != 0 &&
	       strncmp(mapping->path, "/dev/", 5) != 0 &&
	       (!(mapping->flags & CW_SEGMENT_SHARED) ||
		mapping->path[0] == '/');
}

struct cw_error *cw_remote_far_create(const struct cw_remote *remote,
				      struct cw_far_memory **ret)
{
	uint64_t size = 0;

	cw_array_foreach(mapping, &remote->mappings)
	{
		if (is_readable(mapping))
			size += mapping->end - mapping->start;
	}
	if (size == 0)
		return cw_error_new(CW_ERROR_TARGET,
				    "cannot read process %u: what it maps is "
				    "not told",
				    remote->pid);
	return cw_far_memory_create(size, ret);
}

static void mapping_add(struct cw_target *target, struct cw_far_memory *far,
			const struct cw_remote_mapping *mapping,
			struct cw_mappings *mappings)
{
	const unsigned char *bytes = NULL;
	const char *path = NULL;

	if (mapping->path[0] == '/') {
		path = cw_arena_strdup(&target->arena, mapping->path);
		*cw_array_push(&mappings->list) =
			(struct cw_mapping){mapping->start, mapping->end,
					    mapping->file_offset, path};
	}
	if (is_readable(mapping))
		bytes = cw_far_memory_add(far, mapping->start, mapping->end);
	*cw_array_push(&target->segments) = (struct cw_segment){
		.start = mapping->start,
		.end = mapping->end,
		.bytes = bytes,
		.flags = mapping->flags,
		.gap = bytes ? CW_GAP_NONE : CW_GAP_UNREADABLE,
		.path = path,
		.file_offset = path ? mapping->file_offset : 0,
	};
}

/* Whether what is mapped there is what the module's file has: it was never
 * writable, not even while it was relocated. */
static bool is_of_file(const struct cw_module *module,
		       const struct cw_segment *segment)
{
	cw_addr start = segment->start - module->bias;
	cw_addr end = segment->end - module->bias;
	bool is_in_load = false;

	if (segment->flags & (CW_SEGMENT_WRITE | CW_SEGMENT_SHARED))
		return false;
	for (size_t i = 0; i < module->file->num_phdrs; i++) {
		const Elf64_Phdr phdr = module->file->phdrs[i].header;
		if (phdr.p_type != PT_LOAD || phdr.p_vaddr >= end ||
		    phdr.p_vaddr + phdr.p_memsz <= start)
			continue;
		if (phdr.p_flags & PF_W)
			return false;
		is_in_load = true;
	}
	return is_in_load;
}

/* What our files have need not be fetched. */
static void files_use(struct cw_target *target)
{
	cw_array_foreach(segment, &target->segments)
	{
		const struct cw_module *module =
			segment->path ? cw_module_at(target, segment->start)
				      : NULL;
		if (!module || !module->file || !segment->bytes ||
		    !is_of_file(module, segment))
			continue;
		const unsigned char *bytes =
			cw_backing_bytes(module->file, segment);
		if (!bytes)
			continue;
		segment->bytes = bytes;
		segment->flags |= CW_SEGMENT_FROM_FILE;
	}
}

static struct cw_error *far_read(struct cw_target *target,
				 const struct cw_remote *remote,
				 struct cw_far_memory *far)
{
	struct cw_mappings mappings = {0};
	cw_addr end = 0;

	target->kind = CW_TARGET_REMOTE;
	target->far = far;
	cw_array_foreach(mapping, &remote->mappings)
	{
		if (mapping->start < end || mapping->start >= mapping->end ||
		    (mapping->start | mapping->end) & 15)
			continue;
		end = mapping->end;
		mapping_add(target, far, mapping, &mappings);
	}
	cw_mappings_sort(&mappings);
	struct cw_error *err = cw_modules_find(target, &mappings);
	cw_mappings_deinit(&mappings);
	if (!err)
		files_use(target);
	return err;
}

static void threads_copy(struct cw_target *target,
			 const struct cw_remote *remote)
{
	struct cw_arena *arena = &target->arena;

	cw_array_foreach(thread, &remote->threads)
	{
		struct cw_thread *copy = cw_array_push(&target->threads);
		*copy = *thread;
		copy->number = target->threads.num;
		if (thread->name)
			copy->name = cw_arena_strdup(arena, thread->name);
		if (!thread->vector_state)
			continue;
		unsigned char *state =
			cw_arena_alloc(arena, thread->vector_state_size);
		memcpy(state, thread->vector_state, thread->vector_state_size);
		copy->vector_state = state;
	}
}

static void moving_threads_say(struct cw_target *target, unsigned num)
{
	target->num_moving_threads = num;
	if (num > 0)
		*cw_array_push(&target->warnings) = cw_arena_format(
			&target->arena,
			"%u thread%s not stopped: %s registers and %s are not "
			"known",
			num, num == 1 ? " is" : "s are",
			num == 1 ? "its" : "their",
			num == 1 ? "stack" : "stacks");
}

struct cw_error *cw_target_open_remote(const struct cw_remote *remote,
				       struct cw_far_memory *far,
				       const struct cw_target_options *options,
				       struct cw_target **ret)
{
	struct cw_target *target =
		cw_process_target_create(remote->pid, options);

	target->path = cw_arena_strdup(&target->arena, remote->path);
	cw_array_foreach(entry, &remote->auxv) * cw_array_push(&target->auxv) =
		*entry;
	threads_copy(target, remote);
	moving_threads_say(target, remote->num_moving_threads);
	struct cw_error *err = far ? far_read(target, remote, far)
				   : cw_process_read_memory(target);
	if (err) {
		cw_target_close(target);
		return err;
	}
	*ret = target;
	return NULL;
}
