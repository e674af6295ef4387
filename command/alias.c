#include "command/alias.h"

#include <ctype.h>
#include <string.h>

#include "base/memory.h"

const struct cw_alias cw_aliases[] = {
	{"windbg", "-s", "summary"},
	{"windbg", "-stat", "stat --by size"},
	{"windbg", "-flt s $1", "list --min $1 --max $1"},
	{"windbg", "-flt r $1 $2", "list --min $1 --max $2"},
	{"windbg", "-flt", "list"},
	{"windbg", "-x -v", "refs"},
	{"windbg", "-x", "object"},
	{"windbg", "-p -a", "object"},
	{"windbg", "-l", "leaks"},
	{"windbg", "-triage", "verify"},
	{"windbg", "-srch", "search"},
	{"windbg", "address", "memory"},
	{"sos", "eeheap", "summary"},
	{"sos", "dumpheap -stat", "stat"},
	{"sos", "dumpheap", "list"},
	{"sos", "dumpobj", "object"},
	{"sos", "gcroot", "path"},
	{"sos", "verifyheap", "verify"},
	{"mat", "histogram", "stat"},
	{"mat", "leak_suspects", "analyze"},
	{"mat", "path_to_roots", "path --all"},
	{"mat", "dominator_tree", "dominators"},
	{"sos", "objsize", "dominators"},
	{0},
};

/* Number of the place holder that @word begins with, or 0. */
static size_t place_holder(const char *word)
{
	return word[0] == '$' && isdigit((unsigned char)word[1]) ? word[1] - '0'
								 : 0;
}

/* Words of @from, when all match; else 0. */
static size_t match(const char *from, size_t num_words,
		    const char *const *words)
{
	size_t num = 0;

	for (const char *at = from; *at;) {
		size_t length = strcspn(at, " ");

		if (num == num_words)
			return 0;
		if (place_holder(at) == 0 &&
		    (strncmp(words[num], at, length) != 0 ||
		     words[num][length] != '\0'))
			return 0;
		num++;
		at += length;
		at += strspn(at, " ");
	}
	return num;
}

const struct cw_alias *cw_alias_find(size_t num_words, const char *const *words,
				     size_t *ret_num_words)
{
	const struct cw_alias *best = NULL;
	size_t best_words = 0;

	for (const struct cw_alias *a = cw_aliases; a->family; a++) {
		size_t num = match(a->from, num_words, words);
		if (num > best_words) {
			best = a;
			best_words = num;
		}
	}
	if (best)
		*ret_num_words = best_words;
	return best;
}

/* The word that stood where @from has place holder @wanted. */
static const char *filled_in(const char *from, const char *const *words,
			     size_t wanted)
{
	size_t num = 0;

	for (const char *at = from; *at; num++) {
		if (place_holder(at) == wanted)
			return words[num];
		at += strcspn(at, " ");
		at += strspn(at, " ");
	}
	return "";
}

size_t cw_alias_expand(const struct cw_alias *alias, const char *const *words,
		       char **ret, size_t max)
{
	size_t num = 0;

	for (const char *at = alias->to; *at && num < max; num++) {
		size_t length = strcspn(at, " ");
		size_t holder = place_holder(at);

		ret[num] = holder ? cw_strdup(filled_in(alias->from, words,
							holder))
				  : cw_strndup(at, length);
		at += length;
		at += strspn(at, " ");
	}
	return num;
}
