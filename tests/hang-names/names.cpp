// Locks that are called as the members of locks are.
#include <cstdio>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <unistd.h>

struct Inner {
	long number;
	std::mutex __data;
};

class Pool
{
	long number = 1;

      public:
	std::mutex mu_;
	std::shared_timed_mutex _M_lock;
	pthread_mutex_t raw = PTHREAD_MUTEX_INITIALIZER;
	Inner inner[2];
};

static std::mutex mu_;
Pool *g_pool;
Pool g_own;

static void wait_for_all(Pool &pool)
{
	pool.mu_.lock();
	pool._M_lock.lock();
	pthread_mutex_lock(&pool.raw);
	pool.inner[1].__data.lock();
	std::thread([&] { pool.mu_.lock(); }).detach();
	std::thread([&] { pool._M_lock.lock(); }).detach();
	std::thread([&] { pthread_mutex_lock(&pool.raw); }).detach();
	std::thread([&] { pool.inner[1].__data.lock(); }).detach();
}

int main()
{
	g_pool = new Pool;
	wait_for_all(*g_pool);
	wait_for_all(g_own);
	mu_.lock();
	std::thread([] { mu_.lock(); }).detach();
	usleep(200000);
	std::puts("ready");
	std::fflush(stdout);
	pause();
}
