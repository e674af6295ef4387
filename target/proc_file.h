/*
 * Proc file: small files of /proc.
 */
#ifndef TARGET_PROC_FILE_H
#define TARGET_PROC_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The beginning of a file as a string, cut to @size; false: cannot be read. */
bool cw_proc_file_read(const char *path, char *text, size_t size);

/* The number behind @name at the beginning of a line; 0: not there. */
uint64_t cw_proc_number_of_line(const char *text, const char *name);

/* A number of /proc/PID/status; 0: not there.  @name is "VmPTE:". */
uint64_t cw_proc_status_number(uint32_t pid, const char *name);

/* What /proc/PID/stat tells, as in proc(5). */
struct cw_proc_stat {
	char name[64];
	char state; /* R, S, D (no signal wakes it), T, t (a debugger), Z … */
	uint32_t parent, group;
	uint64_t started_at; /* clock ticks since the machine began */
};

/* Of a process, or with @tid of its thread; false: it is not there any more. */
bool cw_proc_stat_read(uint32_t pid, uint32_t tid, struct cw_proc_stat *ret);

/* Its state; 0: it is not there any more. */
char cw_proc_thread_state(uint32_t pid, uint32_t tid);

/*
 * The number by which /proc shows memory and files of a process: its own, or
 * where its main thread has ended that of another thread.
 */
uint32_t cw_proc_entrance(uint32_t pid);

/*
 * Of a process or thread, in its own namespace of them: the same as here, but
 * in a container.  0: not told.
 */
uint32_t cw_proc_own_number(uint32_t pid);

#endif
