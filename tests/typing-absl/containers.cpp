// Containers of Abseil, and what is in them: "VARIABLE ADDRESS VALUE" a line,
// and of the variables "VARIABLE: ...".
#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/container/inlined_vector.h>
#include <absl/container/node_hash_set.h>
#include <cstdio>
#include <cstdlib>
#include <string>

struct item {
	int number;
	std::string name;
};

absl::flat_hash_map<int, std::string> g_flat, g_flat_empty, g_flat_emptied;
absl::flat_hash_map<std::string, item> g_flat_items;
absl::flat_hash_map<int, absl::flat_hash_set<int>> g_flat_nested;
absl::flat_hash_set<std::string> g_set;
absl::InlinedVector<std::string, 4> g_inside, g_outside, g_inlined_empty;
absl::InlinedVector<int, 8> g_numbers;

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
static void put(const absl::flat_hash_set<int> &values)
{
	for (const int &value : values)
		put(value);
}
template <typename T, typename U> static void put(const std::pair<T, U> &pair)
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
	printf("%s: %zu element%s\n", of, values.size(),
	       values.size() == 1 ? "" : "s");
}

static std::string longer(int number)
{
	return "a text that is number " + std::to_string(number);
}

int main()
{
	for (int i = 0; i < 200; i++) {
		g_flat[i] = longer(i);
		g_flat_emptied[i] = longer(i);
		g_flat_items[longer(i)] = item{i, longer(-i)};
		g_flat_nested[i % 7].insert(i);
		g_set.insert(longer(i));
		g_outside.push_back(longer(i));
		g_numbers.push_back(i);
	}
	for (int i = 0; i < 200; i++)
		g_flat_emptied.erase(i), g_flat.erase(i * 3);
	g_inside.push_back(longer(1));
	all("g_flat", g_flat);
	all("g_flat_empty", g_flat_empty);
	all("g_flat_emptied", g_flat_emptied);
	all("g_flat_items", g_flat_items);
	all("g_flat_nested", g_flat_nested);
	all("g_set", g_set);
	counted("g_inside", g_inside);
	counted("g_outside", g_outside);
	counted("g_inlined_empty", g_inlined_empty);
	counted("g_numbers", g_numbers);
	fflush(stdout);
	abort();
}
