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

/* A number of /proc/PID/status; 0: not there.  @name is "VmPTE:". */
uint64_t cw_proc_status_number(uint32_t pid, const char *name);

/* "R", "S", "D", "Z" … of a thread; 0: it is not there any more. */
char cw_proc_thread_state(uint32_t pid, uint32_t tid);

/*
 * Of a process or thread, in its own namespace of them: the same as here, but
 * in a container.  0: not told.
 */
uint32_t cw_proc_own_number(uint32_t pid);

#endif
