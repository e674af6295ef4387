#include "hang/detail.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include "base/memory.h"

/* Of which type an argument that is a time is. */
enum time_kind {
	MILLISECONDS, /* negative: for ever */
	TIMESPEC,     /* its address; 0: for ever */
	TIMEVAL,      /* same */
};

static const struct {
	uint16_t number;
	uint8_t argument;
	enum time_kind kind;
} times[] = {
	{SYS_poll, 2, MILLISECONDS},	    {SYS_epoll_wait, 3, MILLISECONDS},
	{SYS_epoll_pwait, 3, MILLISECONDS}, {SYS_select, 4, TIMEVAL},
	{SYS_pselect6, 4, TIMESPEC},	    {SYS_ppoll, 2, TIMESPEC},
	{SYS_epoll_pwait2, 3, TIMESPEC},    {SYS_rt_sigtimedwait, 2, TIMESPEC},
	{SYS_semtimedop, 3, TIMESPEC},	    {SYS_nanosleep, 0, TIMESPEC},
	{SYS_clock_nanosleep, 2, TIMESPEC},
};

/* Which argument is a path. */
static const struct {
	uint16_t number;
	uint8_t argument;
} paths[] = {
	{SYS_open, 0},	   {SYS_openat, 1},	{SYS_openat2, 1},
	{SYS_creat, 0},	   {SYS_stat, 0},	{SYS_lstat, 0},
	{SYS_statx, 1},	   {SYS_newfstatat, 1}, {SYS_statfs, 0},
	{SYS_access, 0},   {SYS_faccessat, 1},	{SYS_readlink, 0},
	{SYS_rename, 0},   {SYS_mkdir, 0},	{SYS_rmdir, 0},
	{SYS_unlink, 0},   {SYS_unlinkat, 1},	{SYS_readlinkat, 1},
	{SYS_truncate, 0}, {SYS_execve, 0},	{SYS_chdir, 0},
	{SYS_umount2, 0},  {SYS_mount, 1},
};

#define NS_OF_SECOND INT64_C(1000000000)
/* More is for ever. */
#define MOST_SECONDS INT64_C(4000000000)

static bool read_time(const struct cw_target *target, cw_addr address,
		      int64_t unit, uint64_t *ret)
{
	int64_t parts[2];

	if (!cw_target_read(target, address, parts, sizeof(parts)) ||
	    parts[0] < 0 || parts[0] > MOST_SECONDS || parts[1] < 0 ||
	    parts[1] >= NS_OF_SECOND / unit)
		return false;
	*ret = parts[0] * NS_OF_SECOND + parts[1] * unit;
	return true;
}

/* Of a sleep until some time: what is left now, if it is a process. */
static bool read_time_left(const struct cw_target *target,
			   const struct cw_system_call *call, uint64_t *ret)
{
	struct timespec now;
	uint64_t until;

	if (target->kind != CW_TARGET_PROCESS ||
	    !read_time(target, call->arguments[2], 1, &until) ||
	    clock_gettime((int32_t)call->arguments[0], &now) < 0)
		return false;
	uint64_t now_ns = now.tv_sec * NS_OF_SECOND + now.tv_nsec;
	*ret = until > now_ns ? until - now_ns : 0;
	return true;
}

bool cw_wait_timeout(const struct cw_target *target, const struct cw_wait *wait,
		     uint64_t *ret)
{
	const struct cw_system_call *call = &wait->call;

	if (!wait->is_in_call)
		return false;
	if (call->number == SYS_clock_nanosleep &&
	    call->arguments[1] & TIMER_ABSTIME)
		return read_time_left(target, call, ret);
	for (size_t i = 0; i < cw_num_elements(times); i++) {
		if (times[i].number != call->number)
			continue;
		uint64_t argument = call->arguments[times[i].argument];
		if (times[i].kind != MILLISECONDS)
			return read_time(target, argument,
					 times[i].kind == TIMEVAL ? 1000 : 1,
					 ret);
		if ((int32_t)argument < 0)
			return false;
		*ret = (argument & INT32_MAX) * UINT64_C(1000000);
		return true;
	}
	return false;
}

/* As much of a string as can be read, and as a person may want to see. */
static void add_string(const struct cw_target *target, cw_addr address,
		       struct cw_text *text)
{
	enum { MOST_CHARS = 256 };

	for (size_t i = 0; i < MOST_CHARS; i++) {
		char c[2] = {0};
		if (!cw_target_read(target, address + i, c, 1) || !*c)
			return;
		if (*c < ' ' || *c == 0x7f)
			*c = '?';
		cw_text_add(text, c);
	}
	cw_text_add(text, "…");
}

/*
 * Whether the process opens a pipe that has a name: until another opens its
 * other end.
 */
static bool is_pipe_at(const struct cw_target *target, const char *path)
{
	struct stat status;

	if (target->kind != CW_TARGET_PROCESS)
		return false;
	cw_cleanup_free char *seen =
		cw_format("/proc/%" PRIu32 "/%s/%s", target->entrance,
			  path[0] == '/' ? "root" : "cwd", path);
	return stat(seen, &status) == 0 && S_ISFIFO(status.st_mode);
}

static void add_opened(const struct cw_target *target,
		       const struct cw_wait *wait, const char *path,
		       struct cw_text *text)
{
	uint64_t flags = 0;

	if (wait->call.number == SYS_open)
		flags = wait->call.arguments[1];
	else if (wait->call.number == SYS_openat)
		flags = wait->call.arguments[2];
	else
		return;
	if (is_pipe_at(target, path))
		cw_text_addf(text, ", a pipe that nobody has open for %s",
			     (flags & O_ACCMODE) == O_RDONLY ? "writing"
							     : "reading");
}

static void add_call(const struct cw_target *target, const struct cw_wait *wait,
		     struct cw_text *text)
{
	const char *name = cw_system_call_name(wait->call.number);

	if (name)
		cw_text_add(text, name);
	else
		cw_text_addf(text, "system call %" PRIu32, wait->call.number);
	for (size_t i = 0; i < cw_num_elements(paths); i++) {
		if (paths[i].number != wait->call.number)
			continue;
		cw_cleanup_text struct cw_text path = {0};
		add_string(target, wait->call.arguments[paths[i].argument],
			   &path);
		if (!path.length)
			continue;
		cw_text_addf(text, " %s", path.chars);
		add_opened(target, wait, path.chars, text);
	}
}

static void add_signals(const struct cw_target *target,
			const struct cw_wait *wait, struct cw_text *text)
{
	enum { FEW = 8, MANY = 32 };
	uint64_t set;
	unsigned num = 0;

	if (wait->call.number != SYS_rt_sigtimedwait ||
	    !cw_target_read_word(target, wait->call.arguments[0], &set))
		return;
	if (__builtin_popcountll(set) > MANY) {
		cw_text_add(text, "almost any");
		return;
	}
	for (unsigned signal = 1; signal <= 64; signal++) {
		if (!(set >> (signal - 1) & 1))
			continue;
		if (num++ == FEW) {
			cw_text_add(text, ", …");
			return;
		}
		const char *name = sigabbrev_np(signal);
		cw_text_add(text, num > 1 ? ", " : "");
		if (name)
			cw_text_addf(text, "SIG%s", name);
		else
			cw_text_addf(text, "signal %u", signal);
	}
}

/* To whom it connects, or a datagram is to be sent. */
static void add_address(const struct cw_target *target,
			const struct cw_wait *wait, struct cw_text *text)
{
	uint64_t size = wait->call.arguments[2];
	char shown[INET6_ADDRSTRLEN];
	union {
		struct sockaddr any;
		struct sockaddr_in inet;
		struct sockaddr_in6 inet6;
		struct sockaddr_un local;
	} to = {.any = {0}};

	if (size < sizeof(to.any.sa_family) || size > sizeof(to) ||
	    !cw_target_read(target, wait->call.arguments[1], &to, size))
		return;
	if (to.any.sa_family == AF_INET &&
	    inet_ntop(AF_INET, &to.inet.sin_addr, shown, sizeof(shown)))
		cw_text_addf(text, "to %s:%u", shown, ntohs(to.inet.sin_port));
	if (to.any.sa_family == AF_INET6 &&
	    inet_ntop(AF_INET6, &to.inet6.sin6_addr, shown, sizeof(shown)))
		cw_text_addf(text, "to [%s]:%u", shown,
			     ntohs(to.inet6.sin6_port));
	if (to.any.sa_family != AF_UNIX)
		return;
	/* An abstract name begins with 0. */
	bool is_abstract = !to.local.sun_path[0];
	cw_text_addf(text, "to %s%.*s", is_abstract ? "@" : "",
		     (int)sizeof(to.local.sun_path) - is_abstract,
		     to.local.sun_path + is_abstract);
}

static void add_message(const struct cw_target *target,
			const struct cw_wait *wait, struct cw_text *text)
{
	struct {
		uint16_t number;
		int16_t change, flags;
	} operation;
	int32_t id = wait->call.arguments[0];

	switch (wait->call.number) {
	case SYS_msgrcv:
	case SYS_msgsnd:
		cw_text_addf(text, "%s queue %" PRId32,
			     wait->call.number == SYS_msgrcv ? "from" : "to",
			     id);
		return;
	case SYS_semop:
	case SYS_semtimedop:
		if (cw_target_read(target, wait->call.arguments[1], &operation,
				   sizeof(operation)))
			cw_text_addf(text, "semaphore %u of ",
				     operation.number);
		cw_text_addf(text, "set %" PRId32, id);
	}
}

void cw_wait_describe(const struct cw_target *target,
		      const struct cw_wait *wait, struct cw_text *text)
{
	if (!wait->is_in_call)
		return;
	switch (wait->object.kind) {
	case CW_WAIT_CALL:
		add_call(target, wait, text);
		break;
	case CW_WAIT_SIGNAL:
		add_signals(target, wait, text);
		break;
	case CW_WAIT_CONNECT:
		add_address(target, wait, text);
		break;
	case CW_WAIT_MESSAGE:
	case CW_WAIT_SEMAPHORE_SET:
		add_message(target, wait, text);
		break;
	default:
		break;
	}
}

bool cw_wait_child(const struct cw_wait *wait, int32_t *ret)
{
	int32_t id = wait->call.arguments[0];

	if (!wait->is_in_call || wait->object.kind != CW_WAIT_CHILD)
		return false;
	if (wait->call.number != SYS_wait4 && wait->call.number != SYS_waitid) {
		*ret = 0;
		return true;
	}
	/* 0: of its own group. */
	if (wait->call.number == SYS_wait4) {
		*ret = id == -1 ? 0 : id;
		return id != 0;
	}
	id = wait->call.arguments[1];
	switch (wait->call.arguments[0]) {
	case P_ALL:
		*ret = 0;
		return true;
	case P_PID:
		*ret = id;
		return true;
	case P_PGID:
		*ret = -id;
		return id != 0;
	default:
		return false;
	}
}
