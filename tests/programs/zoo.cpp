/*
 * Zoo: a C++17 program whose heap holds a bit of everything, and says what.
 *
 *	zoo BLOCKS REPORT [leaks] [abort|pause]
 *
 * It makes about BLOCKS blocks in containers of all kinds, half of them by
 * four threads with arenas of their own; then it writes REPORT, parks its
 * threads and stops: pause() (the default), or abort() for a kernel core.
 * "leaks" plants what a leak finder has to find.
 *
 * Lines of REPORT, addresses in hex, sizes as asked of malloc:
 *	leak KIND NUMBER ADDRESS SIZE	a block that nothing leads to; KIND is
 *					lost, chain, ring or shared, NUMBER
 *					the chain or ring that it is in
 *	kept KIND ADDRESS SIZE		a block that only the KIND leads to:
 *					tls, thread-tls, mapping, register,
 *					stack
 *	ready PID			the last line
 *
 * The leaks are planted first, in memory that nothing used before, and every
 * byte of them is written, so that no stale word links them to anything.
 * Their addresses are then kept inverted.  At the end blocks that point to
 * them are freed, into the thread caches and the bins.
 */
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <list>
#include <malloc.h>
#include <map>
#include <memory>
#include <new>
#include <pthread.h>
#include <string>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>
#include <unordered_map>
#include <vector>

#define NOINLINE __attribute__((noinline))

/* Sizes are 8 more than a multiple of 16: no byte of a block is unused. */
struct lost_block {
	uint64_t words[15];
};

struct chain_link {
	chain_link *next;
	uint64_t words[6];
};

struct ring_member {
	ring_member *next;
	uint64_t words[8];
};

struct shared_member {
	std::shared_ptr<shared_member> next;
	uint64_t words[3];
};

static constexpr int num_chains = 10, chain_length = 500;
static constexpr int num_rings = 100, ring_length = 20;
static constexpr int shared_length = 3;
static constexpr int num_threads = 4;

static int report = -1;
static bool wants_leaks;

/* Inverted addresses of a few leaked blocks. */
static uintptr_t hidden[1 + num_chains + num_rings + 1];
static unsigned num_hidden;

static void hide(const void *pointer)
{
	hidden[num_hidden++] = ~reinterpret_cast<uintptr_t>(pointer);
}

static void report_leak(const char *kind, int number, const void *block,
			size_t size)
{
	dprintf(report, "leak %s %d 0x%zx %zu\n", kind, number,
		reinterpret_cast<size_t>(block), size);
}

static NOINLINE void plant_leaks()
{
	auto lost = new lost_block();
	report_leak("lost", 0, lost, sizeof(*lost));
	hide(lost);

	for (int i = 0; i < num_chains; i++) {
		chain_link *head = nullptr;
		for (int k = 0; k < chain_length; k++) {
			head = new chain_link{head, {}};
			report_leak("chain", i, head, sizeof(*head));
		}
		hide(head);
	}

	for (int i = 0; i < num_rings; i++) {
		auto first = new ring_member();
		auto last = first;
		report_leak("ring", i, first, sizeof(*first));
		for (int k = 1; k < ring_length; k++) {
			auto member = new ring_member();
			report_leak("ring", i, member, sizeof(*member));
			last->next = member;
			last = member;
		}
		last->next = first;
		hide(first);
	}

	auto first = std::make_shared<shared_member>();
	auto last = first;
	report_leak("shared", 0, reinterpret_cast<char *>(first.get()) - 16,
		    16 + sizeof(*first));
	for (int k = 1; k < shared_length; k++) {
		auto member = std::make_shared<shared_member>();
		report_leak("shared", 0,
			    reinterpret_cast<char *>(member.get()) - 16,
			    16 + sizeof(*member));
		last->next = member;
		last = member;
	}
	last->next = first;
	hide(first.get());
}

/* Frees blocks that point to leaked ones, many sizes of them. */
static NOINLINE void free_holders()
{
	std::vector<uintptr_t *> holders;

	for (size_t size = 24; size <= 1400; size += 48) {
		for (int k = 0; k < 12; k++) {
			auto holder = static_cast<uintptr_t *>(malloc(size));
			for (size_t i = 0; i < size / 8; i++)
				holder[i] = ~hidden[i % num_hidden];
			holders.push_back(holder);
		}
	}
	for (auto holder : holders)
		free(holder);
	std::fill(holders.begin(), holders.end(), nullptr);
}

/* Wipes the dead stack below the caller and the vector registers. */
static NOINLINE void wipe()
{
	volatile char dead[64 * 1024];

	for (size_t i = 0; i < sizeof(dead); i++)
		dead[i] = 0;
	if (__builtin_cpu_supports("avx")) {
		__asm__ volatile("vzeroall" ::: "memory");
	} else {
		__asm__ volatile("pxor %%xmm0, %%xmm0; pxor %%xmm1, %%xmm1;"
				 "pxor %%xmm2, %%xmm2; pxor %%xmm3, %%xmm3;"
				 "pxor %%xmm4, %%xmm4; pxor %%xmm5, %%xmm5;"
				 "pxor %%xmm6, %%xmm6; pxor %%xmm7, %%xmm7;"
				 "pxor %%xmm8, %%xmm8; pxor %%xmm9, %%xmm9" ::
					 : "memory");
	}
}

static void report_kept(const char *kind, const void *block, size_t size)
{
	dprintf(report, "kept %s 0x%zx %zu\n", kind,
		reinterpret_cast<size_t>(block), size);
}

static thread_local void *volatile kept_by_tls;
static void **private_mapping;
static volatile uintptr_t for_register;

static NOINLINE void keep_by_tls(const char *kind)
{
	kept_by_tls = calloc(1, 88);
	report_kept(kind, kept_by_tls, 88);
}

static NOINLINE void keep_by_mapping()
{
	private_mapping = static_cast<void **>(
		mmap(nullptr, 3 * 4096, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	private_mapping[700] = calloc(1, 104);
	report_kept("mapping", private_mapping[700], 104);
}

static NOINLINE void hide_for_register()
{
	void *block = calloc(1, 136);

	report_kept("register", block, 136);
	for_register = ~reinterpret_cast<uintptr_t>(block);
}

/* Parks this thread with the block's address in r13 and nowhere else. */
static NOINLINE void park_with_register()
{
	hide_for_register();
	wipe();
	__asm__ volatile("mov (%0), %%r13\n\t"
			 "not %%r13\n\t"
			 "movq $-1, (%0)\n"
			 "1:\n\t"
			 "mov %1, %%eax\n\t"
			 "syscall\n\t"
			 /* It is still wanted, and so no dead register. */
			 "test %%r13, %%r13\n\t"
			 "jmp 1b"
			 :
			 : "r"(&for_register), "i"(SYS_pause)
			 : "rax", "rcx", "r11", "r13", "memory");
	__builtin_unreachable();
}

/* The animals. */

struct graph_node {
	std::vector<std::shared_ptr<graph_node>> out;
	std::weak_ptr<graph_node> parent;
	std::string name;
};

struct alignas(64) cache_line {
	uint64_t words[8];
};

struct alignas(4096) page {
	char bytes[4096];
};

struct zoo {
	std::map<int, std::string> map;
	std::list<double> list;
	std::unordered_map<std::string, std::vector<int>> table;
	std::vector<std::shared_ptr<graph_node>> graph;
	std::vector<std::unique_ptr<std::string>> strings;
	std::vector<std::vector<char>> large;
	std::vector<std::unique_ptr<cache_line>> lines;
	std::vector<std::unique_ptr<page>> pages;
	std::vector<void *> raw;
};

struct dice {
	uint64_t state;
	uint32_t roll(uint32_t sides)
	{
		state = state * 6364136223846793005u + 1442695040888963407u;
		return (state >> 33) % sides;
	}
};

/*
 * Sizes of text are 7 more than a multiple of 16, so that the NUL ends
 * the block: a stale pointer that is half overwritten would lead anywhere.
 */
static std::string long_name(uint32_t number)
{
	std::string name(71, '.');
	auto start = "a name that is too long to be kept inside, number " +
		     std::to_string(number);

	return name.replace(0, start.size(), start);
}

/* What an earlier block left behind would link to anything. */
static void *cleared(void *block)
{
	memset(block, 0, malloc_usable_size(block));
	return block;
}

static void add_animal(zoo &zoo, dice &dice, uint32_t number)
{
	switch (dice.roll(8)) {
	case 0:
		zoo.map[number] = long_name(number);
		break;
	case 1:
		zoo.list.push_back(number);
		break;
	case 2:
		zoo.table[long_name(number)].assign(dice.roll(30), 7);
		break;
	case 3: {
		auto node = std::make_shared<graph_node>();
		node->name = long_name(number);
		for (int i = 0; i < 3 && !zoo.graph.empty(); i++) {
			auto other = zoo.graph[dice.roll(zoo.graph.size())];
			node->out.push_back(other);
			other->parent = node;
		}
		zoo.graph.push_back(std::move(node));
		break;
	}
	case 4:
		zoo.strings.push_back(std::make_unique<std::string>(
			23 + 16 * dice.roll(31), 'x'));
		break;
	case 5:
		if (dice.roll(10) == 0)
			zoo.lines.push_back(std::make_unique<cache_line>());
		else if (dice.roll(200) == 0)
			zoo.pages.push_back(std::make_unique<page>());
		else
			zoo.list.push_front(number);
		break;
	default:
		zoo.raw.push_back(cleared(malloc(dice.roll(200))));
		break;
	}
}

static void remove_animal(zoo &zoo, dice &dice)
{
	if (!zoo.map.empty() && dice.roll(2))
		zoo.map.erase(zoo.map.begin());
	if (!zoo.list.empty())
		zoo.list.pop_front();
	if (!zoo.strings.empty())
		zoo.strings[dice.roll(zoo.strings.size())].reset();
	if (!zoo.raw.empty()) {
		void *&block = zoo.raw[dice.roll(zoo.raw.size())];
		free(block);
		block = nullptr;
	}
}

static void fill(zoo &zoo, uint32_t num_blocks, uint32_t seed)
{
	dice dice{seed};

	/* An animal is about two blocks, and some are removed. */
	for (uint32_t i = 0; i < num_blocks; i++) {
		add_animal(zoo, dice, seed * 10000000 + i);
		if (dice.roll(5) == 0)
			remove_animal(zoo, dice);
	}
	for (size_t size = 200000; size < 4000000; size *= 2)
		zoo.large.emplace_back(size, 'L');
	for (size_t align = 32; align <= 4u << 20; align *= 4) {
		zoo.raw.push_back(cleared(memalign(align, 300000)));
		zoo.raw.push_back(cleared(memalign(align, 100)));
	}
}

static zoo main_zoo, thread_zoos[num_threads];
static std::atomic<int> num_parked;

static void run_thread(int number, uint32_t num_blocks)
{
	char name[16];

	snprintf(name, sizeof(name), "keeper-%d", number);
	prctl(PR_SET_NAME, name);
	fill(thread_zoos[number], num_blocks, number + 2);

	/* What one thread allocates another may free. */
	auto &strings = main_zoo.strings;
	for (size_t i = number; i < strings.size(); i += 2 * num_threads)
		strings[i].reset();

	if (number == 1)
		keep_by_tls("thread-tls");
	if (wants_leaks)
		free_holders();
	wipe();
	num_parked++;
	if (number == 2)
		park_with_register();
	for (;;)
		pause();
}

static NOINLINE void stop(bool wants_abort)
{
	wipe();
	dprintf(report, "ready %d\n", getpid());
	wipe();
	if (wants_abort)
		abort();
	while (num_parked)
		pause();
}

static NOINLINE void descend(int levels, bool wants_abort)
{
	volatile char frame[1000];

	frame[0] = frame[999] = 0;
	if (levels == 0)
		stop(wants_abort);
	else
		descend(levels - 1, wants_abort);
	frame[1] = 0;
}

static NOINLINE void make_threads(uint32_t num_blocks)
{
	for (int i = 0; i < num_threads; i++)
		std::thread(run_thread, i, num_blocks).detach();
	while (num_parked < num_threads)
		usleep(1000);
	usleep(20000); /* the last one is on its way into pause() */
}

int main(int argc, char **argv)
{
	bool wants_abort = false;

	if (argc < 3) {
		fprintf(stderr, "usage: zoo BLOCKS REPORT [leaks] [abort]\n");
		return 2;
	}
	uint32_t num_blocks = strtoul(argv[1], nullptr, 0);
	report = open(argv[2], O_CREAT | O_TRUNC | O_WRONLY | O_APPEND, 0644);
	if (report < 0) {
		perror(argv[2]);
		return 2;
	}
	for (int i = 3; i < argc; i++) {
		wants_leaks |= strcmp(argv[i], "leaks") == 0;
		wants_abort |= strcmp(argv[i], "abort") == 0;
	}

	if (wants_leaks)
		plant_leaks();
	fill(main_zoo, num_blocks / 2, 1);
	make_threads(num_blocks / 2 / num_threads);

	keep_by_tls("tls");
	keep_by_mapping();
	void *volatile kept_by_stack = calloc(1, 120);
	report_kept("stack", kept_by_stack, 120);
	if (wants_leaks) {
		free_holders();
		wipe();
	}
	descend(400, wants_abort);
	return kept_by_stack == nullptr;
}
