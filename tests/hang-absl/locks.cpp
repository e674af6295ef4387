/*
 * Threads that wait for absl's locks, which do not know who holds them.  Each
 * writes a line before it waits: its TID, what for, the object, and the TID of
 * who owns it.
 */
#include <absl/synchronization/mutex.h>
#include <cstdio>
#include <thread>
#include <unistd.h>

static absl::Mutex g_plain, g_read, g_written, g_first, g_second;
static pid_t g_holder, g_reader, g_writer, g_first_owner, g_second_owner;

static void say(const char *kind, const void *object, long owner)
{
	std::printf("%d %s %p %ld\n", gettid(), kind, object, owner);
	std::fflush(stdout);
}

static void rest()
{
	say("sleep", nullptr, 0);
	for (;;)
		sleep(1000);
}

static void hold()
{
	absl::MutexLock lock(&g_plain);
	g_holder = gettid();
	rest();
}

static void wait_plain()
{
	say("lock", &g_plain, g_holder);
	absl::MutexLock lock(&g_plain);
	rest();
}

static void hold_reading()
{
	absl::ReaderMutexLock lock(&g_read);
	g_reader = gettid();
	rest();
}

static void wait_writing()
{
	say("lock", &g_read, g_reader);
	absl::WriterMutexLock lock(&g_read);
	rest();
}

static void hold_writing()
{
	absl::WriterMutexLock lock(&g_written);
	g_writer = gettid();
	rest();
}

static void wait_reading()
{
	say("lock", &g_written, g_writer);
	absl::ReaderMutexLock lock(&g_written);
	rest();
}

static void cross(absl::Mutex &mine, absl::Mutex &other, pid_t &own,
		  pid_t &others)
{
	absl::MutexLock guard(&mine);
	own = gettid();
	while (!others)
		usleep(1000);
	say("lock", &other, others);
	absl::MutexLock second(&other);
	rest();
}

int main()
{
	absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
	std::thread(hold).detach();
	std::thread(hold_reading).detach();
	std::thread(hold_writing).detach();
	while (!g_holder || !g_reader || !g_writer)
		usleep(1000);
	std::thread(wait_plain).detach();
	std::thread(wait_writing).detach();
	std::thread(wait_reading).detach();
	std::thread(cross, std::ref(g_first), std::ref(g_second),
		    std::ref(g_first_owner), std::ref(g_second_owner))
		.detach();
	std::thread(cross, std::ref(g_second), std::ref(g_first),
		    std::ref(g_second_owner), std::ref(g_first_owner))
		.detach();
	usleep(500000);
	say("pause", nullptr, 0);
	std::printf("ready\n");
	std::fflush(stdout);
	for (;;)
		pause();
}
