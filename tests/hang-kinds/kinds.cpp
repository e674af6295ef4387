/*
 * The same for what C++ has.
 *
 *	kinds REPORT threads|statics|again
 */
#include <atomic>
#include <barrier>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <future>
#include <latch>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <thread>
#include <unistd.h>

static std::FILE *g_report;
static std::atomic<pid_t> g_owner, g_runner, g_joined;

static void say(const char *kind, const void *object, long owner)
{
	std::fprintf(g_report, "%d %s 0x%lx %ld\n", gettid(), kind,
		     (long)object, owner);
	std::fflush(g_report);
}

static void rest()
{
	say("sleep", nullptr, 0);
	for (;;)
		sleep(1000);
}

static std::mutex g_mutex;
static std::recursive_timed_mutex g_timed;
static std::shared_mutex g_written, g_read;
static std::latch g_latch(3);
static std::barrier<> g_barrier(3);
static std::counting_semaphore<> g_semaphore(0);
static std::atomic<int> g_word(5);
static std::atomic<char> g_byte('a');
static std::once_flag g_once;
static std::promise<int> g_promise;
static std::condition_variable g_changed;
static std::condition_variable_any g_any;
static std::mutex g_idle;

static void hold()
{
	std::lock_guard<std::mutex> mutex(g_mutex);
	std::lock_guard<std::recursive_timed_mutex> timed(g_timed);
	std::unique_lock<std::shared_mutex> written(g_written);
	g_read.lock_shared();
	g_owner = gettid();
	rest();
}

static void run_once()
{
	g_runner = gettid();
	rest();
}

/* Where what is waited for is the library's own, 0 stands for any object. */
static void begin_threads()
{
	std::thread(hold).detach();
	while (!g_owner)
		usleep(1000);
	std::thread([] {
		say("mutex", &g_mutex, g_owner);
		g_mutex.lock();
	}).detach();
	std::thread([] {
		say("mutex", &g_timed, g_owner);
		g_timed.try_lock_for(std::chrono::hours(1000));
	}).detach();
	std::thread([] {
		say("rwlock-read", &g_written, g_owner);
		g_written.lock_shared();
	}).detach();
	std::thread([] {
		say("rwlock-write", &g_read, 0);
		g_read.lock();
	}).detach();
	std::thread([] {
		say("futex", &g_latch, 0);
		g_latch.wait();
	}).detach();
	std::thread([] {
		say("futex", nullptr, 0);
		g_barrier.arrive_and_wait();
	}).detach();
	std::thread([] {
		say("futex", &g_semaphore, 0);
		g_semaphore.acquire();
	}).detach();
	std::thread([] {
		say("futex", &g_word, 0);
		g_word.wait(5);
	}).detach();
	std::thread([] {
		say("futex", nullptr, 0);
		g_byte.wait('a');
	}).detach();
	std::thread([] { std::call_once(g_once, run_once); }).detach();
	while (!g_runner)
		usleep(1000);
	std::thread([] {
		say("once", &g_once, g_runner);
		std::call_once(g_once, run_once);
	}).detach();
	std::thread([] {
		auto future = g_promise.get_future();
		say("future", nullptr, 0);
		future.get();
	}).detach();
	std::thread([] {
		auto future = std::async(std::launch::async, [] {
			g_joined = gettid();
			rest();
		});
		while (!g_joined)
			usleep(1000);
		say("join", nullptr, g_joined);
		future.get();
	}).detach();
	std::thread([] {
		std::unique_lock<std::mutex> lock(g_idle);
		say("condition", &g_changed, 0);
		g_changed.wait_for(lock, std::chrono::hours(1000),
				   [] { return false; });
	}).detach();
	std::thread([] {
		std::unique_lock<std::mutex> lock(g_idle);
		say("condition", nullptr, 0);
		g_any.wait(lock, [] { return false; });
	}).detach();
}

/* Each initialises its own and uses the other's. */
static std::atomic<int> g_num_begun;
static std::atomic<pid_t> g_tids[2];

struct second;
static second &get_second();

static void meet(int own)
{
	g_tids[own] = gettid();
	g_num_begun++;
	while (g_num_begun < 2)
		usleep(1000);
	usleep(50000);
	say("once", nullptr, g_tids[!own]);
}

struct first {
	first()
	{
		meet(0);
		get_second();
	}
};

__attribute__((noinline)) static first &get_first()
{
	static first value;
	return value;
}

struct second {
	second()
	{
		meet(1);
		get_first();
	}
};

__attribute__((noinline)) static second &get_second()
{
	static second value;
	return value;
}

static int use_again(int depth);

__attribute__((noinline)) static int begin_again(int depth)
{
	static int value = use_again(depth);
	return value;
}

__attribute__((noinline)) static int use_again(int depth)
{
	say("once", nullptr, gettid());
	return begin_again(depth + 1);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 2 ? argv[2] : "";

	if (argc < 3)
		return 2;
	g_report = std::fopen(argv[1], "w");
	if (std::strcmp(mode, "threads") == 0) {
		begin_threads();
	} else if (std::strcmp(mode, "statics") == 0) {
		std::thread([] { get_first(); }).detach();
		std::thread([] { get_second(); }).detach();
	} else {
		std::thread([] { begin_again(0); }).detach();
	}
	usleep(800000);
	say("pause", nullptr, 0);
	std::fprintf(g_report, "ready\n");
	std::fflush(g_report);
	for (;;)
		pause();
}
