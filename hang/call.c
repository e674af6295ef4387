#include "hang/call.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>

#include "base/memory.h"

/* Linux's own, of include/linux/errno.h: they never reach a program. */
enum {
	RESTART_FIRST = 512,
	RESTART_LAST = 516,
};

/*
 * What rax holds while a call is interrupted; ENOSYS until it has an outcome.
 * A finished call leaves something else, but for EINTR, which few calls end
 * with at a stop.
 */
static bool is_unfinished(uint64_t rax)
{
	int64_t outcome = rax;

	return (outcome <= -RESTART_FIRST && outcome >= -RESTART_LAST) ||
	       outcome == -ENOSYS || outcome == -EINTR;
}

/* "mov $NUMBER, %eax; syscall": what stands before @pc.  False: not that. */
static bool number_in_code(const struct cw_target *target, cw_addr pc,
			   uint32_t *ret)
{
	unsigned char code[7];

	if (!cw_target_read(target, pc - sizeof(code), code, sizeof(code)) ||
	    code[0] != 0xb8 || code[5] != 0x0f || code[6] != 0x05)
		return false;
	*ret = code[1] | (uint32_t)code[2] << 8 | (uint32_t)code[3] << 16 |
	       (uint32_t)code[4] << 24;
	return true;
}

/*
 * Through a function that takes any number, as syscall() of libc, this is lost.
 * Of the few calls that are gone on with, a futex() is told by the word that it
 * waits at, which still is what it was said to be.
 */
static bool is_futex_wait(const struct cw_target *target,
			  const struct cw_system_call *call)
{
	uint64_t operation =
		call->arguments[1] &
		~(uint64_t)(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
	cw_addr timeout;
	uint32_t word;

	return (operation == FUTEX_WAIT || operation == FUTEX_WAIT_BITSET) &&
	       call->arguments[0] % sizeof(word) == 0 &&
	       cw_target_read(target, call->arguments[0], &word,
			      sizeof(word)) &&
	       word == (uint32_t)call->arguments[2] &&
	       cw_target_read_word(target, call->arguments[3], &timeout);
}

bool cw_system_call_read(const struct cw_target *target,
			 const struct cw_thread *thread,
			 struct cw_system_call *ret)
{
	static const enum cw_register registers[6] = {
		CW_REG_RDI, CW_REG_RSI, CW_REG_RDX,
		CW_REG_R10, CW_REG_R8,	CW_REG_R9,
	};
	struct cw_system_call call = {0};

	if (thread->regs[CW_REG_ORIG_RAX] >= 1024 ||
	    !is_unfinished(thread->regs[CW_REG_RAX]))
		return false;
	call.number = thread->regs[CW_REG_ORIG_RAX];
	for (size_t i = 0; i < cw_num_elements(registers); i++)
		call.arguments[i] = thread->regs[registers[i]];
	if (call.number == SYS_restart_syscall &&
	    !number_in_code(target, thread->regs[CW_REG_RIP], &call.number) &&
	    is_futex_wait(target, &call))
		call.number = SYS_futex;
	*ret = call;
	return true;
}
