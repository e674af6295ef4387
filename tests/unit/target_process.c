/*
 * What target/ promises of a stopped process: a child that is traced and
 * stops is read, and what is read is what the child wrote.
 */
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "target/page_scan.h"
#include "target/symbol.h"
#include "target/target.h"
#include "tests/unit/check.h"

enum { RESERVE = 1 << 30, COMMON = 8 << 20, PAGE = 4096 };

/* Made before the fork, so that both know the addresses. */
static struct {
	unsigned char *reserve; /* 64 GB, one page of it touched later */
	unsigned char *shared;
	unsigned char *none;
	char *heap;
} made;

static uint64_t written = 1;
static const char constant[] = "read from the file";

static unsigned char *map(size_t size, int protection, int flags)
{
	void *memory = mmap(NULL, size, protection,
			    flags | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	check(memory != MAP_FAILED);
	return memory;
}

static void child_run(void)
{
	written = 0x1122334455667788;
	made.reserve[40ull * RESERVE] = 0x5a;
	made.shared[5] = 0xa5;
	strcpy(made.heap, "written by the child");
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	__asm__ volatile("movq %0, %%r12; movq %1, %%rax; movq %2, %%rdi;"
			 "movq %3, %%rsi; syscall"
			 :
			 : "i"(0x77665544), "i"(62), "r"((uint64_t)getpid()),
			   "i"(SIGSTOP)
			 : "r12", "rax", "rdi", "rsi", "rcx", "r11", "memory");
	_exit(0);
}

static uint64_t resident_pages(pid_t pid)
{
	char path[64];
	unsigned long size, resident;

	snprintf(path, sizeof(path), "/proc/%d/statm", pid);
	FILE *file = fopen(path, "r");
	check(file && fscanf(file, "%lu %lu", &size, &resident) == 2);
	fclose(file);
	return resident;
}

/* kB that it has in common with us, since the fork. */
static uint64_t shared_size(pid_t pid)
{
	char path[64], line[128];
	uint64_t size = 0;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
	FILE *file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, "Shared_Dirty:", 13) == 0)
			size = strtoull(line + 13, NULL, 10);
	if (file)
		fclose(file);
	return size;
}

static void memory_is_right(struct cw_target *target)
{
	uint64_t word;
	unsigned char byte;

	check(cw_target_read_word(target, (uintptr_t)&written, &word));
	check_same(0x1122334455667788, word);
	check_same(1, written);

	char *text = cw_target_read_string(target, (uintptr_t)made.heap, 99);
	check_text("written by the child", text);
	free(text);
	text = cw_target_read_string(target, (uintptr_t)constant, 99);
	check_text(constant, text);
	free(text);

	cw_addr reserve = (uintptr_t)made.reserve;
	check(cw_target_read(target, reserve + 40ull * RESERVE, &byte, 1));
	check_same(0x5a, byte);
	check(cw_target_read(target, reserve + 39ull * RESERVE, &byte, 1));
	check_same(0, byte);

	const struct cw_segment *shared =
		cw_target_segment(target, (uintptr_t)made.shared);
	check(shared->flags & CW_SEGMENT_SHARED);
	if (shared->bytes)
		check_same(0xa5, shared->bytes[(uintptr_t)made.shared + 5 -
					       shared->start]);

	const struct cw_segment *none =
		cw_target_segment(target, (uintptr_t)made.none);
	check(none && !none->bytes);
	check_same(CW_GAP_UNREADABLE, none->gap);
}

static void threads_are_right(struct cw_target *target, pid_t pid)
{
	check_same(1, target->threads.num);
	const struct cw_thread *thread = &target->threads.items[0];
	check_same(pid, thread->tid);
	check_same(1, thread->number);
	check_same(0x77665544, thread->regs[CW_REG_R12]);
	check_same(SIGSTOP, thread->regs[CW_REG_RSI]);
	check(thread->regs[CW_REG_FS_BASE] != 0);
	check(strstr(thread->name, "target"));
	check(thread->vector_state_size >= 512);
	check(cw_target_bytes(target, thread->regs[CW_REG_RSP], 8));
}

static void modules_are_right(struct cw_target *target)
{
	const struct cw_module *exe = &target->modules.items[0];

	check(exe->is_executable);
	check(exe->file);
	check(cw_module_at(target, (uintptr_t)&written) == exe);
	const struct cw_symbol *symbol =
		cw_symbol_find(target, "modules_are_right");
	check(symbol);
	check_same((uintptr_t)modules_are_right, symbol->address);
	symbol = cw_symbol_at(target, (uintptr_t)&written + 3);
	check(symbol);
	check_text("written", symbol->name);
	symbol = cw_symbol_find(target, "__vdso_gettimeofday");
	check(symbol);
	check_text("[vdso]", cw_module_at(target, symbol->address)->path);
}

static void segments_are_sorted(struct cw_target *target)
{
	cw_addr end = 0;

	cw_array_foreach(segment, &target->segments)
	{
		check(segment->start >= end);
		check(segment->start < segment->end);
		check(!segment->bytes == (segment->gap != CW_GAP_NONE));
		end = segment->end;
	}
}

/* The kernel's scan and the page map, entry by entry, say the same. */
static void scans_agree(struct cw_target *target, pid_t pid)
{
	struct cw_page_runs runs[2] = {0};
	struct cw_page_scan scan;

	check_ok(cw_page_scan_open(pid, &scan));
	cw_array_foreach(segment, &target->segments)
	{
		/* Not all of the reservation: that takes seconds. */
		cw_addr end = segment->end;
		if (end - segment->start > RESERVE)
			end = segment->start + RESERVE;
		if (segment->start >> 47)
			continue;
		for (int i = 0; i < 2; i++) {
			scan.has_no_ioctl |= i == 1;
			check_ok(cw_page_scan_run(&scan, segment->start, end,
						  &runs[i]));
		}
		scan.has_no_ioctl = false;
	}
	cw_page_scan_close(&scan);
	check(runs[0].list.num > 0);
	check_same(runs[1].list.num, runs[0].list.num);
	for (size_t i = 0; i < runs[0].list.num; i++) {
		check_same(runs[1].list.items[i].start,
			   runs[0].list.items[i].start);
		check_same(runs[1].list.items[i].end,
			   runs[0].list.items[i].end);
	}
	cw_array_deinit(&runs[0].list);
	cw_array_deinit(&runs[1].list);
}

int main(void)
{
	struct cw_target *target;
	int status;

	made.reserve =
		map(64ull * RESERVE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	made.shared = map(PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
	made.none = map(PAGE, PROT_NONE, MAP_PRIVATE);
	made.heap = malloc(100);
	unsigned char *common =
		map(COMMON, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	memset(common, 1, COMMON);

	pid_t pid = fork();
	if (pid == 0)
		child_run();
	check(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));

	uint64_t resident = resident_pages(pid), shared = shared_size(pid);
	check_ok(cw_target_open_stopped(pid, NULL, &target));
	/* Kernels before 4.14 do not say. */
	check(shared == 0 || shared_size(pid) >= COMMON / 1024);
	check_same(resident, resident_pages(pid));
	check(target->kind == CW_TARGET_PROCESS);
	memory_is_right(target);
	threads_are_right(target, pid);
	modules_are_right(target);
	segments_are_sorted(target);
	scans_agree(target, pid);
	check_same(resident, resident_pages(pid));
	cw_target_close(target);

	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	struct cw_error *err = cw_target_open_stopped(pid, NULL, &target);
	check(err && cw_error_kind(err) == CW_ERROR_TARGET);
	cw_error_destroy(err);
	return 0;
}
