/*
 * One global of each kind of container, wrapper and smart pointer.
 *
 * Prints all values that they hold, in the order of the variables: the
 * variable's name, the address and the value; "name: ..." is what is to be said
 * of the whole.  Then it dies for a core.
 */
#include <any>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <exception>
#include <filesystem>
#include <forward_list>
#include <functional>
#include <future>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <stack>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#define LONG "a text that is too long to be kept inside of it, number "

struct item {
	int number;
	std::string name;
};

/* 300 bytes: more than one in no buffer of libstdc++'s deque. */
struct large {
	int numbers[75];
};

struct less_by {
	const int *sign;
	bool operator()(int a, int b) const
	{
		return *sign * a < *sign * b;
	}
};

struct shape {
	virtual ~shape()
	{
	}
	int sides = 3;
};

struct square : shape {
	int length = 5;
};

template <typename T> struct counting_allocator {
	using value_type = T;
	long *counter;
	explicit counting_allocator(long *counter) : counter(counter)
	{
	}
	template <typename U>
	counting_allocator(const counting_allocator<U> &other)
	    : counter(other.counter)
	{
	}
	T *allocate(size_t count)
	{
		++*counter;
		return static_cast<T *>(malloc(count * sizeof(T)));
	}
	void deallocate(T *start, size_t)
	{
		free(start);
	}
	bool operator==(const counting_allocator &) const
	{
		return true;
	}
	bool operator!=(const counting_allocator &) const
	{
		return false;
	}
};

static const int minus_one = -1;
static long num_allocations;

std::vector<int> g_vector, g_vector_empty, g_vector_reserved;
std::vector<item> g_vector_items;
std::vector<std::vector<int>> g_vector_nested;
std::vector<bool> g_bits;
std::array<item, 3> g_array;
std::deque<int> g_deque, g_deque_empty, g_deque_long;
std::deque<item> g_deque_items;
std::deque<large> g_deque_large;
std::list<int> g_list, g_list_empty;
std::list<item> g_list_items;
std::forward_list<std::string> g_forward;
std::map<int, std::string> g_map, g_map_empty, g_map_one;
std::map<std::string, item> g_map_items;
std::multimap<char, double> g_multimap;
std::set<std::string> g_set;
std::set<int, less_by> g_set_reversed{less_by{&minus_one}};
std::unordered_map<int, int> g_hash, g_hash_empty, g_hash_one;
std::unordered_map<std::string, item> g_hash_items;
std::unordered_set<std::string> g_hash_set;
std::unordered_multimap<std::string, std::vector<int>> g_hash_multi;
std::string g_short, g_long, g_empty;
/* clang leaves the class out, since the library has an instance of it. */
#ifndef WITHOUT_WIDE
std::wstring g_wide;
#endif
std::u16string g_u16;
std::u32string g_u32;
std::string_view g_view;
std::queue<int> g_queue;
std::stack<int> g_stack;
std::priority_queue<int> g_priority;
std::unique_ptr<item> g_unique, g_unique_empty;
std::unique_ptr<item[]> g_unique_array;
std::shared_ptr<item> g_shared, g_shared_new, g_shared_empty;
std::weak_ptr<item> g_weak, g_weak_expired;
std::shared_ptr<item> g_shared_deleter;
std::optional<item> g_optional, g_optional_empty;
std::variant<int, std::string, item> g_variant_0, g_variant_1, g_variant_2;
std::tuple<int, std::string, item> g_tuple;
std::pair<int, std::string> g_pair;
std::vector<int, counting_allocator<int>> g_vector_counted{
	counting_allocator<int>(&num_allocations)};
std::map<int, int, std::less<int>,
	 counting_allocator<std::pair<const int, int>>>
	g_map_counted{counting_allocator<std::pair<const int, int>>(
		&num_allocations)};

std::function<void()> g_function_small, g_function_large, g_function_owner,
	g_function_object, g_function_empty;
std::any g_any_int, g_any_item, g_any_empty;
std::filesystem::path g_path;
std::exception_ptr g_exception;
#ifdef __cpp_lib_move_only_function
std::move_only_function<void()> g_move_small, g_move_large;
#endif

static const char *name;

static void leaf(const void *place)
{
	printf("%s %p ", name, place);
}

static void put(const int &value)
{
	leaf(&value), printf("%d\n", value);
}
static void put(const char &value)
{
	leaf(&value), printf("%d\n", value);
}
static void put(const double &value)
{
	leaf(&value), printf("%g\n", value);
}
static void put(const std::string &value)
{
	leaf(&value), printf("\"%s\"\n", value.c_str());
}
static void put(const item &value)
{
	put(value.number), put(value.name);
}
static void put(const large &value)
{
	for (const int &number : value.numbers)
		put(number);
}
template <typename T> void put(const std::vector<T> &values);
template <typename T, typename U> void put(const std::pair<T, U> &pair)
{
	put(pair.first);
	put(pair.second);
}
template <typename T> void put(const std::vector<T> &values)
{
	for (auto &value : values)
		put(value);
}

template <typename T> void all(const char *of, const T &values)
{
	name = of;
	for (auto &value : values)
		put(value);
}

template <typename T> void counted(const char *of, const T &values)
{
	all(of, values);
	printf("%s: %zu element%s\n", of, values.size(),
	       values.size() == 1 ? "" : "s");
}

template <typename T> void roomy(const char *of, const T &values)
{
	all(of, values);
	printf("%s: %zu element%s", of, values.size(),
	       values.size() == 1 ? "" : "s");
	if (values.capacity() > values.size())
		printf(", room for %zu", values.capacity());
	printf("\n");
}

template <typename T> void one(const char *of, const T &value)
{
	name = of;
	put(value);
}

/* What an adapter is made of. */
template <typename T> void adapter(const char *of, const T &whole)
{
	struct opened : T {
		static auto &inner(const T &whole)
		{
			return whole.*(&opened::c);
		}
	};
	all(of, opened::inner(whole));
}

static std::string longer(int number)
{
	return LONG + std::to_string(number);
}

static void fill_sequences()
{
	for (int i = 0; i < 5; i++) {
		g_vector.push_back(i * 7);
		g_vector_items.push_back({i, i % 2 ? longer(i) : "short"});
		g_vector_nested.push_back(std::vector<int>(i, i + 100));
		g_array[i % 3] = {i, longer(i)};
		g_list.push_back(i * 11);
		g_list_items.push_back({i, longer(i)});
		g_forward.push_front(longer(i));
		g_queue.push(i);
		g_stack.push(i);
		g_priority.push(i);
		g_vector_counted.push_back(i);
	}
	g_vector_reserved.reserve(100);
	g_vector_reserved.push_back(1);
	for (int i = 0; i < 999; i++)
		g_bits.push_back(i % 3 == 0);
	for (int i = 0; i < 700; i++) {
		g_deque_long.push_back(i);
		if (i % 2)
			g_deque_long.push_front(-i);
	}
	for (int i = 0; i < 400; i++)
		g_deque_long.pop_front();
	g_deque = {3, 1, 4, 1, 5};
	for (int i = 0; i < 40; i++)
		g_deque_items.push_back({i, longer(i)});
	for (int i = 0; i < 33; i++)
		g_deque_items.pop_front();
	for (int i = 0; i < 5; i++) {
		large value = {};
		value.numbers[0] = i + 1;
		g_deque_large.push_back(value);
	}
}

static void fill_trees_and_tables()
{
	for (int i = 0; i < 50; i++) {
		g_map[i] = i % 2 ? longer(i) : std::to_string(i);
		g_map_items[longer(i)] = {i, longer(i)};
		g_multimap.insert({char('a' + i % 5), i / 4.0});
		g_set.insert(longer(i));
		g_set_reversed.insert(i);
		g_hash[i] = i * i;
		g_hash_items[longer(i)] = {i, longer(i)};
		g_hash_set.insert(std::to_string(i));
		g_hash_multi.insert({i % 2 ? "odd" : "even", {i, i + 1}});
		g_map_counted[i] = i;
	}
	for (int i = 10; i < 20; i++) {
		g_map.erase(i);
		g_hash.erase(i);
	}
	g_map_one[1] = "one";
	g_hash_one[1] = 11;
}

static void fill_others()
{
	g_short = "short";
	g_long = longer(1);
#ifndef WITHOUT_WIDE
	g_wide = L"wide \u00e9 and longer than would fit inside of it";
#endif
	g_u16 = u"u16 \u20ac \U0001f600 and longer than would fit inside";
	g_u32 = U"u32 \U0001f600";
	g_view = g_long;
	g_unique.reset(new item{1, longer(1)});
	g_unique_array.reset(new item[3]{{1, "one"}, {2, longer(2)}, {3, ""}});
	g_shared = std::make_shared<item>(item{2, longer(2)});
	g_shared_new.reset(new item{3, longer(3)});
	g_shared_deleter.reset(new item{4, longer(4)},
			       [](item *gone) { delete gone; });
	g_weak = g_shared;
	g_weak_expired = std::make_shared<item>(item{5, longer(5)});
	g_optional = item{6, longer(6)};
	g_variant_0 = 7;
	g_variant_1 = longer(8);
	g_variant_2 = item{9, longer(9)};
	g_tuple = {10, longer(10), {11, longer(11)}};
	g_pair = {12, longer(12)};
}

struct teller {
	item of;
	void operator()() const
	{
		put(of);
	}
};

struct failure : std::exception {
	int code = 77;
	std::string why = longer(77);
};

static void fill_erased()
{
	int one = 1, two = 2;
	item large = {21, longer(21)};
	std::shared_ptr<item> owned = g_shared_new;

	g_function_small = [one, two] {
		put(one);
		put(two);
	};
	g_function_large = [large] { put(large); };
	g_function_owner = [owned] { put(*owned); };
	g_function_object = teller{{22, longer(22)}};
#ifdef __cpp_lib_move_only_function
	g_move_small = [one] { put(one); };
	g_move_large = [large] { put(large); };
#endif
	g_any_int = 23;
	g_any_item = item{24, longer(24)};
	g_path = "/usr/share/corewalk/a-name-that-is-long-enough";
	try {
		throw failure();
	} catch (...) {
		g_exception = std::current_exception();
	}
}

template <typename T> void called(const char *of, T &function)
{
	name = of;
	function();
}

static void report_erased()
{
	called("g_function_small", g_function_small);
	called("g_function_large", g_function_large);
	called("g_function_owner", g_function_owner);
	called("g_function_object", g_function_object);
#ifdef __cpp_lib_move_only_function
	called("g_move_small", g_move_small);
	called("g_move_large", g_move_large);
#endif
	one("g_any_int", *std::any_cast<int>(&g_any_int));
	one("g_any_item", *std::any_cast<item>(&g_any_item));
	printf("g_function_empty: empty\ng_any_empty: empty\n");
	one("g_path", g_path.native());
#ifdef _GLIBCXX_RELEASE
	for (auto &component : g_path)
		put(component.native());
#endif
	try {
		std::rethrow_exception(g_exception);
	} catch (failure &thrown) {
		one("g_exception", thrown.code);
		put(thrown.why);
	}
}

static void report_containers()
{
	roomy("g_vector", g_vector);
	roomy("g_vector_empty", g_vector_empty);
	roomy("g_vector_reserved", g_vector_reserved);
	roomy("g_vector_items", g_vector_items);
	roomy("g_vector_nested", g_vector_nested);
	roomy("g_vector_counted", g_vector_counted);
	printf("g_bits: %zu bits\n", g_bits.size());
	all("g_array", g_array);
	counted("g_deque", g_deque);
	counted("g_deque_empty", g_deque_empty);
	counted("g_deque_long", g_deque_long);
	counted("g_deque_items", g_deque_items);
	counted("g_deque_large", g_deque_large);
	counted("g_map", g_map);
	counted("g_map_empty", g_map_empty);
	counted("g_map_one", g_map_one);
	counted("g_map_items", g_map_items);
	counted("g_multimap", g_multimap);
	counted("g_set", g_set);
	counted("g_set_reversed", g_set_reversed);
	counted("g_map_counted", g_map_counted);
	counted("g_hash", g_hash);
	counted("g_hash_empty", g_hash_empty);
	counted("g_hash_one", g_hash_one);
	counted("g_hash_items", g_hash_items);
	counted("g_hash_set", g_hash_set);
	counted("g_hash_multi", g_hash_multi);
	all("g_forward", g_forward);
	adapter("g_queue", g_queue);
	adapter("g_stack", g_stack);
	adapter("g_priority", g_priority);
}

static void report_lists()
{
	all("g_list", g_list);
	all("g_list_empty", g_list_empty);
	all("g_list_items", g_list_items);
#if _GLIBCXX_USE_CXX11_ABI || defined(_LIBCPP_VERSION)
	for (auto list : {&g_list, &g_list_empty})
		printf("%s: %zu elements\n",
		       list == &g_list ? "g_list" : "g_list_empty",
		       list->size());
	printf("g_list_items: %zu elements\n", g_list_items.size());
#else
	printf("g_list_empty: 0 elements\n");
#endif
}

static void report_others()
{
	for (auto of : {&g_short, &g_long, &g_empty})
		one(of == &g_short  ? "g_short"
		    : of == &g_long ? "g_long"
				    : "g_empty",
		    *of);
#ifndef WITHOUT_WIDE
	printf("g_wide: \"wide \u00e9 and longer than would fit inside of "
	       "it\"\n");
#endif
	printf("g_u16: \"u16 \u20ac \U0001f600 and longer than would fit "
	       "inside\"\n");
	printf("g_u32: \"u32 \U0001f600\"\n");
	printf("g_view: \"%s\"\n", g_long.c_str());
	one("g_unique", *g_unique);
	printf("g_unique_empty: empty\n");
	name = "g_unique_array";
	for (int i = 0; i < 3; i++)
		put(g_unique_array[i]);
	one("g_shared", *g_shared);
	one("g_shared_new", *g_shared_new);
	one("g_shared_deleter", *g_shared_deleter);
	printf("g_shared: use count 1, weak count 1\n");
	printf("g_shared_new: use count 2, weak count 0\n");
	printf("g_shared_deleter: use count 1, weak count 0\n");
	printf("g_shared_empty: empty\n");
	one("g_weak", *g_weak.lock());
	printf("g_weak: use count 1, weak count 1\n");
	printf("g_weak_expired: expired\n");
	one("g_optional", *g_optional);
	printf("g_optional_empty: no value\n");
	for (int i = 0; i < 3; i++)
		printf("g_variant_%d: %d\n", i, i);
	one("g_variant_0", std::get<0>(g_variant_0));
	one("g_variant_1", std::get<1>(g_variant_1));
	one("g_variant_2", std::get<2>(g_variant_2));
	one("g_tuple", std::get<0>(g_tuple));
	put(std::get<1>(g_tuple));
	put(std::get<2>(g_tuple));
	one("g_pair", g_pair);
}

int main()
{
	fill_sequences();
	fill_trees_and_tables();
	fill_others();
	fill_erased();
	report_containers();
	report_lists();
	report_others();
	report_erased();
	fflush(stdout);
	abort();
}
