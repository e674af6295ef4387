/* Names of C++ as people write them. */
#include "dwarf/short_name.h"

#include <string.h>

#include "tests/unit/check.h"

#define STRING                                                                 \
	"std::__cxx11::basic_string<char, std::char_traits<char>, "            \
	"std::allocator<char> >"

static const struct {
	const char *full, *wanted;
} rows[] = {
	{"int", "int"},
	{STRING, "std::string"},
	{STRING " *", "std::string *"},
	{"const " STRING " &", "const std::string &"},
	{"std::__1::basic_string<wchar_t, std::__1::char_traits<wchar_t>, "
	 "std::__1::allocator<wchar_t>>",
	 "std::wstring"},
	{"std::basic_string_view<char, std::char_traits<char> >",
	 "std::string_view"},
	{"std::basic_ostream<char, std::char_traits<char> >", "std::ostream"},
	{"std::vector<int, std::allocator<int> >", "std::vector<int>"},
	{"std::vector<std::vector<" STRING ", std::allocator<" STRING
	 " > >, std::allocator<std::vector<" STRING ", std::allocator<" STRING
	 " > > > >",
	 "std::vector<std::vector<std::string>>"},
	{"std::map<int, " STRING ", std::less<int>, "
	 "std::allocator<std::pair<int const, " STRING " > > >",
	 "std::map<int, std::string>"},
	{"std::map<int, long, std::greater<int>, "
	 "std::allocator<std::pair<int const, long> > >",
	 "std::map<int, long, std::greater<int>>"},
	{"std::map<int, long, std::less<long>, "
	 "std::allocator<std::pair<int const, long> > >",
	 "std::map<int, long, std::less<long>>"},
	{"std::vector<int, arena_allocator<int> >",
	 "std::vector<int, arena_allocator<int>>"},
	{"std::unordered_map<" STRING ", app::Item, std::hash<" STRING
	 " >, std::equal_to<" STRING
	 " >, std::allocator<std::pair<const " STRING ", app::Item> > >",
	 "std::unordered_map<std::string, app::Item>"},
	{"std::unique_ptr<item, std::default_delete<item> >",
	 "std::unique_ptr<item>"},
	{"std::unique_ptr<_IO_FILE, closer>",
	 "std::unique_ptr<_IO_FILE, closer>"},
	{"std::queue<int, std::deque<int, std::allocator<int> > >",
	 "std::queue<int>"},
	{"std::pair<int, std::vector<int, std::allocator<int> > >",
	 "std::pair<int, std::vector<int>>"},
	{"std::_Sp_counted_ptr_inplace<node, std::allocator<void>, "
	 "(__gnu_cxx::_Lock_policy)2>",
	 "std::_Sp_counted_ptr_inplace<node>"},
	{"std::_Rb_tree_node<std::pair<int const, " STRING " > >",
	 "std::_Rb_tree_node<std::pair<int const, std::string>>"},
	{"std::allocator<int>", "std::allocator<int>"},
	{"app::Box<" STRING " >", "app::Box<std::string>"},
	{"app::Box<int, std::allocator<int> >",
	 "app::Box<int, std::allocator<int>>"},
	{"std::function<void (" STRING ")>",
	 "std::function<void (std::string)>"},
	{"alloc::vec::Vec<u8, alloc::alloc::Global>", "alloc::vec::Vec<u8>"},
	{"core::option::Option<alloc::boxed::Box<dyn core::any::Any, "
	 "alloc::alloc::Global>>",
	 "core::option::Option<alloc::boxed::Box<dyn core::any::Any>>"},
	{"std::collections::hash::map::HashMap<u64, u64, "
	 "std::hash::random::RandomState>",
	 "std::collections::hash::map::HashMap<u64, u64>"},
	{"alloc::vec::Vec<u8, app::Bump>", "alloc::vec::Vec<u8, app::Bump>"},
	{"main()::<lambda(std::vector<int, std::allocator<int> >)>",
	 "main()::<lambda(std::vector<int>)>"},
	{"std::operator< <char>(a) -> b", "std::operator< <char>(a) -> b"},
	{"\"std::vector<int, std::allocator<int> >\" std::vector<int, "
	 "std::allocator<int> >[3]",
	 "\"std::vector<int, std::allocator<int> >\" std::vector<int>[3]"},
	{"\"std::", "\"std::"},
	{"\"std::\\", "\"std::\\"},
	{"std::vector<int, std::allocator<int",
	 "std::vector<int, std::allocator<int"},
	{"std::>>>><<<", "std::>>>><<<"},
	{"std::a<>", "std::a<>"},
	{"std::__cxx11::", "std::"},
};

int main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *text = strdup(rows[i].full);
		cw_names_shorten(text);
		if (strcmp(text, rows[i].wanted) != 0)
			fprintf(stderr, "wanted: %s\n   got: %s\n",
				rows[i].wanted, text);
		check(strcmp(text, rows[i].wanted) == 0);
		free(text);
	}
	return 0;
}
