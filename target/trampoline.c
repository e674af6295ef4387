#include "target/trampoline.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"

/*
 * Only instructions that change no flags: mov, lea, bswap, movzbl, jrcxz.
 * The first clone is with CLONE_VM | CLONE_FS | CLONE_FILES and no signal at
 * its end, the second the same without CLONE_VM.  The wait is with __WALL.
 */
__asm__(".pushsection .rodata\n"
	".balign 8\n"
	"cw_trampoline_code:\n"
	"	jmp	1f\n"
	"	.ascii	\"cwcopy\"\n"
	"1:	mov	$56, %eax\n" /* clone */
	"	mov	$0x700, %edi\n"
	"cw_trampoline_clone:\n"
	"	mov	$0, %esi\n"
	"	mov	$0, %edx\n"
	"	mov	$0, %r10d\n"
	"	mov	$0, %r8d\n"
	"	syscall\n"
	"cw_trampoline_behind_clone:\n"
	"	mov	%rax, %rcx\n"
	"	jrcxz	2f\n"
	"	mov	%rax, %rdi\n"
	"	bswap	%rcx\n" /* an error has a highest byte */
	"	movzbl	%cl, %ecx\n"
	"	jrcxz	3f\n"
	"	jmp	4f\n"
	"2:	jmp	5f\n"
	"cw_trampoline_wait:\n"
	"3:	mov	$61, %eax\n" /* wait4 */
	"	mov	$0, %esi\n"
	"	mov	$0x40000000, %edx\n"
	"	mov	$0, %r10d\n"
	"	syscall\n"
	"cw_trampoline_behind_wait:\n"
	"	lea	4(%rax), %rcx\n" /* EINTR */
	"	jrcxz	3b\n"
	"4:	mov	$14, %eax\n" /* rt_sigprocmask */
	"	mov	$2, %edi\n"
	"	lea	6f+72(%rip), %rsi\n"
	"	mov	$0, %edx\n"
	"	mov	$8, %r10d\n"
	"	syscall\n"
	"cw_trampoline_behind_mask:\n"
	"	mov	6f+8(%rip), %rax\n"
	"	mov	6f+16(%rip), %rcx\n"
	"	mov	6f+24(%rip), %rdx\n"
	"	mov	6f+32(%rip), %rsi\n"
	"	mov	6f+40(%rip), %rdi\n"
	"	mov	6f+48(%rip), %r8\n"
	"	mov	6f+56(%rip), %r10\n"
	"	mov	6f+64(%rip), %r11\n"
	"	jmp	*6f(%rip)\n"
	"5:	lea	-0x600(%rdi), %rcx\n" /* it is the copy */
	"	jrcxz	7f\n"
	"	mov	$56, %eax\n"
	"	mov	$0x600, %edi\n"
	"	mov	$0, %esi\n"
	"	mov	$0, %edx\n"
	"	mov	$0, %r10d\n"
	"	mov	$0, %r8d\n"
	"	syscall\n"
	"cw_trampoline_behind_copy:\n"
	"7:	mov	$60, %eax\n" /* exit, both */
	"	mov	$0, %edi\n"
	"	syscall\n"
	"cw_trampoline_behind_exit:\n"
	"	hlt\n"
	"	.balign	8\n"
	"6:\n"
	"cw_trampoline_code_end:\n"
	"	.popsection\n");

extern const unsigned char cw_trampoline_code[], cw_trampoline_code_end[];
extern const unsigned char cw_trampoline_clone[], cw_trampoline_wait[];
extern const unsigned char cw_trampoline_behind_clone[],
	cw_trampoline_behind_wait[], cw_trampoline_behind_mask[],
	cw_trampoline_behind_copy[], cw_trampoline_behind_exit[];

/* The calls above, with the registers that are set for them. */
static const struct {
	const unsigned char *behind;
	uint32_t number;
	uint64_t arguments[5];
} calls[CW_NUM_TRAMPOLINE_CALLS] = {
	{cw_trampoline_behind_clone,
	 SYS_clone,
	 {CLONE_VM | CLONE_FS | CLONE_FILES}},
	{cw_trampoline_behind_clone, SYS_clone, {CLONE_FS | CLONE_FILES}},
	{cw_trampoline_behind_wait, SYS_wait4, {0, 0, __WALL}},
	{cw_trampoline_behind_mask, SYS_rt_sigprocmask, {SIG_SETMASK, 0, 0, 8}},
	{cw_trampoline_behind_copy, SYS_clone, {CLONE_FS | CLONE_FILES}},
	{cw_trampoline_behind_exit, SYS_exit, {0}},
};

enum {
	MAX_CODE = 256,
	/* Zeros in front: something may end in zeros of its own. */
	MARGIN = 64,
	PLACE_SIZE = MAX_CODE + sizeof(struct cw_trampoline_end),
	PAGE_SIZE = 4096,
};

static size_t code_size(void)
{
	return cw_trampoline_code_end - cw_trampoline_code;
}

static bool is_zero(const unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i])
			return false;
	return true;
}

bool cw_trampoline_is_place(uint32_t pid, cw_addr place)
{
	unsigned char bytes[MARGIN + PLACE_SIZE];
	struct iovec local = {bytes, sizeof(bytes)};
	struct iovec remote = {(void *)(place - MARGIN), sizeof(bytes)};

	if (process_vm_readv(pid, &local, 1, &remote, 1, 0) !=
		    (ssize_t)sizeof(bytes) ||
	    !is_zero(bytes, MARGIN))
		return false;
	return is_zero(bytes + MARGIN, PLACE_SIZE) ||
	       memcmp(bytes + MARGIN, cw_trampoline_code, 8) == 0;
}

void cw_trampoline_calls(cw_addr place, uint64_t r9,
			 struct cw_filtered_call *ret)
{
	enum { ARGUMENT_0 = offsetof(struct seccomp_data, args) / 4 };

	for (size_t i = 0; i < CW_NUM_TRAMPOLINE_CALLS; i++) {
		struct seccomp_data *data = &ret[i].data;
		ret[i] = (struct cw_filtered_call){
			.data.nr = calls[i].number,
			.data.arch = AUDIT_ARCH_X86_64,
			.data.instruction_pointer =
				place + (calls[i].behind - cw_trampoline_code),
			.data.args[5] = r9,
		};
		memcpy(data->args, calls[i].arguments,
		       sizeof(calls[i].arguments));
		if (data->nr == SYS_rt_sigprocmask)
			data->args[1] =
				place + code_size() +
				offsetof(struct cw_trampoline_end, signal_mask);
		if (data->nr == SYS_wait4)
			ret[i].unknown = 1 << ARGUMENT_0;
	}
}

bool cw_trampoline_is_inside(cw_addr place, cw_addr rip)
{
	return rip >= place && rip <= place + code_size();
}

struct cw_trampoline_entry cw_trampoline_enter(cw_addr place)
{
	return (struct cw_trampoline_entry){.rip = place};
}

struct cw_trampoline_entry cw_trampoline_enter_copy(cw_addr place)
{
	return (struct cw_trampoline_entry){
		.rip = place + (cw_trampoline_clone - cw_trampoline_code),
		.rax = SYS_clone,
		.rdi = CLONE_FS | CLONE_FILES,
	};
}

struct cw_trampoline_entry cw_trampoline_enter_wait(cw_addr place,
						    uint32_t child)
{
	return (struct cw_trampoline_entry){
		.rip = place + (cw_trampoline_wait - cw_trampoline_code),
		.rdi = child,
	};
}

struct cw_error *cw_trampoline_find_place(uint32_t pid, cw_addr *ret)
{
	cw_cleanup_free char *path = cw_format("/proc/%u/maps", pid);
	cw_cleanup_free char *text = NULL;
	cw_addr found = 0;
	size_t size = 0;

	FILE *maps = fopen(path, "re");
	if (!maps)
		return cw_error_errno(CW_ERROR_TARGET, errno,
				      "cannot open '%s'", path);
	while (getline(&text, &size, maps) > 0) {
		unsigned long start, end;
		char flags[5];
		if (sscanf(text, "%lx-%lx %4s", &start, &end, flags) != 3 ||
		    strcmp(flags, "r-xp") != 0 || end - start < PAGE_SIZE ||
		    end >> 47 ||
		    (!strchr(text, '/') && !strstr(text, "[vdso]")))
			continue;
		bool is_vdso = strstr(text, "[vdso]");
		/* The vDSO, or the first that will do. */
		if ((found && !is_vdso) ||
		    !cw_trampoline_is_place(pid, end - PLACE_SIZE))
			continue;
		found = end - PLACE_SIZE;
	}
	fclose(maps);
	if (!found)
		return cw_error_new(CW_ERROR_TARGET, "no room for code");
	*ret = found;
	return NULL;
}

static struct cw_error *poke(uint32_t tid, cw_addr address, uint64_t word)
{
	if (ptrace(PTRACE_POKETEXT, tid, (void *)address, (void *)word) == 0)
		return NULL;
	return cw_error_errno(CW_ERROR_TARGET, errno, "cannot write code");
}

/*
 * All at once: within a page that is not interrupted.  False: kernels may
 * forbid it where code is not writable, but for ptrace().
 */
static bool write_at_once(uint32_t tid, cw_addr place, const uint64_t *words,
			  size_t num)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%u/mem", tid);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t written = pwrite(fd, words, num * 8, place);
	close(fd);
	return written == (ssize_t)(num * 8);
}

struct cw_error *cw_trampoline_write(uint32_t tid, cw_addr place,
				     const struct cw_trampoline_end *end)
{
	uint64_t words[PLACE_SIZE / 8] = {0};
	size_t size = code_size(), num = (size + sizeof(*end)) / 8;

	memcpy(words, cw_trampoline_code, size);
	memcpy((unsigned char *)words + size, end, sizeof(*end));
	if (write_at_once(tid, place, words, num))
		return NULL;
	for (size_t i = 0; i < num; i++) {
		struct cw_error *err = poke(tid, place + 8 * i, words[i]);
		if (err)
			return err;
	}
	return NULL;
}

void cw_trampoline_clear(uint32_t tid, cw_addr place)
{
	const uint64_t zeros[PLACE_SIZE / 8] = {0};

	if (write_at_once(tid, place, zeros, PLACE_SIZE / 8))
		return;
	for (size_t i = PLACE_SIZE / 8; i-- > 0;) {
		cw_cleanup_error struct cw_error *err =
			poke(tid, place + 8 * i, 0);
	}
}
