/*
 * Alias: the words that users of other tools type, and our words for them.
 *
 * "heap -flt s 40" is "heap list --min 40 --max 40", "gcroot ADDR" is "heap
 * path ADDR".  Aliases are known wherever a command is; `heap aliases` shows
 * them.
 */
#ifndef COMMAND_ALIAS_H
#define COMMAND_ALIAS_H

#include <stdbool.h>
#include <stddef.h>

struct cw_alias {
	const char *family; /* "windbg", "sos", "mat" */
	/* Words to match, where "$1", "$2" take any word. */
	const char *from;
	/* Words instead, with "$1", "$2" filled in. */
	const char *to;
};

/* All aliases, up to one without a family. */
extern const struct cw_alias cw_aliases[];

/*
 * The alias with which @words begin, the one of most words; NULL: none.
 * Writes how many words it takes.
 */
const struct cw_alias *cw_alias_find(size_t num_words, const char *const *words,
				     size_t *ret_num_words);

/*
 * The words instead of those that the alias took (@words as above), malloc'ed
 * each; at most @max are written.  Returns their number.
 */
size_t cw_alias_expand(const struct cw_alias *alias, const char *const *words,
		       char **ret, size_t max);

#endif
