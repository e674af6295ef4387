/*
 * Far memory: what several threads read of it at once is what the reader has,
 * each page is fetched once and only what lies near what was read, and what
 * cannot be read is zeros and counted.
 */
#include <stdatomic.h>
#include <string.h>

#include "base/parallel.h"
#include "target/far_memory.h"
#include "tests/unit/check.h"

enum {
	PAGE = 4096,
	NUM_PAGES = 4096, /* in two rooms */
	STRIDE = 64,	  /* pages */
	UNREADABLE = 100, /* this page */
	NUM_THREADS = 8,
};
static const cw_addr first = 0x10000, second = 0x7fff00000000;

struct fake {
	unsigned num_reads[NUM_PAGES];
	uint64_t size;
	const unsigned char *rooms[2];
	atomic_uint num_wrong;
	bool is_sparse;
};

static uint64_t word_of(cw_addr address)
{
	return address * UINT64_C(0x9e3779b97f4a7c15);
}

static unsigned page_of(cw_addr address)
{
	return address >= second ? NUM_PAGES / 2 + (address - second) / PAGE
				 : (address - first) / PAGE;
}

static bool fake_read(void *context, cw_addr address, void *buffer,
		      uint64_t size)
{
	struct fake *fake = context;

	for (uint64_t at = 0; at < size; at += PAGE)
		if (page_of(address + at) == UNREADABLE)
			return false;
	for (uint64_t at = 0; at < size; at += PAGE)
		fake->num_reads[page_of(address + at)]++;
	for (uint64_t at = 0; at < size; at += 8) {
		uint64_t word = word_of(address + at);
		memcpy((char *)buffer + at, &word, sizeof(word));
	}
	fake->size += size;
	return true;
}

/* A page of both rooms, in an order that is none. */
static struct cw_error *look(void *context, uint64_t item)
{
	struct fake *fake = context;
	unsigned num = fake->is_sparse ? NUM_PAGES / STRIDE : NUM_PAGES;
	unsigned page = item * 1237 % num * (NUM_PAGES / num);
	bool is_second = page >= NUM_PAGES / 2;
	uint64_t offset = (uint64_t)page % (NUM_PAGES / 2) * PAGE;
	cw_addr address = (is_second ? second : first) + offset;

	for (uint64_t at = 0; at < PAGE; at += 1024) {
		uint64_t word, wanted = word_of(address + at);
		memcpy(&word, fake->rooms[is_second] + offset + at,
		       sizeof(word));
		if (page == UNREADABLE)
			wanted = 0;
		fake->num_wrong += word != wanted;
	}
	return NULL;
}

static void work(void *context)
{
	struct fake *fake = context;
	unsigned num = fake->is_sparse ? NUM_PAGES / STRIDE : NUM_PAGES;

	cw_error_destroy(cw_parallel_for(NUM_THREADS, num, look, fake));
}

int main(void)
{
	struct fake fake = {.is_sparse = true};
	const struct cw_far_reader reader = {fake_read, &fake};
	const uint64_t half = NUM_PAGES / 2 * PAGE;
	struct cw_far_memory *far;

	check(!cw_far_memory_create(2 * half, &far));
	fake.rooms[0] = cw_far_memory_add(far, first, first + half);
	fake.rooms[1] = cw_far_memory_add(far, second, second + half);
	check(fake.rooms[0] && fake.rooms[1]);
	check(!cw_far_memory_add(far, first, first + PAGE));

	check(!cw_far_memory_serve(far, &reader, work, &fake));
	check_same(0, fake.num_wrong);
	check_same(NUM_PAGES / STRIDE * PAGE, fake.size);

	fake.is_sparse = false;
	check(!cw_far_memory_serve(far, &reader, work, &fake));
	check_same(0, fake.num_wrong);
	for (unsigned page = 0; page < NUM_PAGES; page++)
		check_same(page != UNREADABLE, fake.num_reads[page]);
	check_same(PAGE, cw_far_memory_num_unread(far));
	check(!cw_far_memory_is_lost(far));
	cw_far_memory_destroy(far);
	return 0;
}
