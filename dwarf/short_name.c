#include "dwarf/short_name.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/memory.h"

enum {
	MAX_DEPTH = 64,
	MAX_ARGUMENTS = 32,
};

/* A piece of the text. */
struct piece {
	const char *start;
	size_t length;
};

/* The text being written, over what was read of it. */
struct shortener {
	char *text;
	size_t length;
	size_t opens[MAX_DEPTH]; /* where templates' '<' are */
	unsigned depth;
};

static bool piece_is(const struct piece *piece, const char *wanted)
{
	return piece->length == strlen(wanted) &&
	       strncmp(piece->start, wanted, piece->length) == 0;
}

/* "int" of "std::less<int>". */
static bool piece_inner(const struct piece *piece, const char *name,
			struct piece *ret)
{
	size_t length = strlen(name);

	if (piece->length < length + 2 || piece->start[length] != '<' ||
	    strncmp(piece->start, name, length) != 0 ||
	    piece->start[piece->length - 1] != '>')
		return false;
	*ret = (struct piece){piece->start + length + 1,
			      piece->length - length - 2};
	return true;
}

/* Arguments whose own argument must be the template's first one. */
static const char *const defaults[] = {
	"std::less",	    "std::equal_to",	   "std::hash",
	"std::char_traits", "std::default_delete", "std::deque",
	"std::vector",
};

static bool is_of_std(const struct piece *name)
{
	return name->length >= 5 && strncmp(name->start, "std::", 5) == 0;
}

/* std::vector and std::deque are defaults only there. */
static bool is_adapter(const struct piece *name)
{
	return piece_is(name, "std::queue") || piece_is(name, "std::stack") ||
	       piece_is(name, "std::priority_queue");
}

static bool is_default(const struct piece *name, const struct piece *first,
		       const struct piece *argument)
{
	/* Of Rust, whose names say nothing of where they stand. */
	static const char *const rust_defaults[] = {
		"alloc::alloc::Global",
		"std::hash::random::RandomState",
		"std::collections::hash::map::RandomState",
	};
	struct piece inner;

	for (size_t i = 0; i < cw_num_elements(rust_defaults); i++)
		if (piece_is(argument, rust_defaults[i]))
			return true;
	if (!is_of_std(name))
		return false;
	if (piece_inner(argument, "std::allocator", &inner) ||
	    piece_is(argument, "(__gnu_cxx::_Lock_policy)2") ||
	    piece_is(argument, "__gnu_cxx::_S_atomic"))
		return true;
	for (size_t i = 0; i < cw_num_elements(defaults); i++) {
		bool is_container = i >= cw_num_elements(defaults) - 2;
		if (is_container && !is_adapter(name))
			continue;
		if (piece_inner(argument, defaults[i], &inner) &&
		    inner.length == first->length &&
		    strncmp(inner.start, first->start, inner.length) == 0)
			return true;
	}
	return false;
}

/* Splits what is between '<' and the end; 0: there are too many. */
static size_t arguments_split(const char *start, const char *end,
			      struct piece ret[MAX_ARGUMENTS])
{
	size_t num = 0;
	int depth = 0;

	for (const char *c = start;; c++) {
		if (c < end && strchr("<([{", *c))
			depth++;
		else if (c < end && strchr(">)]}", *c) && c[-1] != '-')
			depth--;
		if (c < end && (*c != ',' || depth != 0))
			continue;
		if (num == MAX_ARGUMENTS)
			return 0;
		while (start < c && *start == ' ')
			start++;
		ret[num++] = (struct piece){start, c - start};
		if (c == end)
			return num;
		start = c + 1;
	}
}

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == ':';
}

/* The name before the '<' at @open; within other templates, from there on. */
static struct piece name_before(const struct shortener *shortener, size_t open)
{
	size_t start = open;

	while (start > 0 && is_name_char(shortener->text[start - 1]))
		start--;
	return (struct piece){shortener->text + start, open - start};
}

/* std::basic_string<char> is std::string: also of streams and so on. */
static void basic_replace(struct shortener *shortener, const struct piece *name,
			  const struct piece *first)
{
	static const char basic[] = "std::basic_";
	static const struct {
		const char *character, *prefix;
	} rows[] = {
		{"char", ""},	     {"wchar_t", "w"},	  {"char8_t", "u8"},
		{"char16_t", "u16"}, {"char32_t", "u32"},
	};
	size_t skip = sizeof(basic) - 1;

	if (name->length <= skip || strncmp(name->start, basic, skip) != 0)
		return;
	for (size_t i = 0; i < cw_num_elements(rows); i++) {
		if (!piece_is(first, rows[i].character))
			continue;
		char *to = (char *)name->start + strlen("std::");
		size_t length = strlen(rows[i].prefix);
		memmove(to + length, name->start + skip, name->length - skip);
		memcpy(to, rows[i].prefix, length);
		shortener->length =
			to + length + name->length - skip - shortener->text;
		return;
	}
}

/* At a '>', which is not written yet; false: the template's name is all. */
static bool template_close(struct shortener *shortener)
{
	size_t open = shortener->opens[--shortener->depth];
	struct piece arguments[MAX_ARGUMENTS];
	struct piece name = name_before(shortener, open);

	while (shortener->text[shortener->length - 1] == ' ')
		shortener->length--;
	size_t num =
		arguments_split(shortener->text + open + 1,
				shortener->text + shortener->length, arguments);
	size_t kept = num;
	while (kept > 1 &&
	       is_default(&name, &arguments[0], &arguments[kept - 1]))
		kept--;
	if (kept < num)
		shortener->length = arguments[kept - 1].start +
				    arguments[kept - 1].length -
				    shortener->text;
	if (kept != 1 || !is_of_std(&name))
		return true;
	size_t before = shortener->length;
	basic_replace(shortener, &name, &arguments[0]);
	return shortener->length == before;
}

static bool opens_template(const struct shortener *shortener)
{
	static const char word[] = "operator";
	size_t length = shortener->length;

	if (length == 0 || !is_name_char(shortener->text[length - 1]))
		return false;
	return length < sizeof(word) - 1 ||
	       strncmp(shortener->text + length - (sizeof(word) - 1), word,
		       sizeof(word) - 1) != 0;
}

/* Behind "std::": how long an inline namespace of the library is. */
static size_t inline_namespace(const struct shortener *shortener,
			       const char *from)
{
	static const char *const names[] = {
		"__cxx11::", "__1::", "__ndk1::", "__Cr::", "__8::"};
	size_t length = shortener->length;

	if (length < 2 || shortener->text[length - 1] != ':')
		return 0;
	for (size_t i = 0; i < cw_num_elements(names); i++)
		if (strncmp(from, names[i], strlen(names[i])) == 0)
			return strlen(names[i]);
	return 0;
}

/* Behind the closing quote, or at the end; copied as it is. */
static const char *quoted_copy(struct shortener *shortener, const char *from)
{
	do {
		if (*from == '\\' && from[1])
			shortener->text[shortener->length++] = *from++;
		shortener->text[shortener->length++] = *from++;
	} while (*from && *from != '"');
	return from;
}

void cw_names_shorten(char *text)
{
	struct shortener shortener = {.text = text};

	if (!strstr(text, "std::") && !strstr(text, "alloc::"))
		return;
	for (const char *from = text; *from; from++) {
		from += inline_namespace(&shortener, from);
		if (*from == '\0')
			break;
		if (*from == '"') {
			from = quoted_copy(&shortener, from);
			if (!*from)
				break;
		} else if (*from == '<' && shortener.depth < MAX_DEPTH &&
			   opens_template(&shortener)) {
			shortener.opens[shortener.depth++] = shortener.length;
		} else if (*from == '>' && shortener.depth > 0 &&
			   from[-1] != '-') {
			if (!template_close(&shortener))
				continue;
		}
		text[shortener.length++] = *from;
	}
	text[shortener.length] = '\0';
}
