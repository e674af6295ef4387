#include <sys/syscall.h>

#include "base/memory.h"
#include "hang/call.h"

/* Those that a thread may be in for long. */
static const struct {
	uint16_t number;
	const char *name;
} names[] = {
	{SYS_open, "open"},
	{SYS_openat, "openat"},
	{SYS_openat2, "openat2"},
	{SYS_creat, "creat"},
	{SYS_close, "close"},
	{SYS_stat, "stat"},
	{SYS_lstat, "lstat"},
	{SYS_fstat, "fstat"},
	{SYS_newfstatat, "newfstatat"},
	{SYS_statx, "statx"},
	{SYS_statfs, "statfs"},
	{SYS_access, "access"},
	{SYS_faccessat, "faccessat"},
	{SYS_readlink, "readlink"},
	{SYS_readlinkat, "readlinkat"},
	{SYS_getdents64, "getdents64"},
	{SYS_rename, "rename"},
	{SYS_renameat2, "renameat2"},
	{SYS_mkdir, "mkdir"},
	{SYS_rmdir, "rmdir"},
	{SYS_unlink, "unlink"},
	{SYS_unlinkat, "unlinkat"},
	{SYS_truncate, "truncate"},
	{SYS_ftruncate, "ftruncate"},
	{SYS_fallocate, "fallocate"},
	{SYS_copy_file_range, "copy_file_range"},
	{SYS_mount, "mount"},
	{SYS_umount2, "umount2"},
	{SYS_chdir, "chdir"},
	{SYS_execve, "execve"},
	{SYS_execveat, "execveat"},
	{SYS_ioctl, "ioctl"},
	{SYS_fcntl, "fcntl"},
	{SYS_fsync, "fsync"},
	{SYS_fdatasync, "fdatasync"},
	{SYS_sync, "sync"},
	{SYS_syncfs, "syncfs"},
	{SYS_sync_file_range, "sync_file_range"},
	{SYS_msync, "msync"},
	{SYS_splice, "splice"},
	{SYS_tee, "tee"},
	{SYS_vmsplice, "vmsplice"},
	{SYS_io_getevents, "io_getevents"},
	{SYS_io_uring_enter, "io_uring_enter"},
	{SYS_mmap, "mmap"},
	{SYS_munmap, "munmap"},
	{SYS_mremap, "mremap"},
	{SYS_mprotect, "mprotect"},
	{SYS_madvise, "madvise"},
	{SYS_brk, "brk"},
	{SYS_clone, "clone"},
	{SYS_clone3, "clone3"},
	{SYS_fork, "fork"},
	{SYS_exit, "exit"},
	{SYS_exit_group, "exit_group"},
	{SYS_kill, "kill"},
	{SYS_tgkill, "tgkill"},
	{SYS_ptrace, "ptrace"},
	{SYS_process_vm_readv, "process_vm_readv"},
	{SYS_getrandom, "getrandom"},
	{SYS_membarrier, "membarrier"},
	{SYS_sched_yield, "sched_yield"},
	{SYS_shutdown, "shutdown"},
	{SYS_epoll_ctl, "epoll_ctl"},
	{SYS_futex_waitv, "futex_waitv"},
	{SYS_restart_syscall, "restart_syscall"},
};

const char *cw_system_call_name(uint32_t number)
{
	for (size_t i = 0; i < cw_num_elements(names); i++)
		if (names[i].number == number)
			return names[i].name;
	return NULL;
}
