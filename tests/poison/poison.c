/*
 * Runs a program and stops it again and again; at each stop every word that is
 * claimed dead is overwritten, and the program goes on.  Its output must be
 * that of an undisturbed run.
 *
 *	poison SEED STOPS MICROSECONDS [-v|-a] PROGRAM ARGUMENT...
 *
 * -v prints the words.  -a overwrites all slots that registers were saved in,
 * dead or not: that must be noticed.
 *
 * At every other stop it is let run into its next system call: there threads
 * wait.  Writes "stops N frames N words N slots N own N" to standard error,
 * own being slots that no register was saved in; ends as the program does.
 */
#include <errno.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "code/liveness.h"
#include "tests/unit/check.h"

#define POISON UINT64_C(0x5a5a5a5a5a5a5a5a)

static unsigned long num_stops, num_frames, num_words, num_slots, num_own;
static bool is_verbose, takes_all;

static void overwrite(pid_t pid, const struct cw_dead_words *words)
{
	struct user_regs_struct regs;
	unsigned long long *all = (unsigned long long *)&regs;

	check(ptrace(PTRACE_GETREGS, pid, 0, &regs) == 0);
	cw_array_foreach(word, &words->items)
	{
		num_words++;
		if (word->slot) {
			num_slots++;
			num_own += word->reg == CW_NO_REGISTER;
			check(ptrace(PTRACE_POKEDATA, pid, word->slot,
				     POISON) == 0);
		} else {
			all[cw_frame_thread_registers[word->reg]] = POISON;
		}
	}
	check(ptrace(PTRACE_SETREGS, pid, 0, &regs) == 0);
}

static void print_words(struct cw_debug *debug,
			const struct cw_dead_words *words)
{
	cw_array_foreach(word, &words->items)
	{
		uint64_t offset = 0;
		const char *name =
			cw_debug_function(debug, word->owner, &offset);
		fprintf(stderr, "  %s %s of %s+0x%" PRIx64 "\n",
			word->slot ? "slot" : "register",
			word->reg == CW_NO_REGISTER
				? "own"
				: cw_register_names[cw_frame_thread_registers
							    [word->reg]],
			name ? name : "??", offset);
	}
}

/* As if all slots that registers were saved in were dead. */
static void claim_all(const struct cw_stack *stack, struct cw_dead_words *words)
{
	cw_array_foreach(frame, &stack->frames)
	{
		for (unsigned reg = 0; reg < CW_FRAME_PC; reg++)
			if (cw_frame_knows(frame, reg) && frame->saved_at[reg])
				*cw_array_push(&words->items) =
					(struct cw_dead_word){
						.slot = frame->saved_at[reg],
						.reg = reg,
					};
	}
}

/* One stop: what is claimed, and then the poison. */
static void poison(pid_t pid)
{
	const struct cw_target_options options = {0};
	struct cw_target *target;
	struct cw_liveness *liveness;
	struct cw_dead_words words = {0};
	struct cw_stack stack;

	check_ok(cw_target_open_stopped(pid, &options, &target));
	struct cw_debug *debug = cw_debug_create(target);
	check_ok(cw_liveness_create(target, debug, &liveness));
	cw_liveness_thread(liveness, &target->threads.items[0], NULL, NULL,
			   &words);
	cw_stack_init(&stack, debug, target, &target->threads.items[0], 0);
	if (takes_all)
		claim_all(&stack, &words);
	num_stops++;
	num_frames += stack.frames.num;
	if (is_verbose) {
		fprintf(stderr, "stop %lu\n", num_stops);
		print_words(debug, &words);
	}
	overwrite(pid, &words);
	cw_stack_deinit(&stack);
	cw_dead_words_deinit(&words);
	cw_liveness_destroy(liveness);
	cw_debug_destroy(debug);
	cw_target_close(target);
}

static void end_like(int status)
{
	fprintf(stderr, "stops %lu frames %lu words %lu slots %lu own %lu\n",
		num_stops, num_frames, num_words, num_slots, num_own);
	if (WIFSIGNALED(status))
		fprintf(stderr, "killed by signal %d\n", WTERMSIG(status));
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128);
}

/* Waits for a stop that was asked for; hands signals on. */
static void wait_for_stop(pid_t pid, int request)
{
	for (;;) {
		int status;

		check(waitpid(pid, &status, 0) == pid);
		if (!WIFSTOPPED(status))
			end_like(status);
		int signal = WSTOPSIG(status);
		if (status >> 16 == PTRACE_EVENT_STOP ||
		    signal == (SIGTRAP | 0x80))
			return;
		check(ptrace(request, pid, 0, signal) == 0 || errno == ESRCH);
	}
}

static void stop_somewhere(pid_t pid, useconds_t delay, bool is_at_call)
{
	check(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
	usleep(delay);
	if (ptrace(PTRACE_INTERRUPT, pid, 0, 0) != 0)
		check(errno == ESRCH);
	wait_for_stop(pid, PTRACE_CONT);
	/* Into a call and, as it is seen twice, out of it or not. */
	if (is_at_call) {
		check(ptrace(PTRACE_SYSCALL, pid, 0, 0) == 0);
		wait_for_stop(pid, PTRACE_SYSCALL);
	}
}

static pid_t start(char **argv)
{
	int ready[2];
	pid_t pid;
	char byte = 0;

	check(pipe(ready) == 0);
	pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		personality(ADDR_NO_RANDOMIZE);
		check(read(ready[0], &byte, 1) == 1);
		close(ready[0]);
		close(ready[1]);
		execvp(argv[0], argv);
		_exit(127);
	}
	check(ptrace(PTRACE_SEIZE, pid, 0,
		     PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL |
			     PTRACE_O_TRACEEXEC) == 0);
	check(write(ready[1], &byte, 1) == 1);
	close(ready[0]);
	close(ready[1]);
	int status;
	do {
		check(waitpid(pid, &status, 0) == pid);
		check(WIFSTOPPED(status));
	} while (status >> 8 != (SIGTRAP | PTRACE_EVENT_EXEC << 8));
	return pid;
}

int main(int argc, char **argv)
{
	check(argc >= 5);
	srandom(atoi(argv[1]));
	unsigned stops = atoi(argv[2]);
	useconds_t delay = atoi(argv[3]);
	is_verbose = strcmp(argv[4], "-v") == 0;
	takes_all = strcmp(argv[4], "-a") == 0;
	pid_t pid = start(argv + 4 + (is_verbose || takes_all));

	for (unsigned i = 0; i < stops; i++) {
		stop_somewhere(pid, random() % (2 * delay + 1), i % 2);
		poison(pid);
	}
	check(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
	for (;;) {
		int status;

		check(waitpid(pid, &status, 0) == pid);
		if (!WIFSTOPPED(status))
			end_like(status);
		check(ptrace(PTRACE_CONT, pid, 0,
			     status >> 16 ? 0 : WSTOPSIG(status)) == 0);
	}
}
