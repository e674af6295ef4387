/*
 * Threads that wait for locks which do not know who holds them, and what they
 * hold.  Each writes a line before it waits: its TID, what for, the object, and
 * the TID of who owns it.
 */
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <unistd.h>

/* One word, 0 or 1 or 2, as many programs have written it themselves. */
#include <linux/futex.h>
#include <sys/syscall.h>

struct small_mutex {
	int state = 0;

	void lock()
	{
		int wanted = 0;

		if (__atomic_compare_exchange_n(&state, &wanted, 1, false,
						__ATOMIC_ACQUIRE,
						__ATOMIC_RELAXED))
			return;
		while (__atomic_exchange_n(&state, 2, __ATOMIC_ACQUIRE))
			syscall(SYS_futex, &state, FUTEX_WAIT_PRIVATE, 2, NULL);
	}
	void unlock()
	{
		__atomic_store_n(&state, 0, __ATOMIC_RELEASE);
		syscall(SYS_futex, &state, FUTEX_WAKE_PRIVATE, 1);
	}
};

/* As absl has it: who waits does so at a word of its own. */
namespace absl
{
struct SynchWaitParams {
	int is_woken;
};

class Mutex
{
      public:
	__attribute__((noinline)) void LockSlowLoop(SynchWaitParams *params,
						    int flags)
	{
		while (!__atomic_load_n(&params->is_woken, __ATOMIC_ACQUIRE))
			syscall(SYS_futex, &params->is_woken,
				FUTEX_WAIT_PRIVATE, flags, NULL);
	}
	void Lock()
	{
		static thread_local SynchWaitParams params;

		if (__atomic_fetch_or(&state, 8, __ATOMIC_ACQUIRE))
			LockSlowLoop(&params, 0);
	}
	void Unlock()
	{
		state = 0;
	}

      private:
	long state = 0;
};

class MutexLock
{
      public:
	explicit MutexLock(Mutex *mutex) : mu_(mutex)
	{
		mu_->Lock();
	}
	~MutexLock()
	{
		mu_->Unlock();
	}

      private:
	Mutex *const mu_;
};
} // namespace absl

static absl::Mutex g_elsewhere;
static small_mutex g_small, g_first, g_second;
static std::shared_mutex g_table, g_ring_table;
static std::mutex g_ring, g_quiet, g_quieter;
static std::atomic<int> g_num_said;
static pid_t g_holder, g_reader, g_ring_reader, g_first_owner, g_second_owner;

static void say(const char *kind, const void *object, long owner)
{
	std::printf("%d %s %p %ld\n", gettid(), kind, object, owner);
	std::fflush(stdout);
	g_num_said++;
}

static void rest()
{
	say("sleep", nullptr, 0);
	for (;;)
		sleep(1000);
}

static void hold()
{
	std::lock_guard<small_mutex> small(g_small);
	std::shared_lock<std::shared_mutex> reader(g_table);
	std::scoped_lock quiet(g_quiet, g_quieter);
	absl::MutexLock elsewhere(&g_elsewhere);
	g_holder = gettid();
	rest();
}

static void wait_small()
{
	say("lock", &g_small, g_holder);
	std::lock_guard<small_mutex> guard(g_small);
	rest();
}

static void wait_elsewhere()
{
	say("lock", &g_elsewhere, g_holder);
	absl::MutexLock guard(&g_elsewhere);
	rest();
}

static void wait_table()
{
	say("rwlock-write", &g_table, g_holder);
	std::unique_lock<std::shared_mutex> guard(g_table);
	rest();
}

/* The reader of a ring waits for the writer's other lock. */
static void ring_reader()
{
	std::shared_lock<std::shared_mutex> reader(g_ring_table);
	g_ring_reader = gettid();
	while (!g_reader)
		usleep(1000);
	usleep(100000);
	say("mutex", &g_ring, g_reader);
	std::lock_guard<std::mutex> guard(g_ring);
	rest();
}

static void ring_writer()
{
	std::lock_guard<std::mutex> guard(g_ring);
	g_reader = gettid();
	while (!g_ring_reader)
		usleep(1000);
	say("rwlock-write", &g_ring_table, g_ring_reader);
	std::unique_lock<std::shared_mutex> writer(g_ring_table);
	rest();
}

static void cross(small_mutex &mine, small_mutex &other, pid_t &own,
		  pid_t &others)
{
	std::lock_guard<small_mutex> guard(mine);
	own = gettid();
	while (!others)
		usleep(1000);
	say("lock", &other, others);
	std::lock_guard<small_mutex> second(other);
	rest();
}

int main()
{
	std::thread(hold).detach();
	while (!g_holder)
		usleep(1000);
	std::thread(wait_small).detach();
	std::thread(wait_elsewhere).detach();
	std::thread(wait_table).detach();
	std::thread(ring_reader).detach();
	std::thread(ring_writer).detach();
	std::thread(cross, std::ref(g_first), std::ref(g_second),
		    std::ref(g_first_owner), std::ref(g_second_owner))
		.detach();
	std::thread(cross, std::ref(g_second), std::ref(g_first),
		    std::ref(g_second_owner), std::ref(g_first_owner))
		.detach();
	while (g_num_said < 8)
		usleep(1000);
	usleep(500000);
	say("pause", nullptr, 0);
	std::printf("quiet %p %p\n", (void *)&g_quiet, (void *)&g_quieter);
	std::printf("ready\n");
	std::fflush(stdout);
	for (;;)
		pause();
}
