// A chain of two types in turn, deeper than stacks go, then one that a local
// and a variable share.  Ends with a core.
#include <cstdlib>
#include <memory>
#include <vector>

struct Odd;

struct Even {
	std::unique_ptr<Odd> odd;
	std::vector<long> numbers;
};

struct Odd {
	std::unique_ptr<Even> even;
};

Even *chain;

int main()
{
	chain = new Even;
	Even *last = chain;
	for (int i = 0; i < 100; i++) {
		last->odd = std::make_unique<Odd>();
		last->odd->even = std::make_unique<Even>();
		last = last->odd->even.get();
		last->numbers.resize(10);
	}
	last = nullptr;
	std::abort();
}
