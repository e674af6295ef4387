// Values in boost::optional, some of which are not there.
#include <boost/optional.hpp>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

struct leaf {
	long number[5];
};

struct held {
	std::string note;
	leaf *tip;
};

struct item {
	boost::optional<std::string> name;
	boost::optional<held> inner;
	boost::optional<leaf *> direct;
};

std::vector<std::unique_ptr<item>> g_items;

int main()
{
	for (int i = 0; i < 120; i++) {
		auto made = std::make_unique<item>();
		if (i % 2 == 0)
			made->name = std::string(100 + i, 'a' + i % 26);
		if (i % 3 == 0)
			made->inner = held{std::string(50, 'z'), new leaf()};
		if (i % 4 == 0)
			made->direct = new leaf();
		g_items.push_back(std::move(made));
	}
	abort();
}
