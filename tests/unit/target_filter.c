/* Filters of system calls answer here as they do in the kernel. */
#include <errno.h>
#include <linux/audit.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "target/call_filter.h"
#include "tests/unit/check.h"

enum {
	SKIP = 77,
	NUM_FILTERS = 400,
	NUM_CALLS = 24,
	NUM_WORDS = sizeof(struct seccomp_data) / 4,
	NUM_KEPT = 4,
	MAX_CODE = 128,
	MAX_DATA = 4095, /* of ERRNO */
	NOT_MADE = 1,
};

struct program {
	struct sock_filter code[MAX_CODE];
	size_t num;
};

/* What became of the calls, for the parent to see. */
struct shared {
	int64_t results[NUM_CALLS];
};

static uint64_t state = 1;

static uint32_t any(uint32_t limit)
{
	state = state * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)(state >> 33) % limit;
}

static uint32_t pick(const struct cw_filtered_call *calls)
{
	const struct seccomp_data *data = &calls[any(NUM_CALLS)].data;
	static const uint32_t masks[] = {0xff, 0xffff, 0xffffffff};
	uint32_t word;

	memcpy(&word, (const char *)data + 4 * any(NUM_WORDS), 4);
	return word & masks[any(3)];
}

static void add(struct program *program, uint16_t code, uint32_t k, uint8_t jt,
		uint8_t jf)
{
	program->code[program->num++] = (struct sock_filter){code, jt, jf, k};
}

static void add_calculation(struct program *program, uint32_t constant)
{
	static const uint16_t operations[] = {
		BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_AND,
		BPF_OR,	 BPF_XOR, BPF_LSH, BPF_RSH, BPF_NEG,
	};
	uint16_t operation = operations[any(cw_num_elements(operations))];

	if (operation == BPF_LSH || operation == BPF_RSH)
		constant %= 32;
	if (operation == BPF_NEG)
		add(program, BPF_ALU | BPF_NEG, 0, 0, 0);
	else if (any(2))
		add(program, BPF_ALU | operation | BPF_X, 0, 0, 0);
	else
		add(program, BPF_ALU | operation | BPF_K,
		    constant ? constant : 1, 0, 0);
}

static void add_jump(struct program *program, uint32_t constant,
		     uint32_t max_jump)
{
	static const uint16_t operations[] = {BPF_JEQ, BPF_JGT, BPF_JGE,
					      BPF_JSET};

	if (any(8) == 0) {
		add(program, BPF_JMP | BPF_JA, any(max_jump), 0, 0);
		return;
	}
	add(program, BPF_JMP | operations[any(4)] | (any(2) ? BPF_X : BPF_K),
	    constant, any(max_jump), any(max_jump));
}

/* One that the kernel takes; @left: instructions behind it. */
static void add_any(struct program *program,
		    const struct cw_filtered_call *calls, uint32_t left)
{
	static const uint16_t moves[] = {
		BPF_LD | BPF_MEM,
		BPF_LDX | BPF_MEM,
		BPF_ST,
		BPF_STX,
		BPF_LD | BPF_IMM,
		BPF_LDX | BPF_IMM,
		BPF_LD | BPF_W | BPF_LEN,
		BPF_LDX | BPF_W | BPF_LEN,
		BPF_MISC | BPF_TAX,
		BPF_MISC | BPF_TXA,
	};
	uint16_t code = moves[any(cw_num_elements(moves))];

	switch (any(12)) {
	case 0:
	case 5:
		add(program, BPF_LD | BPF_W | BPF_ABS, 4 * any(NUM_WORDS), 0,
		    0);
		break;
	case 1:
	case 6:
	case 7:
		add_calculation(program, pick(calls));
		break;
	case 2:
	case 3:
		add_jump(program, pick(calls), left < 12 ? left : 12);
		break;
	case 4:
	case 8:
	case 9:
	case 10:
		if (BPF_CLASS(code) == BPF_MISC || code & BPF_LEN)
			add(program, code, 0, 0, 0);
		else
			add(program, code, any(NUM_KEPT), 0, 0);
		break;
	default:
		/* Where it ended is what it says. */
		add(program, BPF_RET | BPF_K,
		    SECCOMP_RET_ERRNO | (2000 + program->num), 0, 0);
	}
}

/* All calls but exit_group: the end of A, whatever that is. */
static void program_make(struct program *program,
			 const struct cw_filtered_call *calls)
{
	uint32_t num = 10 + any(70);

	program->num = 0;
	add(program, BPF_LD | BPF_W | BPF_ABS, 0, 0, 0);
	add(program, BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1);
	add(program, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	for (uint32_t i = 0; i < NUM_KEPT; i++) {
		add(program, BPF_LD | BPF_W | BPF_ABS, 4 * any(NUM_WORDS), 0,
		    0);
		add(program, i % 2 ? BPF_ST : BPF_STX, i, 0, 0);
		add(program, BPF_MISC | BPF_TAX, 0, 0, 0);
	}
	for (uint32_t i = 0; i < num; i++)
		add_any(program, calls, num - i);
	add(program, BPF_ALU | BPF_RSH | BPF_K, any(3) * 10, 0, 0);
	add(program, BPF_ALU | BPF_AND | BPF_K, 0xfff, 0, 0);
	add(program, BPF_ALU | BPF_OR | BPF_K, SECCOMP_RET_ERRNO, 0, 0);
	add(program, BPF_RET | BPF_A, 0, 0, 0);
}

/* Of numbers that no kernel has. */
static void calls_make(struct cw_filtered_call *calls, uint64_t pointer)
{
	for (size_t i = 0; i < NUM_CALLS; i++) {
		struct seccomp_data *data = &calls[i].data;
		calls[i].unknown = 0;
		data->nr = 4000 + any(12) + (any(4) ? 0 : 0x40000000);
		data->arch = AUDIT_ARCH_X86_64;
		data->instruction_pointer = pointer;
		for (int k = 0; k < 6; k++)
			data->args[k] = any(2) ? any(40)
					       : (uint64_t)any(1u << 31) << 33 |
							 any(1u << 31);
	}
}

/* *@pointer: what a filter sees of where that was made. */
__attribute__((noinline)) static int64_t call(const struct seccomp_data *data,
					      uint64_t *pointer)
{
	register uint64_t r10 __asm__("r10") = data->args[3];
	register uint64_t r8 __asm__("r8") = data->args[4];
	register uint64_t r9 __asm__("r9") = data->args[5];
	int64_t result;
	uint64_t behind;

	__asm__ volatile("lea 1f(%%rip), %1\n"
			 "syscall\n"
			 "1:\n"
			 : "=&a"(result), "=&b"(behind)
			 : "0"((int64_t)data->nr), "D"(data->args[0]),
			   "S"(data->args[1]), "d"(data->args[2]), "r"(r10),
			   "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	*pointer = behind;
	return result;
}

static void child_run(const struct program *program,
		      const struct cw_filtered_call *calls,
		      struct shared *shared)
{
	struct sock_fprog filter = {program->num, (void *)program->code};
	uint64_t pointer;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
		_exit(SKIP);
	for (size_t i = 0; i < NUM_CALLS; i++)
		shared->results[i] = call(&calls[i].data, &pointer);
	/* Sanitizers make calls of their own before what does not return. */
	call(&(struct seccomp_data){.nr = SYS_exit_group}, &pointer);
	abort();
}

/* By our own answers: true when it lives on. */
static bool result_of(const struct program *program,
		      const struct cw_filtered_call *call, int64_t *ret)
{
	uint32_t answer;

	check(cw_call_filter_run(program->code, program->num, call, &answer));
	if ((answer & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO) {
		int64_t data = answer & SECCOMP_RET_DATA;
		*ret = -(data > MAX_DATA ? MAX_DATA : data);
		return true;
	}
	/* Nothing else was given, but for a division by zero. */
	check_same(0, answer);
	return false;
}

/* Whether the child ran to its end. */
static bool program_try(const struct program *program,
			const struct cw_filtered_call *calls,
			struct shared *shared)
{
	int status;

	for (size_t i = 0; i < NUM_CALLS; i++)
		shared->results[i] = NOT_MADE;
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0)
		child_run(program, calls, shared);
	check(waitpid(pid, &status, 0) == pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == SKIP)
		exit(SKIP);
	for (size_t i = 0; i < NUM_CALLS; i++) {
		int64_t result;
		if (!result_of(program, &calls[i], &result)) {
			check(WIFSIGNALED(status));
			check_same(SIGSYS, WTERMSIG(status));
			check_same(NOT_MADE, shared->results[i]);
			return false;
		}
		check_same(result, shared->results[i]);
	}
	check(WIFEXITED(status));
	return true;
}

static void unknown_is_told(void)
{
	struct program program = {0};
	struct cw_filtered_call call = {
		.data.nr = 61,
		.unknown = 1 << offsetof(struct seccomp_data, args) / 4,
	};
	uint32_t answer;

	add(&program, BPF_LD | BPF_W | BPF_ABS, 0, 0, 0);
	add(&program, BPF_JMP | BPF_JEQ | BPF_K, 61, 0, 1);
	add(&program, BPF_LD | BPF_W | BPF_ABS,
	    offsetof(struct seccomp_data, args), 0, 0);
	add(&program, BPF_RET | BPF_K, SECCOMP_RET_LOG, 0, 0);
	check(!cw_call_filter_run(program.code, 4, &call, &answer));
	call.data.nr = 62;
	check(cw_call_filter_run(program.code, 4, &call, &answer));
	check_same(SECCOMP_RET_LOG, answer);
	program.code[2].k += 4;
	call.data.nr = 61;
	check(cw_call_filter_run(program.code, 4, &call, &answer));
	/* No end. */
	check(!cw_call_filter_run(program.code, 3, &call, &answer));
	check(!cw_call_filter_run(program.code, 0, &call, &answer));
}

/* Whatever it is made of, it ends. */
static void garbage_ends(void)
{
	const struct cw_filtered_call call = {0};
	struct program program = {.num = MAX_CODE};
	uint32_t answer;

	for (int round = 0; round < 2000; round++) {
		for (size_t i = 0; i < MAX_CODE; i++)
			program.code[i] = (struct sock_filter){
				any(4) ? any(256) : any(65536), any(256),
				any(256), any(2) ? any(20) : any(1u << 31) * 2};
		cw_call_filter_run(program.code, program.num, &call, &answer);
	}
}

int main(void)
{
	struct cw_filtered_call calls[NUM_CALLS] = {0};
	struct program program;
	size_t num_ended = 0;
	uint64_t pointer;

	unknown_is_told();
	garbage_ends();
	struct shared *shared =
		mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	check(shared != MAP_FAILED);
	calls_make(calls, 0);
	calls[0].data.nr = 4000;
	check_same(-ENOSYS, call(&calls[0].data, &pointer));
	for (int i = 0; i < NUM_FILTERS; i++) {
		calls_make(calls, pointer);
		program_make(&program, calls);
		num_ended += program_try(&program, calls, shared);
	}
	/* Not all were killed. */
	check(num_ended > NUM_FILTERS / 4);
	printf("%zu of %d filters to the end\n", num_ended, NUM_FILTERS);
	munmap(shared, sizeof(*shared));
	return 0;
}
