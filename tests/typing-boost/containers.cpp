// Containers of Boost, and what is in them: "VARIABLE ADDRESS VALUE" a line,
// and of some variables "VARIABLE: ...".
#include <boost/container/flat_map.hpp>
#include <boost/container/small_vector.hpp>
#include <boost/container/static_vector.hpp>
#include <boost/container/vector.hpp>
#include <boost/unordered_map.hpp>
#include <boost/unordered_set.hpp>
#include <boost/variant.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>

struct item {
	int number;
	std::string name;
};

namespace container = boost::container;
using variant = boost::variant<int, std::string, item>;

container::vector<item> g_vector, g_vector_empty;
container::small_vector<std::string, 4> g_small_inside, g_small_outside;
container::static_vector<std::string, 300> g_static;
container::flat_map<int, std::string> g_flat;
container::vector<variant> g_variants;
boost::unordered_map<int, std::string> g_hash, g_hash_empty;
boost::unordered_map<std::string, item> g_hash_items;
boost::unordered_set<std::string> g_set;

static const char *name;

static void put(const int &value)
{
	printf("%s %p %d\n", name, (void *)&value, value);
}
static void put(const std::string &value)
{
	printf("%s %p \"%s\"\n", name, (void *)&value, value.c_str());
}
static void put(const item &value)
{
	put(value.number), put(value.name);
}
static void put(const variant &value)
{
	boost::apply_visitor([](const auto &held) { put(held); }, value);
}
template <typename T> static void put_pair(const T &pair)
{
	put(pair.first), put(pair.second);
}

template <typename T> static void all(const char *of, const T &values)
{
	name = of;
	for (auto &value : values)
		put(value);
}
template <typename T> static void counted(const char *of, const T &values)
{
	all(of, values);
	printf("%s: %zu element%s\n", of, (size_t)values.size(),
	       values.size() == 1 ? "" : "s");
}
template <typename T> static void pairs(const char *of, const T &values)
{
	name = of;
	for (auto &value : values)
		put_pair(value);
}

static std::string longer(int number)
{
	return "a text that is number " + std::to_string(number);
}

int main()
{
	for (int i = 0; i < 200; i++) {
		g_vector.push_back(item{i, longer(i)});
		g_small_outside.push_back(longer(i));
		if (i < 3)
			g_small_inside.push_back(longer(i));
		g_static.push_back(longer(i));
		g_flat[i] = longer(i);
		if (i % 3 == 0)
			g_variants.push_back(i);
		else if (i % 3 == 1)
			g_variants.push_back(longer(i));
		else
			g_variants.push_back(item{i, longer(i)});
		g_hash[i] = longer(i);
		g_hash_items[longer(i)] = item{i, longer(-i)};
		g_set.insert(longer(i));
	}
	counted("g_vector", g_vector);
	counted("g_vector_empty", g_vector_empty);
	counted("g_small_inside", g_small_inside);
	counted("g_small_outside", g_small_outside);
	all("g_static", g_static);
	pairs("g_flat", g_flat);
	counted("g_variants", g_variants);
	pairs("g_hash", g_hash);
	pairs("g_hash_empty", g_hash_empty);
	pairs("g_hash_items", g_hash_items);
	all("g_set", g_set);
	fflush(stdout);
	abort();
}
