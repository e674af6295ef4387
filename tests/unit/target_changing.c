/*
 * What target/ promises of a process that maps, unmaps, moves and writes all
 * the time: what is read is what it had at one moment, however it changed
 * since it was looked at first.
 *
 * The child tells in memory of its own, which is of the same moment, what it
 * has where.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "target/target.h"
#include "tests/unit/check.h"

enum {
	PAGE = 4096,
	NUM_SLOTS = 48,
	SLOT_PAGES = 64, /* of addresses; at most half of them are mapped */
	NUM_FILES = 2,
	BIG_PAGES = 4096,
	ROUNDS = 8,
};

enum kind { GONE, WRITTEN, OF_FILE, DROPPED, UNREADABLE, NUM_KINDS };

struct slot {
	atomic_int is_settled; /* else it is being changed */
	enum kind kind;
	int file;
	uint64_t pages;
	uint64_t stamp;
};

static struct slot slots[NUM_SLOTS];
static unsigned char *zone, *big;
static int files[NUM_FILES], growing;
/* The first is always written first. */
static _Atomic(uint64_t) *pair[2];
static atomic_uint_fast64_t num_grown; /* pages of the growing file */
static unsigned char *grown;
static struct slot heap = {.kind = WRITTEN};
static unsigned char *heap_start;

static unsigned char *place_of(size_t slot)
{
	return zone + slot * SLOT_PAGES * PAGE;
}

static unsigned char *map(void *place, uint64_t pages, int protection, int fd)
{
	int flags = MAP_PRIVATE | (place ? MAP_FIXED : 0) |
		    (fd < 0 ? MAP_ANONYMOUS : 0);
	void *memory = mmap(place, pages * PAGE, protection, flags, fd, 0);

	check(memory != MAP_FAILED);
	return memory;
}

/* The first word of a page of file @file. */
static uint64_t file_word(uint64_t file, uint64_t page)
{
	return 0xf11e000000000000 | file << 32 | page;
}

/* A new file that has no name. */
static int file_make(uint64_t file, uint64_t pages)
{
	FILE *stream = tmpfile();

	check(stream);
	int fd = fileno(stream);
	for (uint64_t page = 0; page < pages; page++) {
		uint64_t word = file_word(file, page);
		check(pwrite(fd, &word, sizeof(word), page * PAGE) == 8);
	}
	check(ftruncate(fd, pages * PAGE) == 0);
	return fd;
}

/* Of written memory each third page is left alone. */
static void pages_write(unsigned char *at, uint64_t first, uint64_t pages,
			uint64_t stamp)
{
	for (uint64_t page = first; page < pages; page++)
		if (page % 3 != 2)
			*(uint64_t *)(at + page * PAGE) = stamp + page;
}

static uint64_t expected_word(const struct slot *slot, uint64_t page)
{
	if (slot->kind == OF_FILE && page != 1)
		return file_word(slot->file, page);
	if (slot->kind == DROPPED || (slot->kind == WRITTEN && page % 3 == 2))
		return 0;
	return slot->stamp + page;
}

static void slot_make(size_t number, enum kind kind, uint64_t random)
{
	struct slot *slot = &slots[number];
	unsigned char *at = place_of(number);

	slot->kind = kind;
	/* One file instead of another is the same but for that. */
	slot->pages = kind == OF_FILE ? 8 : 2 + random % (SLOT_PAGES / 2 - 2);
	slot->file = random / 64 % NUM_FILES;
	munmap(at, SLOT_PAGES * PAGE);
	if (kind == GONE)
		return;
	map(at, slot->pages, PROT_READ | PROT_WRITE,
	    kind == OF_FILE ? files[slot->file] : -1);
	if (kind == OF_FILE)
		*(uint64_t *)(at + PAGE) = slot->stamp + 1;
	else
		pages_write(at, 0, slot->pages, slot->stamp);
	if (kind == DROPPED)
		madvise(at, slot->pages * PAGE, MADV_DONTNEED);
	if (kind == UNREADABLE)
		mprotect(at, slot->pages * PAGE, PROT_NONE);
}

/* It becomes larger where it is. */
static void slot_grow(size_t number)
{
	struct slot *slot = &slots[number];
	uint64_t pages = slot->pages + 5;

	if (slot->kind != WRITTEN || pages > SLOT_PAGES / 2)
		return;
	check(mremap(place_of(number), slot->pages * PAGE, pages * PAGE, 0) !=
	      MAP_FAILED);
	pages_write(place_of(number), slot->pages, pages, slot->stamp);
	slot->pages = pages;
}

static void slot_move(size_t from, size_t to)
{
	if (from == to || slots[from].kind == GONE)
		return;
	slots[to].is_settled = false;
	munmap(place_of(to), SLOT_PAGES * PAGE);
	uint64_t size = slots[from].pages * PAGE;
	check(mremap(place_of(from), size, size, MREMAP_MAYMOVE | MREMAP_FIXED,
		     place_of(to)) != MAP_FAILED);
	slots[to].kind = slots[from].kind;
	slots[to].pages = slots[from].pages;
	slots[to].file = slots[from].file;
	slots[to].stamp = slots[from].stamp;
	slots[to].is_settled = true;
	slots[from].kind = GONE;
}

static void heap_change(uint64_t stamp)
{
	uint64_t pages = 1 + stamp % 300;

	heap.is_settled = false;
	check(brk(heap_start) == 0 && brk(heap_start + pages * PAGE) == 0);
	heap.pages = pages;
	heap.stamp = stamp;
	pages_write(heap_start, 0, pages, stamp);
	heap.is_settled = true;
}

static void file_grow(void)
{
	uint64_t page = num_grown, word = file_word(NUM_FILES, page);

	if (page == BIG_PAGES)
		return;
	check(ftruncate(growing, (page + 1) * PAGE) == 0);
	check(pwrite(growing, &word, sizeof(word), page * PAGE) == 8);
	num_grown++;
}

static void *pair_run(void *context)
{
	for (uint64_t n = 1;; n++) {
		*pair[0] = n;
		*pair[1] = n;
	}
	return context;
}

static void child_run(void)
{
	uint64_t random = 1;
	pthread_t thread;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	check(pthread_create(&thread, NULL, pair_run, NULL) == 0);
	for (size_t i = 0; i < NUM_SLOTS; i++)
		slot_make(i, GONE, 0);
	for (uint64_t stamp = 1 << 20;; stamp += 1 << 20) {
		random = random * 6364136223846793005 + 1442695040888963407;
		uint64_t number = random >> 40;
		size_t a = number % NUM_SLOTS;
		unsigned action = random >> 33 & 7;
		slots[a].is_settled = false;
		if (action == 7) {
			slot_move(a, number / 64 % NUM_SLOTS);
		} else if (action == 6) {
			slot_grow(a);
		} else {
			slots[a].stamp = stamp;
			slot_make(a, action % NUM_KINDS, number >> 12);
		}
		slots[a].is_settled = true;
		if (number % 16 == 0)
			heap_change(stamp);
		if (number % 64 == 1)
			file_grow();
	}
}

static uint64_t word_at(const struct cw_target *target, const void *address)
{
	uint64_t word;

	check(cw_target_read_word(target, (uintptr_t)address, &word));
	return word;
}

static void pages_are_right(const struct cw_target *target,
			    const struct slot *slot, const unsigned char *at)
{
	for (uint64_t page = 0; page < slot->pages; page++)
		check_same(expected_word(slot, page),
			   word_at(target, at + page * PAGE));
}

/* A number that says in how many slots something was. */
static uint64_t slots_are_right(const struct cw_target *target)
{
	struct slot copy[NUM_SLOTS];
	uint64_t num = 0;

	check(cw_target_read(target, (uintptr_t)slots, copy, sizeof(copy)));
	for (size_t i = 0; i < NUM_SLOTS; i++) {
		const struct cw_segment *segment =
			cw_target_segment(target, (uintptr_t)place_of(i));
		if (!copy[i].is_settled)
			continue;
		num++;
		if (copy[i].kind == GONE)
			check(!segment);
		else if (copy[i].kind == UNREADABLE)
			check(segment && segment->gap == CW_GAP_UNREADABLE);
		else
			pages_are_right(target, &copy[i], place_of(i));
	}
	return num;
}

static void others_are_right(const struct cw_target *target)
{
	struct slot copy;

	check(cw_target_read(target, (uintptr_t)&heap, &copy, sizeof(copy)));
	if (copy.is_settled)
		pages_are_right(target, &copy, heap_start);
	uint64_t num = word_at(target, &num_grown);
	for (uint64_t page = 0; page < num; page++)
		check_same(file_word(NUM_FILES, page),
			   word_at(target, grown + page * PAGE));
	uint64_t first = word_at(target, (void *)pair[0]);
	uint64_t second = word_at(target, (void *)pair[1]);
	check(first - second <= 1);
}

int main(void)
{
	static const enum cw_snapshot kinds[] = {
		CW_SNAPSHOT_COPY, CW_SNAPSHOT_FORK, CW_SNAPSHOT_STOP};
	uint64_t num_settled = 0, last = 0;
	int status;

	zone = map(NULL, NUM_SLOTS * SLOT_PAGES, PROT_NONE, -1);
	big = map(NULL, BIG_PAGES, PROT_READ | PROT_WRITE, -1);
	memset(big, 1, BIG_PAGES * PAGE);
	pair[0] = (void *)(big + PAGE);
	pair[1] = (void *)(big + (BIG_PAGES - 1) * PAGE);
	*pair[0] = *pair[1] = 0;
	for (int i = 0; i < NUM_FILES; i++)
		files[i] = file_make(i, SLOT_PAGES);
	growing = file_make(NUM_FILES, 1);
	num_grown = 1;
	grown = map(NULL, BIG_PAGES, PROT_READ | PROT_WRITE, growing);
	/* The C library's heap ends there. */
	heap_start = (void *)(((uintptr_t)sbrk(0) + 2 * PAGE) & -PAGE);

	pid_t pid = fork();
	if (pid == 0)
		child_run();
	for (size_t i = 0; i < ROUNDS * cw_num_elements(kinds); i++) {
		struct cw_target *target;
		check_ok(cw_target_open_process(
			pid, kinds[i % cw_num_elements(kinds)], NULL, &target));
		num_settled += slots_are_right(target);
		others_are_right(target);
		uint64_t now = word_at(target, (void *)pair[0]);
		check(now >= last);
		last = now;
		cw_target_close(target);
	}
	check(last > 0 && num_settled > ROUNDS * NUM_SLOTS);
	check(waitpid(pid, &status, WNOHANG) == 0);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return 0;
}
