/*
 * Interrupt: Ctrl-C during a command stops the command, not GDB.
 *
 * While a command runs SIGINT is ours; afterwards GDB's handler is back.  One
 * command at a time.
 */
#ifndef PLUGIN_INTERRUPT_H
#define PLUGIN_INTERRUPT_H

#include <signal.h>

struct cw_interrupt {
	struct sigaction old;
	volatile sig_atomic_t *old_flag;
};

/* From now on SIGINT sets @flag, until cw_interrupt_end(). */
void cw_interrupt_begin(struct cw_interrupt *interrupt,
			volatile sig_atomic_t *flag);
void cw_interrupt_end(struct cw_interrupt *interrupt);

/* Cleanup attribute: GDB's errors fly through our frames. */
#define cw_cleanup_interrupt __attribute__((cleanup(cw_interrupt_end)))

#endif
