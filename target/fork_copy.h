/*
 * Fork copy: a held process copied by a clone that it makes of itself, in the
 * time that takes.
 *
 * The copy is a process that never ran an instruction, belongs to nobody that
 * would be told of it, and ends with the thread of ours that made it.
 *
 * For target/ only.
 */
#ifndef TARGET_FORK_COPY_H
#define TARGET_FORK_COPY_H

#include "target/hold.h"

/* What is found out before the process is held. */
struct cw_fork_plan {
	cw_addr place;	    /* where the code for it can stand */
	uint64_t max_clone; /* ns that it may take */
	bool is_direct;	    /* the copy is the process's own child */
};

/* Fails when the process cannot be copied. */
struct cw_error *cw_fork_copy_prepare(uint32_t pid,
				      struct cw_fork_plan *ret) cw_must_check;
/*
 * Makes the copy; the process is still held afterwards, as before.  Fails when
 * it cannot be made; nothing has then changed.
 */
struct cw_error *cw_fork_copy_make(struct cw_hold *hold,
				   const struct cw_fork_plan *plan,
				   uint32_t *ret_pid) cw_must_check;

/* Afterwards, when the process may run again: the copy stands still, and goes
 * with us if we end. */
struct cw_error *cw_fork_copy_settle(uint32_t pid) cw_must_check;
void cw_fork_copy_end(uint32_t pid);

/*
 * When it has ended, and nothing of it is held any more: the first process of a
 * namespace takes in all that others leave behind, so that its copy is a child
 * of its own, which it is not told of.  It is stopped again, to wait for that.
 * If we are killed before, this child that has ended stays, unseen, until the
 * process ends.
 */
void cw_fork_copy_clean_up(uint32_t pid, const struct cw_fork_plan *plan,
			   uint32_t copy);

#endif
