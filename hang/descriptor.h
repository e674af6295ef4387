/*
 * Descriptor: which file descriptors a thread waits at, and what they are.
 *
 * The numbers come from the thread's registers and memory, as in a core; what
 * is behind them only a running process tells, in /proc.
 *
 * Not here: who is at the other end (hang/neighbour.h).
 */
#ifndef HANG_DESCRIPTOR_H
#define HANG_DESCRIPTOR_H

#include "base/text.h"
#include "hang/socket.h"
#include "hang/waits.h"

enum { CW_MAX_DESCRIPTORS = 64 };

/*
 * Those that any of which may end the wait, at most CW_MAX_DESCRIPTORS into
 * @ret; returns how many there are.  Of epoll: those that it watches.
 */
size_t cw_descriptors_of(const struct cw_target *target,
			 const struct cw_wait *wait, int32_t *ret);

/*
 * Adds "pipe:[4711]", "tcp 127.0.0.1:80 <- 127.0.0.1:3344", "/var/log/x",
 * "[eventfd]"; nothing where it cannot be told.
 */
void cw_descriptor_describe(const struct cw_target *target,
			    const struct cw_sockets *sockets, int32_t fd,
			    struct cw_text *text);

/* Also one that has a name. */
bool cw_descriptor_is_pipe(const struct cw_target *target, int32_t fd);

#endif
