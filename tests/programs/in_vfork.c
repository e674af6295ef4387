/*
 * Its only thread cannot be stopped: it waits for a child of vfork(), which
 * says so and sleeps.
 *
 *	in_vfork REPORT
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const struct timespec minute = {.tv_sec = 60};

	if (argc != 2)
		return 2;
	if (vfork() == 0) {
		int report = open(argv[1], O_WRONLY | O_CREAT, 0600);
		prctl(PR_SET_NAME, "vforked");
		if (write(report, "ready\n", 6) == 6)
			syscall(SYS_nanosleep, &minute, NULL);
		_exit(0);
	}
	return 0;
}
