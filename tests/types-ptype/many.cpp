/* Many types of the C++ library, and some with all that a class may have. */
#include <atomic>
#include <deque>
#include <functional>
#include <future>
#include <iostream>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

namespace app
{

struct Base {
	virtual ~Base() = default;
	int id = 1;
};

struct Left : virtual Base {
	char left[3];
};

struct Right : virtual Base {
	short right;
};

class Bottom : public Left, private Right
{
      public:
	unsigned a : 1, b : 6, : 3, c : 9;
	bool flag : 1;
	long long wide : 40;
	static int instances;
	int Bottom::*member = nullptr;
	void (Bottom::*method)() = nullptr;
	struct Inner {
		union {
			double real;
			struct {
				char low, high;
			};
		};
		char text[2][7];
	} inner[2];
	int &&reference;

	Bottom() : reference(static_cast<int &&>(instances))
	{
		instances++;
	}
};

int Bottom::instances;

struct __attribute__((packed)) Packed {
	char a;
	int b;
	unsigned c : 5;
	unsigned long d : 50;
	short e;
};

struct alignas(64) Aligned {
	char a;
	std::atomic<int> b;
};

} /* namespace app */

int main(int argc, char **argv)
{
	std::map<std::string, std::vector<int>> map;
	std::list<std::shared_ptr<std::string>> list;
	std::unordered_map<int, std::unique_ptr<double>> table;
	std::deque<std::set<long>> deque;
	std::function<int(int)> function = [&](int x) { return x + argc; };
	std::promise<int> promise;
	std::variant<int, std::string> variant;
	std::optional<std::mutex *> optional;
	std::ostringstream stream;
	app::Bottom bottom;
	app::Packed packed = {};
	app::Aligned aligned = {};

	std::thread thread([&] { promise.set_value(1); });
	thread.join();
	map["a"].push_back(function(1));
	stream << map.size() << bottom.id << packed.e << aligned.b;
	return list.size() + table.size() + deque.size() + variant.index() +
	       optional.has_value();
}
