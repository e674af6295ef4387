// Throws, catches and unwinds through frames that keep things in registers.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

static unsigned long num_closed;

struct closer {
	std::string name;
	explicit closer(std::string name) : name(std::move(name))
	{
	}
	~closer()
	{
		num_closed += name.size();
	}
};

__attribute__((noinline)) static int parse(const std::string &text, int depth)
{
	closer here(text + std::to_string(depth));
	std::vector<int> seen(depth + 3, depth);

	if (depth == 0) {
		if (text.size() % 5 == 0)
			throw std::invalid_argument(text);
		return std::stoi(text) + seen[1];
	}
	try {
		return parse(text, depth - 1) + seen.back();
	} catch (const std::out_of_range &error) {
		if (depth % 2 == 0)
			throw std::runtime_error(here.name + error.what());
		throw;
	} catch (const std::runtime_error &) {
		if (depth < 6)
			throw;
		return depth;
	}
}

__attribute__((noinline)) static void count(std::map<std::string, long> &sums,
					    int number)
{
	static const char *const endings[] = {"", "0000000000", "x", "77"};
	std::string text = std::to_string(number) + endings[number % 4];
	auto held = std::make_unique<closer>(text);

	try {
		sums["sum"] += parse(text, number % 13);
	} catch (const std::invalid_argument &error) {
		sums[std::string("bad ") + held->name.substr(0, 1)]++;
	} catch (const std::exception &error) {
		sums["other"] += std::string(error.what()).size();
	}
	if (number % 500 == 0) {
		std::printf("%d %ld\n", number, sums["sum"]);
		std::fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	std::map<std::string, long> sums;
	int most = argc > 1 ? std::atoi(argv[1]) : 40000;

	for (int i = 1; i <= most; i++)
		count(sums, i);
	for (const auto &[name, sum] : sums)
		std::printf("%s: %ld\n", name.c_str(), sum);
	std::printf("%lu\n", num_closed);
}
