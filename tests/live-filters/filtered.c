/*
 * filtered MODE LOG: a process whose system calls are filtered.  LOG gets
 * "ready", a line for whatever goes wrong, and "moves" as it runs on.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../programs/log.h"

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#endif

/* A filter in the making: the number of the call is loaded. */
struct filter {
	struct sock_filter code[256];
	int num;
};

#define AT(field)   ((uint32_t)offsetof(struct seccomp_data, field))
#define ARGUMENT(i) (AT(args) + 8 * (i))

static uint32_t vdso[2];

static void add(struct filter *filter, uint16_t code, uint32_t k, uint8_t jt,
		uint8_t jf)
{
	filter->code[filter->num++] = (struct sock_filter){code, jt, jf, k};
}

static void load(struct filter *filter, uint32_t at)
{
	add(filter, BPF_LD | BPF_W | BPF_ABS, at, 0, 0);
}

static void answer(struct filter *filter, uint32_t value)
{
	add(filter, BPF_RET | BPF_K, value, 0, 0);
}

/* The rest, up to end(), is for this call. */
static int begin(struct filter *filter, uint32_t number)
{
	load(filter, AT(nr));
	add(filter, BPF_JMP | BPF_JEQ | BPF_K, number, 0, 0);
	return filter->num - 1;
}

static void end(struct filter *filter, int begun)
{
	filter->code[begun].jf = filter->num - begun - 1;
}

static void decide(struct filter *filter, uint32_t number, uint32_t value)
{
	int begun = begin(filter, number);

	answer(filter, value);
	end(filter, begun);
}

/* Kills unless the four bytes at @at are @wanted. */
static void demand(struct filter *filter, uint32_t at, uint32_t wanted)
{
	load(filter, at);
	add(filter, BPF_JMP | BPF_JEQ | BPF_K, wanted, 1, 0);
	answer(filter, SECCOMP_RET_KILL_PROCESS);
}

static int install(const struct filter *filter, unsigned flags)
{
	struct sock_fprog program = {
		filter->num,
		(struct sock_filter *)filter->code,
	};

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	int got =
		syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
	if (got < 0)
		say("absent");
	return got;
}

static void install_decision(uint32_t number, uint32_t value)
{
	struct filter filter = {0};

	decide(&filter, number, value);
	answer(&filter, SECCOMP_RET_ALLOW);
	install(&filter, 0);
}

static void mount(void)
{
	install_decision(SYS_mount, SECCOMP_RET_KILL_PROCESS);
}

static void clone_kills(void)
{
	install_decision(SYS_clone, SECCOMP_RET_KILL_PROCESS);
}

static void wait_kills(void)
{
	install_decision(SYS_wait4, SECCOMP_RET_KILL_THREAD);
}

static void exit_kills(void)
{
	install_decision(SYS_exit, SECCOMP_RET_KILL_PROCESS);
}

static void mask_traps(void)
{
	install_decision(SYS_rt_sigprocmask, SECCOMP_RET_TRAP);
}

static void clone_fails(void)
{
	install_decision(SYS_clone, SECCOMP_RET_ERRNO | EPERM);
}

static void clone_traps(void)
{
	install_decision(SYS_clone, SECCOMP_RET_TRAP);
}

static void clone_traced(void)
{
	install_decision(SYS_clone, SECCOMP_RET_TRACE | 7);
}

static void clone_logged(void)
{
	install_decision(SYS_clone, SECCOMP_RET_LOG);
}

static void restart_fails(void)
{
	install_decision(SYS_restart_syscall, SECCOMP_RET_ERRNO | EPERM);
}

static void restart_kills(void)
{
	install_decision(SYS_restart_syscall, SECCOMP_RET_KILL_PROCESS);
}

/* Nobody ever answers. */
static void clone_notified(void)
{
	struct filter filter = {0};

	decide(&filter, SYS_clone, SECCOMP_RET_USER_NOTIF);
	answer(&filter, SECCOMP_RET_ALLOW);
	install(&filter, SECCOMP_FILTER_FLAG_NEW_LISTENER);
}

static const uint16_t needed[] = {
	SYS_read,
	SYS_write,
	SYS_openat,
	SYS_close,
	SYS_clock_nanosleep,
	SYS_nanosleep,
	SYS_futex,
	SYS_exit_group,
	SYS_rt_sigreturn,
	SYS_brk,
	SYS_mmap,
	SYS_munmap,
	SYS_mprotect,
	SYS_seccomp,
	SYS_prctl,
	SYS_getpid,
	SYS_newfstatat,
	SYS_madvise,
	SYS_set_robust_list,
	SYS_restart_syscall,
};

static void allow_needed(struct filter *filter)
{
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		decide(filter, needed[i], SECCOMP_RET_ALLOW);
}

/* No namespaces: clone with these bits of flags is an error, as clone3 is. */
static void container(void)
{
	struct filter filter = {0};

	demand(&filter, AT(arch), AUDIT_ARCH_X86_64);
	allow_needed(&filter);
	decide(&filter, SYS_rt_sigprocmask, SECCOMP_RET_ALLOW);
	decide(&filter, SYS_wait4, SECCOMP_RET_ALLOW);
	decide(&filter, SYS_exit, SECCOMP_RET_ALLOW);
	decide(&filter, SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS);
	int begun = begin(&filter, SYS_clone);
	load(&filter, ARGUMENT(0));
	add(&filter, BPF_ALU | BPF_AND | BPF_K, 0x7e020000, 0, 0);
	add(&filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1);
	answer(&filter, SECCOMP_RET_ALLOW);
	end(&filter, begun);
	answer(&filter, SECCOMP_RET_ERRNO | EPERM);
	install(&filter, 0);
}

/* Only the very calls that make a copy, beside its own. */
static void exact(void)
{
	static const struct {
		uint16_t number, num;
		uint32_t arguments[5]; /* from the last to the first */
	} rows[] = {
		{SYS_clone, 4, {0, 0, 0, 0}},
		{SYS_wait4, 4, {0, 0, __WALL, 0}},
		{SYS_exit, 5, {0, 0, 0, 0, 0}},
	};
	struct filter filter = {0};

	allow_needed(&filter);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int begun = begin(&filter, rows[i].number);
		for (int k = 0; k < rows[i].num; k++)
			demand(&filter, ARGUMENT(4 - k), rows[i].arguments[k]);
		if (rows[i].number == SYS_clone) {
			load(&filter, ARGUMENT(0));
			add(&filter, BPF_JMP | BPF_JEQ | BPF_K, 0x700, 2, 0);
			add(&filter, BPF_JMP | BPF_JEQ | BPF_K, 0x600, 1, 0);
			answer(&filter, SECCOMP_RET_KILL_PROCESS);
		}
		demand(&filter, AT(instruction_pointer) + 4, vdso[1]);
		answer(&filter, SECCOMP_RET_ALLOW);
		end(&filter, begun);
	}
	decide(&filter, SYS_rt_sigprocmask, SECCOMP_RET_ALLOW);
	answer(&filter, SECCOMP_RET_KILL_PROCESS);
	install(&filter, 0);
}

/* From the vDSO nobody calls clone. */
static void place(void)
{
	struct filter filter = {0};
	int begun = begin(&filter, SYS_clone);

	load(&filter, AT(instruction_pointer) + 4);
	add(&filter, BPF_JMP | BPF_JEQ | BPF_K, vdso[1], 0, 1);
	answer(&filter, SECCOMP_RET_KILL_PROCESS);
	end(&filter, begun);
	answer(&filter, SECCOMP_RET_ALLOW);
	install(&filter, 0);
}

/* No processes, only threads. */
static void threads_only(void)
{
	struct filter filter = {0};
	int begun = begin(&filter, SYS_clone);

	load(&filter, ARGUMENT(0));
	add(&filter, BPF_JMP | BPF_JSET | BPF_K, 0x10000, 1, 0);
	answer(&filter, SECCOMP_RET_ERRNO | EPERM);
	end(&filter, begun);
	answer(&filter, SECCOMP_RET_ALLOW);
	install(&filter, 0);
}

/* Whom a wait is for cannot be known before. */
static void which_child(void)
{
	struct filter filter = {0};
	int begun = begin(&filter, SYS_wait4);

	demand(&filter, ARGUMENT(0), -1);
	end(&filter, begun);
	answer(&filter, SECCOMP_RET_ALLOW);
	install(&filter, 0);
}

static void two(void)
{
	mount();
	clone_logged();
}

static void two_of_which_one(void)
{
	wait_kills();
	mount();
}

static void in_thread(void *(*run)(void *))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, NULL) != 0)
		_exit(3);
	usleep(50000);
}

static void sleep_on(void)
{
	for (;;)
		if (usleep(3000) != 0)
			say("interrupted");
}

static void *sleep_filtered(void *argument)
{
	clone_kills();
	sleep_on();
	return argument;
}

static void *sleep_free(void *argument)
{
	sleep_on();
	return argument;
}

/* It is in user mode, and would be chosen for that. */
static void *spin_filtered(void *argument)
{
	clone_kills();
	for (volatile uint64_t num = 0;;)
		num++;
	return argument;
}

static int pipe_ends[2];

static void *read_strictly(void *argument)
{
	char byte;

	prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
	for (;;)
		if (syscall(SYS_read, pipe_ends[0], &byte, 1) != 1)
			syscall(SYS_exit, 0);
	return argument;
}

static void other_thread(void)
{
	in_thread(sleep_filtered);
}

static void busy_thread(void)
{
	in_thread(spin_filtered);
}

static void main_thread(void)
{
	in_thread(sleep_free);
	clone_kills();
}

static void strict_thread(void)
{
	if (pipe(pipe_ends) == 0)
		in_thread(read_strictly);
}

/* Calls from nowhere else than our own code would be a signal. */
static void dispatch(void)
{
	static char is_off;

	if (prctl(PR_SET_SYSCALL_USER_DISPATCH, 1, 0x1000, 0x1000, &is_off))
		say("absent");
}

#define MODE(name)                                                             \
	{                                                                      \
#name, name                                                    \
	}

static const struct {
	const char *name;
	void (*begin)(void);
} modes[] = {
	MODE(mount),	     MODE(container),
	MODE(exact),	     MODE(clone_logged),
	MODE(two),	     MODE(other_thread),
	MODE(busy_thread),   MODE(main_thread),
	MODE(strict_thread), MODE(clone_kills),
	MODE(clone_fails),   MODE(clone_traps),
	MODE(clone_traced),  MODE(clone_notified),
	MODE(wait_kills),    MODE(exit_kills),
	MODE(mask_traps),    MODE(place),
	MODE(threads_only),  MODE(two_of_which_one),
	MODE(which_child),   MODE(restart_fails),
	MODE(restart_kills), MODE(dispatch),
};

int main(int argc, char **argv)
{
	uint64_t code = getauxval(AT_SYSINFO_EHDR);

	if (argc != 3)
		return 2;
	memcpy(vdso, &code, sizeof(vdso));
	log_path = argv[2];
	say("ready");
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(argv[1], modes[i].name) == 0)
			modes[i].begin();
	say("set up");
	for (long num = 0;; num++) {
		if (usleep(5000) != 0)
			say("interrupted");
		if (pipe_ends[1] && write(pipe_ends[1], "", 1) != 1)
			say("no reader");
		if (num % 8 == 0)
			say("moves");
	}
}
