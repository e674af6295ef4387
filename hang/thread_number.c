#include "hang/thread_number.h"

#include "hang/layout.h"

size_t cw_thread_numbers(const struct cw_target *target,
			 const struct cw_thread *thread,
			 uint32_t ret[CW_MAX_THREAD_NUMBERS])
{
	cw_addr block = thread->regs[CW_REG_FS_BASE];
	uint32_t kept = 0;

	ret[0] = thread->own_tid ? thread->own_tid : thread->tid;
	if (thread->own_tid ||
	    !cw_target_read(target, block + CW_BLOCK_TID, &kept,
			    sizeof(kept)) ||
	    kept == 0 || kept == thread->tid)
		return 1;
	ret[0] = kept;
	ret[1] = thread->tid;
	return 2;
}

bool cw_thread_is_called(const struct cw_target *target,
			 const struct cw_thread *thread, uint32_t number)
{
	uint32_t numbers[CW_MAX_THREAD_NUMBERS];
	size_t num = cw_thread_numbers(target, thread, numbers);

	return number != 0 &&
	       (number == numbers[0] || (num > 1 && number == numbers[1]));
}
