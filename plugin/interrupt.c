#include "plugin/interrupt.h"

#include <stddef.h>

/* A signal handler has no other way to find it. */
static volatile sig_atomic_t *volatile flag_to_set;

static void set_flag(int signal)
{
	if (flag_to_set)
		*flag_to_set = 1;
}

void cw_interrupt_begin(struct cw_interrupt *interrupt,
			volatile sig_atomic_t *flag)
{
	struct sigaction action = {
		.sa_handler = set_flag,
		.sa_flags = SA_RESTART,
	};

	interrupt->old_flag = flag_to_set;
	flag_to_set = flag;
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, &interrupt->old);
}

void cw_interrupt_end(struct cw_interrupt *interrupt)
{
	sigaction(SIGINT, &interrupt->old, NULL);
	flag_to_set = interrupt->old_flag;
}
