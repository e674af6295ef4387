/*
 * Free memory: how much more a process may take before it is ended for that.
 *
 * For target/ only.
 */
#ifndef TARGET_FREE_MEMORY_H
#define TARGET_FREE_MEMORY_H

#include <stdint.h>

/* Bytes that the system has; 0: not known. */
uint64_t cw_free_memory_of_system(void);

/*
 * Bytes up to the limits of the groups that process @pid is in, when we have
 * taken @ours more, which counts where we are in the same; UINT64_MAX: there
 * are no limits.
 */
uint64_t cw_free_memory_of_groups(uint32_t pid, uint64_t ours);

/* The less of both, as it is. */
uint64_t cw_free_memory(uint32_t pid);

/* Bytes that a copy of its memory takes. */
uint64_t cw_process_memory_size(uint32_t pid);

#endif
