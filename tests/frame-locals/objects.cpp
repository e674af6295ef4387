// Locals of C++: references, this, bases, templates, lambdas, several threads.
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <thread>
#include <unistd.h>
#include <vector>

namespace app
{

struct Base {
	int tag = 7;
	virtual ~Base() = default;
	virtual long run(long level) = 0;
};

template <typename T> struct Pair {
	T first, second;
};

struct Job : Base {
	Pair<short> pair{3, 4};
	unsigned low : 3, high : 13;
	bool is_done = false;

	explicit Job(unsigned bits) : low(bits), high(bits * 5)
	{
	}
	long run(long level) override;
};

thread_local long calls;
static std::atomic<int> waiting;

static inline __attribute__((always_inline)) long twice(const Pair<long> &pair)
{
	long sum = pair.first + pair.second;
	if (sum == 41)
		abort();
	return sum * 2;
}

__attribute__((noinline)) long Job::run(long level)
{
	Pair<long> here{level, level + 1};
	Job *const self = this;
	Base &base = *this;
	static int runs;
	uint8_t small = (uint8_t)level;

	runs++;
	calls++;
	auto next = [&, extra = 2L ](long by) __attribute__((noinline))
	{
		return base.run(level + by) + extra + small;
	};
	if (level < 20)
		return next(4) + self->pair.first;
	return twice(here);
}

__attribute__((noinline)) static void wait_for_ever(int number)
{
	double share = number / 4.0;
	volatile double kept = share;

	waiting++;
	for (;;)
		pause();
	(void)kept;
}

} // namespace app

int main()
{
	std::vector<int> numbers{1, 2, 3};
	app::Job job(5);

	for (int number : numbers)
		std::thread(app::wait_for_ever, number).detach();
	while (app::waiting < (int)numbers.size())
		usleep(1000);
	return (int)job.run(0);
}
