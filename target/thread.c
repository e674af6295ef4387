#include "target/target.h"

const char *const cw_register_names[CW_NUM_REGS] = {
	[CW_REG_R15] = "r15",	      [CW_REG_R14] = "r14",
	[CW_REG_R13] = "r13",	      [CW_REG_R12] = "r12",
	[CW_REG_RBP] = "rbp",	      [CW_REG_RBX] = "rbx",
	[CW_REG_R11] = "r11",	      [CW_REG_R10] = "r10",
	[CW_REG_R9] = "r9",	      [CW_REG_R8] = "r8",
	[CW_REG_RAX] = "rax",	      [CW_REG_RCX] = "rcx",
	[CW_REG_RDX] = "rdx",	      [CW_REG_RSI] = "rsi",
	[CW_REG_RDI] = "rdi",	      [CW_REG_ORIG_RAX] = "orig_rax",
	[CW_REG_RIP] = "rip",	      [CW_REG_CS] = "cs",
	[CW_REG_EFLAGS] = "eflags",   [CW_REG_RSP] = "rsp",
	[CW_REG_SS] = "ss",	      [CW_REG_FS_BASE] = "fs_base",
	[CW_REG_GS_BASE] = "gs_base", [CW_REG_DS] = "ds",
	[CW_REG_ES] = "es",	      [CW_REG_FS] = "fs",
	[CW_REG_GS] = "gs",
};

const struct cw_thread *cw_thread_find_own(const struct cw_target *target,
					   uint64_t own_tid)
{
	cw_array_foreach(thread, &target->threads)
	{
		if ((thread->own_tid ? thread->own_tid : thread->tid) ==
		    own_tid)
			return thread;
	}
	return NULL;
}
