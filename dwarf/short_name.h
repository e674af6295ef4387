/*
 * Short names: names of C++ as a person writes them.
 *
 * "std::__cxx11::basic_string<char, std::char_traits<char>,
 * std::allocator<char> >" is a "std::string".  Template arguments of the
 * standard library that are the default are dropped, its inline namespaces
 * too, and "> >" is ">>".  Of Rust, allocators and hashers that are the default
 * are dropped.  What other names look like is not changed.
 */
#ifndef DWARF_SHORT_NAME_H
#define DWARF_SHORT_NAME_H

/*
 * Shortens all names in @text, in place: it gets no longer.  What stands in
 * double quotes stays as it is.
 */
void cw_names_shorten(char *text);

#endif
