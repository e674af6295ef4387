/*
 * Outside: where the owner of a lock is that is no thread of the target.
 *
 * A lock in shared memory may belong to another process, which may yet release
 * it.  One in memory of the target's own may have been copied by fork() while
 * another thread held it, which the copy does not have: nobody will release
 * that, nor one whose owner has ended.
 *
 * Of a running process /proc tells which it is; of a core only what kind of
 * memory it is.
 */
#ifndef HANG_OUTSIDE_H
#define HANG_OUTSIDE_H

#include "target/target.h"

enum cw_outside_kind {
	CW_OUTSIDE_NONE, /* no owner is named, or it is a thread here */
	CW_OUTSIDE_ENDED,
	CW_OUTSIDE_LEFT, /* by fork(), in the process that this is a copy of */
	CW_OUTSIDE_PROCESS, /* another one, which shares the lock */
};

struct cw_outside {
	enum cw_outside_kind kind;
	uint32_t pid;  /* of the process that it is in, or 0: not known */
	char name[16]; /* of that one's first thread, or "" */
};

/*
 * @tid is the owner's.  @is_shared: the lock says that it is shared.
 * @is_renumbered: the target numbers threads in another way than /proc here.
 */
void cw_outside_find(const struct cw_target *target, cw_addr lock, uint32_t tid,
		     bool is_shared, bool is_renumbered,
		     struct cw_outside *ret);

#endif
