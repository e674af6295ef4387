/*
 * Words: the quotes and backslashes of a GDB command line undone.
 */
#ifndef PLUGIN_WORDS_H
#define PLUGIN_WORDS_H

/*
 * One argument of a user-defined command, which GDB splits at blanks outside
 * of quotes, without the quoting that kept it together: "a b", 'a b' and a\ b
 * are a b, and -type="a b" is -type=a b.  Quotes and backslashes elsewhere
 * stay, since expressions (&map["key"], 'file.c'::x) and regular expressions
 * need theirs.  The caller frees it.
 */
char *cw_word_unquote(const char *word);

#endif
