// Nodes of containers in memory resources, whose chunks hold many of them, at
// distances that are no multiple of their size; texts that each has.
#include <cstdlib>
#include <list>
#include <map>
#include <memory>
#include <memory_resource>
#include <string>
#include <unordered_map>

struct item {
	int number;
	std::string name;
};

std::pmr::unsynchronized_pool_resource g_pool;
std::pmr::monotonic_buffer_resource g_chunks;
std::pmr::list<item> g_list{&g_pool};
std::pmr::map<int, item> g_map{&g_pool};
std::pmr::unordered_map<int, std::string> g_hash{&g_chunks};
std::list<std::shared_ptr<std::string>> g_aliases;

static std::string longer(const char *what, int i)
{
	return std::string(what) + " has the number " + std::to_string(i);
}

int main()
{
	for (int i = 0; i < 300; i++) {
		g_list.push_back({i, longer("one in a list", i)});
		g_map.emplace(i, item{i, longer("one in a map", i)});
		g_hash.emplace(i, longer("one in a table", i));
		auto made = std::make_shared<item>(
			item{i, longer("one that is shared", i)});
		g_aliases.emplace_back(made, &made->name);
	}
	abort();
}
