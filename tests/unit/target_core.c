/* Cores that no program here makes: a great many segments, damaged ones. */
#include <elf.h>
#include <signal.h>
#include <sys/procfs.h>
#include <time.h>
#include <unistd.h>

#include "target/target.h"
#include "tests/unit/check.h"

enum { NUM_SEGMENTS = 70000, SEGMENT_SIZE = 180224 };

static const char path[] = "target_core.core";

static void put(FILE *file, const void *bytes, size_t size)
{
	check(fwrite(bytes, 1, size, file) == size);
}

static FILE *core_begin(uint64_t num_phdrs)
{
	FILE *file = fopen(path, "w");
	Elf64_Ehdr header = {
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			    ELFDATA2LSB, EV_CURRENT},
		.e_type = ET_CORE,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(header) + sizeof(Elf64_Shdr),
		.e_shoff = sizeof(header),
		.e_ehsize = sizeof(header),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = num_phdrs < PN_XNUM ? num_phdrs : PN_XNUM,
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = 1,
	};
	Elf64_Shdr section = {.sh_info = num_phdrs};

	check(file);
	put(file, &header, sizeof(header));
	put(file, &section, sizeof(section));
	return file;
}

static void load_put(FILE *file, cw_addr start, uint64_t size, uint64_t offset,
		     uint64_t file_size)
{
	Elf64_Phdr phdr = {
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_W,
		.p_offset = offset,
		.p_vaddr = start,
		.p_memsz = size,
		.p_filesz = file_size,
	};

	put(file, &phdr, sizeof(phdr));
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* 12 GB in 70,000 segments, of which the file has nearly all as a hole. */
static void many_segments_open_at_once(void)
{
	FILE *file = core_begin(NUM_SEGMENTS);
	const uint64_t first = 8 << 20;
	struct cw_target *target;

	for (uint64_t i = 0; i < NUM_SEGMENTS; i++)
		load_put(file, (i + 1) << 20, SEGMENT_SIZE,
			 first + i * SEGMENT_SIZE, SEGMENT_SIZE);
	check(fseek(file, first + 69999ul * SEGMENT_SIZE + 16, SEEK_SET) == 0);
	put(file, "the last one", 13);
	fclose(file);
	check(truncate(path, first + (uint64_t)NUM_SEGMENTS * SEGMENT_SIZE) ==
	      0);

	double before = seconds();
	check_ok(cw_target_open_core(path, NULL, &target));
	double opened = seconds();
	check_same(NUM_SEGMENTS, target->segments.num);
	check(!target->is_truncated);
	for (uint64_t i = 0; i < NUM_SEGMENTS; i++) {
		const struct cw_segment *segment = cw_target_segment(
			target, ((i + 1) << 20) + SEGMENT_SIZE - 1);
		check(segment == &target->segments.items[i]);
		check(!cw_target_segment(target,
					 ((i + 1) << 20) + SEGMENT_SIZE));
	}
	double found = seconds();
	check_text("the last one",
		   cw_target_bytes(target, ((uint64_t)70000 << 20) + 16, 13));
	printf("70000 segments: opened in %.1f ms, found in %.0f ns each\n",
	       (opened - before) * 1e3,
	       (found - opened) / NUM_SEGMENTS / 2 * 1e9);
	cw_target_close(target);
}

/* Half of it: opens, and what is missing are gaps. */
static void many_segments_cut_off(void)
{
	uint64_t gaps[CW_NUM_GAPS];
	const uint64_t half =
		(8 << 20) + (uint64_t)NUM_SEGMENTS / 2 * SEGMENT_SIZE;
	struct cw_target *target;

	check(truncate(path, half + 4096 + 3) == 0);
	check_ok(cw_target_open_core(path, NULL, &target));
	check(target->is_truncated);
	cw_target_gaps(target, CW_SEGMENT_WRITE, gaps);
	check_same((uint64_t)NUM_SEGMENTS / 2 * SEGMENT_SIZE + 4096,
		   gaps[CW_GAP_NONE]);
	check_same((uint64_t)NUM_SEGMENTS / 2 * SEGMENT_SIZE - 4096,
		   gaps[CW_GAP_TRUNCATED]);
	check_same(NUM_SEGMENTS + 1, target->segments.num);
	cw_target_close(target);

	check(truncate(path, 1 << 20) == 0);
	struct cw_error *err = cw_target_open_core(path, NULL, &target);
	check(err);
	check_text("cannot open 'target_core.core': it ends within its "
		   "program headers",
		   cw_error_message(err));
	cw_error_destroy(err);
}

/* Out of order, overlapping, past the end of the addresses, more in the file
 * than in memory. */
static void damaged_segments_are_left_out(void)
{
	FILE *file = core_begin(7);
	struct cw_target *target;

	load_put(file, 0x30000, 0x1000, 0x1000, 0x1000);
	load_put(file, 0x10000, 0x2000, 0x2000, 0x1000);
	load_put(file, 0x11000, 0x1000, 0x3000, 0x1000);
	load_put(file, 0x20000, 0x1000, 0x1000, 0x5000);
	load_put(file, UINT64_MAX - 0xfff, 0x2000, 0x1000, 0x1000);
	load_put(file, 0x40000, 0x1000, UINT64_MAX - 0x10, 0x1000);
	load_put(file, 0x50007, 0x1000, 0x1000, 0x1000);
	fclose(file);
	check(truncate(path, 0x10000) == 0);

	check_ok(cw_target_open_core(path, NULL, &target));
	check_same(5, target->segments.num);
	const struct cw_segment *segments = target->segments.items;
	check_same(0x10000, segments[0].start);
	check_same(0x11000, segments[0].end);
	check_same(CW_GAP_NOT_DUMPED, segments[1].gap);
	check_same(0x12000, segments[1].end);
	check_same(0x20000, segments[2].start);
	check_same(0x21000, segments[2].end);
	check_same(0x30000, segments[3].start);
	check_same(0x40000, segments[4].start);
	check_same(CW_GAP_TRUNCATED, segments[4].gap);
	check(target->is_truncated);
	/* Two damaged, one that overlaps, no threads. */
	check_same(4, target->warnings.num);
	cw_target_close(target);
}

int main(void)
{
	many_segments_open_at_once();
	many_segments_cut_off();
	damaged_segments_are_left_out();
	unlink(path);
	return 0;
}
