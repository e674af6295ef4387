/* Coroutines that wait, and what only their frames hold. */
#include <coroutine>
#include <cstdio>
#include <cstdlib>

struct held {
	long number[4];
};

struct task {
	struct promise_type {
		task get_return_object()
		{
			return {std::coroutine_handle<
				promise_type>::from_promise(*this)};
		}
		std::suspend_always initial_suspend()
		{
			return {};
		}
		std::suspend_always final_suspend() noexcept
		{
			return {};
		}
		void return_void()
		{
		}
		void unhandled_exception()
		{
		}
	};
	std::coroutine_handle<promise_type> handle;
};

static task wait_with(held *parameter, int count)
{
	held *local = new held();

	for (int i = 0; i < count; i++)
		co_await std::suspend_always{};
	parameter->number[0] = local->number[0];
}

static task tasks[20];

int main()
{
	for (task &task : tasks) {
		task = wait_with(new held(), 3);
		task.handle.resume();
	}
	printf("frames 20\nheld 40\n");
	fflush(stdout);
	abort();
}
