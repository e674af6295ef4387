#include "target/fork_check.h"

#include <dirent.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "target/free_memory.h"
#include "target/proc_file.h"

static bool has_userfaultfd(uint32_t pid)
{
	char path[64], link[64];
	bool has_one = false;

	snprintf(path, sizeof(path), "/proc/%u/fd", pid);
	DIR *dir = opendir(path);
	/* What cannot be looked at may be there. */
	if (!dir)
		return true;
	for (struct dirent *entry; !has_one && (entry = readdir(dir));) {
		ssize_t length =
			readlinkat(dirfd(dir), entry->d_name, link, 63);
		link[length < 0 ? 0 : length] = '\0';
		has_one = strcmp(link, "anon_inode:[userfaultfd]") == 0;
	}
	closedir(dir);
	return has_one;
}

/* Bytes that the copy may need: page tables, mappings, what is written. */
static uint64_t needed_room(uint32_t pid)
{
	uint64_t tables = cw_proc_status_number(pid, "VmPTE:") * 1024;
	uint64_t own = cw_proc_status_number(pid, "RssAnon:") * 1024;

	return tables + tables / 3 + own / 4 + (UINT64_C(32) << 20);
}

/* Whether filters of system calls that it has cannot be read by us. */
static bool is_filtered_unseen(uint32_t pid)
{
	return cw_proc_status_number(pid, "Seccomp:") == SECCOMP_MODE_FILTER &&
	       (geteuid() != 0 ||
		cw_proc_status_number(getpid(), "Seccomp:") != 0);
}

const char *cw_fork_obstacle(uint32_t pid)
{
	uint64_t needed = needed_room(pid);
	uint64_t ours = cw_process_memory_size(pid);

	if (is_filtered_unseen(pid))
		return "its filter of system calls can be read only by root "
		       "who has none";
	if (has_userfaultfd(pid))
		return "it may have a userfaultfd";
	/* We have made our room when it makes its clone. */
	if (cw_free_memory_of_groups(pid, ours) < needed)
		return "its memory limit leaves no room";
	if (cw_free_memory_of_system() < needed + ours)
		return "there is too little free memory";
	return NULL;
}

bool cw_fork_is_needless(uint32_t pid)
{
	return cw_proc_status_number(pid, "RssAnon:") < 20 * 1024;
}

/* Measured: 3.3 us for each kB of page tables, 10 us for each thread. */
uint64_t cw_fork_expected_pause(uint32_t pid)
{
	return 100000 + cw_proc_status_number(pid, "VmPTE:") * 3300 +
	       cw_proc_status_number(pid, "Threads:") * 10000;
}
