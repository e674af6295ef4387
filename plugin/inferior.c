#include "plugin/inferior.h"

#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/memory.h"
#include "target/proc_file.h"

#define FILE_SIZE 4096 /* enough for the files of /proc read here */

/* By DWARF number, as in struct cw_plugin_frame. */
static const enum cw_register dwarf_registers[CW_PLUGIN_NUM_REGISTERS] = {
	CW_REG_RAX, CW_REG_RDX, CW_REG_RCX, CW_REG_RBX, CW_REG_RSI, CW_REG_RDI,
	CW_REG_RBP, CW_REG_RSP, CW_REG_R8,  CW_REG_R9,	CW_REG_R10, CW_REG_R11,
	CW_REG_R12, CW_REG_R13, CW_REG_R14, CW_REG_R15, CW_REG_RIP,
};

/* Calls @visit for each entry of the folder whose name is a number. */
static void for_each_number(const char *folder,
			    void (*visit)(void *context, uint32_t number),
			    void *context)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		char *end;
		unsigned long number = strtoul(entry->d_name, &end, 10);
		if (end != entry->d_name && *end == '\0' &&
		    number <= UINT32_MAX)
			visit(context, number);
	}
	closedir(dir);
}

struct switches {
	uint32_t pid;
	uint64_t sum;
};

static void add_switches(void *context, uint32_t tid)
{
	struct switches *switches = context;
	char path[64], text[FILE_SIZE];

	snprintf(path, sizeof(path), "/proc/%u/task/%u/status", switches->pid,
		 tid);
	if (!cw_proc_file_read(path, text, sizeof(text)))
		return;
	switches->sum +=
		cw_proc_number_of_line(text, "voluntary_ctxt_switches:") +
		cw_proc_number_of_line(text, "nonvoluntary_ctxt_switches:");
}

static void stamp_process(struct cw_inferior *process)
{
	struct switches switches = {.pid = process->pid};
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/task", process->pid);
	for_each_number(path, add_switches, &switches);
	process->num_switches = switches.sum;

	struct cw_proc_stat stat;
	if (cw_proc_stat_read(process->pid, 0, &stat))
		process->started_at = stat.started_at;
}

/* Whether the file open as @fd is a core of ELF. */
static bool is_core(int fd)
{
	Elf64_Ehdr header;

	return pread(fd, &header, sizeof(header), 0) == sizeof(header) &&
	       memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
	       header.e_type == ET_CORE;
}

static struct cw_inferior core_of(const char *path, const struct stat *stat)
{
	return (struct cw_inferior){
		.is_core = true,
		.path = cw_strdup(path),
		.device = stat->st_dev,
		.inode = stat->st_ino,
		.size = stat->st_size,
		.changed_at = stat->st_mtim.tv_sec * UINT64_C(1000000000) +
			      stat->st_mtim.tv_nsec,
	};
}

static struct cw_inferior *add(struct cw_inferiors *inferiors,
			       struct cw_inferior inferior)
{
	for (size_t i = 0; i < inferiors->items.num; i++) {
		struct cw_inferior *old = &inferiors->items.items[i];
		if (cw_inferior_is_same(old, &inferior)) {
			cw_inferior_deinit(&inferior);
			return old;
		}
	}
	struct cw_inferior *place = cw_array_push(&inferiors->items);
	*place = inferior;
	return place;
}

struct cw_inferior cw_inferior_of_process(uint32_t pid)
{
	struct cw_inferior process = {.pid = pid};

	stamp_process(&process);
	return process;
}

static void add_if_traced(void *context, uint32_t pid)
{
	if (cw_proc_status_number(pid, "TracerPid:") == (uint64_t)getpid())
		add(context, cw_inferior_of_process(pid));
}

static void add_if_core(void *context, uint32_t fd)
{
	char link[64], path[PATH_MAX];
	struct stat stat, named;

	if (fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode) || !is_core(fd))
		return;
	snprintf(link, sizeof(link), "/proc/self/fd/%u", fd);
	ssize_t length = readlink(link, path, sizeof(path) - 1);
	if (length < 0)
		return;
	path[length] = '\0';
	/* Deleted, or replaced by another one since GDB opened it. */
	if (lstat(path, &named) != 0 || named.st_ino != stat.st_ino ||
	    named.st_dev != stat.st_dev)
		strcpy(path, link);
	add(context, core_of(path, &stat));
}

struct cw_inferiors *cw_inferiors_create(void)
{
	struct cw_inferiors *inferiors = cw_alloc(sizeof(*inferiors));

	for_each_number("/proc/self/fd", add_if_core, inferiors);
	for_each_number("/proc", add_if_traced, inferiors);
	return inferiors;
}

void cw_inferiors_destroy(struct cw_inferiors *inferiors)
{
	if (!inferiors)
		return;
	cw_array_foreach(inferior, &inferiors->items)
		cw_inferior_deinit(inferior);
	cw_array_deinit(&inferiors->items);
	free(inferiors);
}

const struct cw_inferior *cw_inferiors_add_core(struct cw_inferiors *inferiors,
						const char *path)
{
	struct stat stat_of_core;

	if (stat(path, &stat_of_core) != 0)
		return NULL;
	return add(inferiors, core_of(path, &stat_of_core));
}

bool cw_inferior_is_unchanged(const struct cw_inferior *inferior)
{
	struct cw_inferior now = {0};
	struct stat stat_of_core;

	if (!inferior->is_core)
		now = cw_inferior_of_process(inferior->pid);
	else if (stat(inferior->path, &stat_of_core) == 0)
		now = core_of(inferior->path, &stat_of_core);
	bool is_same = cw_inferior_is_same(&now, inferior);
	cw_inferior_deinit(&now);
	return is_same;
}

struct cw_inferior cw_inferior_copy(const struct cw_inferior *inferior)
{
	struct cw_inferior copy = *inferior;

	if (copy.path)
		copy.path = cw_strdup(copy.path);
	return copy;
}

void cw_inferior_deinit(struct cw_inferior *inferior)
{
	free(inferior->path);
	*inferior = (struct cw_inferior){0};
}

bool cw_inferior_is_same(const struct cw_inferior *a,
			 const struct cw_inferior *b)
{
	return a->is_core == b->is_core && a->pid == b->pid &&
	       a->device == b->device && a->inode == b->inode &&
	       a->size == b->size && a->changed_at == b->changed_at &&
	       a->started_at == b->started_at &&
	       a->num_switches == b->num_switches;
}

bool cw_inferior_shows_frame(const struct cw_target *target,
			     const struct cw_plugin_frame *frame)
{
	cw_array_foreach(thread, &target->threads)
	{
		int i = 0;
		while (i < CW_PLUGIN_NUM_REGISTERS &&
		       thread->regs[dwarf_registers[i]] == frame->registers[i])
			i++;
		if (i == CW_PLUGIN_NUM_REGISTERS)
			return true;
	}
	return false;
}
