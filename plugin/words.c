#include "plugin/words.h"

#include <stdbool.h>
#include <string.h>

#include "base/memory.h"

/* Whether one pair of quotes holds all of @text. */
static bool is_quoted(const char *text)
{
	char quote = text[0];

	if (quote != '"' && quote != '\'')
		return false;
	const char *at = text + 1;
	while (*at && *at != quote)
		at += *at == '\\' && at[1] ? 2 : 1;
	return *at == quote && at[1] == '\0';
}

/* The text without a backslash before any of @kept. */
static void add_plain(char **end, const char *text, size_t length,
		      const char *kept)
{
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\\' && i + 1 < length) {
			if (!strchr(kept, text[i + 1]))
				*(*end)++ = text[i];
			i++;
		}
		*(*end)++ = text[i];
	}
	**end = '\0';
}

char *cw_word_unquote(const char *word)
{
	char *plain = cw_alloc(strlen(word) + 1);
	char *end = plain;
	const char *value = word;

	if (word[0] == '-' && strchr(word, '='))
		value = strchr(word, '=') + 1;
	if (is_quoted(value)) {
		const char quote[] = {value[0], '\0'};
		end = mempcpy(end, word, value - word);
		add_plain(&end, value + 1, strlen(value) - 2, quote);
	} else {
		add_plain(&end, word, strlen(word), " \t");
	}
	return plain;
}
