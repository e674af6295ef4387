#include "command/option.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "command/address.h"
#include "command/suggest.h"

#define VALUE(member) .offset = offsetof(struct cw_options, member)

static const char *const snapshots[] = {"auto", "fork", "copy", "stop", NULL};
static const char *const sorts[] = {"bytes", "blocks", "retained", NULL};

const struct cw_option cw_common_options[] = {
	{.name = "limit",
	 .argument = "N",
	 .help = "show at most N rows (20; 0: all)",
	 .kind = CW_OPTION_COUNT,
	 VALUE(limit),
	 .takes = CW_TAKES_LIMIT},
	{.name = "sort",
	 .argument = "bytes|blocks|retained",
	 .help = "what comes first",
	 .kind = CW_OPTION_CHOICE,
	 VALUE(sort),
	 .choices = sorts,
	 .takes = CW_TAKES_SORT,
	 .has_offset = offsetof(struct cw_options, has_sort)},
	{.name = "type",
	 .argument = "REGEX",
	 .help = "only types whose name matches",
	 .kind = CW_OPTION_TEXT,
	 VALUE(type),
	 .takes = CW_TAKES_FILTER | CW_TAKES_TYPE},
	{.name = "min",
	 .argument = "SIZE",
	 .help = "only blocks of SIZE bytes or more (K, M, G)",
	 .kind = CW_OPTION_SIZE,
	 VALUE(min_size),
	 .takes = CW_TAKES_FILTER},
	{.name = "max",
	 .argument = "SIZE",
	 .help = "only blocks of SIZE bytes or less (K, M, G)",
	 .kind = CW_OPTION_SIZE,
	 VALUE(max_size),
	 .takes = CW_TAKES_FILTER},
	{.name = "short",
	 .help = "addresses only, one a line, for pipes",
	 .kind = CW_OPTION_FLAG,
	 VALUE(is_short),
	 .takes = CW_TAKES_LIMIT | CW_TAKES_SHORT},
	{.name = "json",
	 .help = "one JSON object instead of text",
	 .kind = CW_OPTION_FLAG,
	 VALUE(is_json)},
	{.name = "bytes",
	 .help = "sizes to the byte",
	 .kind = CW_OPTION_FLAG,
	 VALUE(is_exact)},
	{.name = "output",
	 .argument = "FILE",
	 .help = "write the answer to FILE",
	 .kind = CW_OPTION_TEXT,
	 VALUE(output)},
	{.name = "fail-if",
	 .argument = "CONDITION",
	 .help = "exit status 1 when it holds, as 'leaks>0'",
	 .kind = CW_OPTION_TEXT,
	 VALUE(fail_if)},
	{.name = "exe",
	 .argument = "FILE",
	 .help = "the program that the target runs",
	 .kind = CW_OPTION_TEXT,
	 VALUE(exe)},
	{.name = "sysroot",
	 .argument = "DIR",
	 .help = "where the target's files are",
	 .kind = CW_OPTION_TEXT,
	 VALUE(sysroot)},
	{.name = "debug-dir",
	 .argument = "DIR",
	 .help = "where separate debug info is (/usr/lib/debug)",
	 .kind = CW_OPTION_TEXT,
	 VALUE(debug_dir)},
	{.name = "pid",
	 .argument = "PID",
	 .help = "look at a running process instead of a core",
	 .kind = CW_OPTION_COUNT,
	 VALUE(pid)},
	{.name = "snapshot",
	 .argument = "auto|fork|copy|stop",
	 .help = "read a clone of it, or a copy, or hold it",
	 .kind = CW_OPTION_CHOICE,
	 VALUE(snapshot),
	 .choices = snapshots},
	{.name = "threads",
	 .argument = "N",
	 .help = "let N threads mark a large heap (0: one a processor)",
	 .kind = CW_OPTION_COUNT,
	 VALUE(threads)},
	{.name = "no-progress",
	 .help = "do not show how far the work is",
	 .kind = CW_OPTION_FLAG,
	 VALUE(has_no_progress)},
	{.name = "no-cache",
	 .help = "neither use nor keep what other runs found out",
	 .kind = CW_OPTION_FLAG,
	 VALUE(has_no_cache)},
	{.name = "help",
	 .help = "say what the command does",
	 .kind = CW_OPTION_FLAG,
	 VALUE(wants_help)},
	{.name = "version",
	 .help = "say which corewalk this is",
	 .kind = CW_OPTION_FLAG,
	 VALUE(wants_version)},
	{0},
};

const struct cw_options cw_option_defaults = {
	.limit = 20,
	.max_size = UINT64_MAX,
};

bool cw_option_is_taken(const struct cw_option_set *set,
			const struct cw_option *option)
{
	return option->takes == 0 || (option->takes & set->takes);
}

bool cw_option_is_option(const char *word)
{
	return word[0] == '-' && word[1] != '\0' &&
	       !isdigit((unsigned char)word[1]);
}

/* A word cut into its parts: dashes, name, and what is behind "=". */
struct option_word {
	const char *word; /* as it was written */
	const char *name;
	size_t name_length;
	const char *value; /* or NULL */
};

static struct option_word cut_word(const char *word)
{
	struct option_word cut = {.word = word};

	cut.name = word + 1 + (word[1] == '-');
	cut.name_length = strcspn(cut.name, "=");
	if (cut.name[cut.name_length] == '=')
		cut.value = cut.name + cut.name_length + 1;
	return cut;
}

/* What fits the name in one table or several. */
struct matches {
	const struct cw_option *exact;
	CW_ARRAY(const struct cw_option *) begin_alike;
};

static void match_table(struct matches *matches, const struct option_word *word,
			const struct cw_option *table,
			const struct cw_option_set *set)
{
	for (; table && table->name; table++) {
		if (set && !cw_option_is_taken(set, table))
			continue;
		if (strncmp(table->name, word->name, word->name_length) != 0)
			continue;
		if (table->name[word->name_length] == '\0')
			matches->exact = table;
		*cw_array_push(&matches->begin_alike) = table;
	}
}

static struct cw_error *ambiguous(const struct option_word *word,
				  const struct matches *matches)
{
	cw_cleanup_text struct cw_text names = {0};

	cw_array_foreach(option, &matches->begin_alike) cw_text_addf(
		&names, "%s--%s", names.length ? ", " : "", (*option)->name);
	return cw_error_new(CW_ERROR_USAGE, "option '%s' may be any of %s",
			    word->word, names.chars);
}

/* @set's options do not have it: does another command, is it misspelt? */
static struct cw_error *unknown(const struct option_word *word,
				const struct cw_option_set *set)
{
	char name[64];
	size_t length = word->name_length < sizeof(name) - 1 ? word->name_length
							     : sizeof(name) - 1;
	struct cw_suggestion suggestion = {.word = name};

	memcpy(name, word->name, length);
	name[length] = '\0';
	for (const struct cw_option *o = cw_common_options; o->name; o++) {
		if (cw_option_is_taken(set, o))
			cw_suggestion_try(&suggestion, o->name);
		else if (strcmp(o->name, name) == 0)
			return cw_error_new(CW_ERROR_USAGE,
					    "'%s' has no use for option '%s'",
					    set->who, word->word);
	}
	for (const struct cw_option *o = set->own; o && o->name; o++)
		cw_suggestion_try(&suggestion, o->name);
	if (!suggestion.best)
		return cw_error_new(CW_ERROR_USAGE,
				    "'%s' has no option '%s'; see 'help %s'",
				    set->who, word->word, set->who);
	return cw_error_new(
		CW_ERROR_USAGE, "'%s' has no option '%s'; did you mean '%s%s'?",
		set->who, word->word, word->name - word->word == 2 ? "--" : "-",
		suggestion.best);
}

static struct cw_error *find_option(const struct option_word *word,
				    const struct cw_option_set *set,
				    const struct cw_option **ret)
{
	struct matches matches = {0};
	struct cw_error *err = NULL;

	match_table(&matches, word, cw_common_options, set);
	match_table(&matches, word, set->own, NULL);
	if (matches.exact)
		*ret = matches.exact;
	else if (matches.begin_alike.num == 0 || word->name_length == 0)
		err = unknown(word, set);
	else if (matches.begin_alike.num > 1)
		err = ambiguous(word, &matches);
	else
		*ret = matches.begin_alike.items[0];
	cw_array_deinit(&matches.begin_alike);
	return err;
}

bool cw_option_skip_common(size_t num_words, const char *const *words,
			   size_t *at)
{
	struct option_word word = cut_word(words[*at]);
	struct matches matches = {0};

	match_table(&matches, &word, cw_common_options, NULL);
	const struct cw_option *found = matches.exact;
	if (!found && matches.begin_alike.num == 1)
		found = matches.begin_alike.items[0];
	cw_array_deinit(&matches.begin_alike);
	if (!found || word.name_length == 0)
		return false;
	*at += 1;
	if (found->argument && !word.value && *at < num_words)
		*at += 1;
	return true;
}

/* Counts have no sign. */
static bool parse_count(const char *text, uint64_t *ret)
{
	return isdigit((unsigned char)text[0]) &&
	       cw_address_parse_number(text, ret);
}

bool cw_option_parse_size(const char *text, uint64_t *ret)
{
	static const char units[] = "KMGT";
	char *end;

	if (parse_count(text, ret))
		return true;
	if (!isdigit((unsigned char)text[0]))
		return false;
	double value = strtod(text, &end);
	const char *unit =
		*end ? strchr(units, toupper((unsigned char)*end)) : NULL;
	if (!unit)
		return false;
	end++;
	if (end[0] == 'i' || end[0] == 'I')
		end++;
	if (end[0] == 'b' || end[0] == 'B')
		end++;
	value = ldexp(value, 10 * (int)(unit - units + 1));
	if (*end != '\0' || !(value < 0x1p63))
		return false;
	*ret = value;
	return true;
}

static struct cw_error *parse_choice(const struct cw_option *option,
				     const char *text, unsigned *ret)
{
	size_t length = strlen(text);
	unsigned found = 0, num_found = 0;

	for (unsigned i = 0; option->choices[i]; i++) {
		if (strncmp(option->choices[i], text, length) != 0)
			continue;
		if (option->choices[i][length] == '\0') {
			*ret = i;
			return NULL;
		}
		found = i;
		num_found++;
	}
	if (num_found == 1 && length > 0) {
		*ret = found;
		return NULL;
	}
	return cw_error_new(CW_ERROR_USAGE, "--%s '%s': it must be one of %s",
			    option->name, text, option->argument);
}

static struct cw_error *set_value(const struct cw_option *option,
				  const char *text, struct cw_options *options)
{
	void *place = (char *)options + option->offset;
	struct cw_error *err = NULL;

	switch (option->kind) {
	case CW_OPTION_FLAG:
		*(bool *)place = true;
		break;
	case CW_OPTION_COUNT:
		if (!parse_count(text, place))
			err = cw_error_new(CW_ERROR_USAGE,
					   "--%s '%s': it must be a number",
					   option->name, text);
		break;
	case CW_OPTION_SIZE:
		if (!cw_option_parse_size(text, place))
			err = cw_error_new(CW_ERROR_USAGE,
					   "--%s '%s': it must be a size, such "
					   "as 512, 4K or 1.5M",
					   option->name, text);
		break;
	case CW_OPTION_TEXT:
		*(const char **)place = text;
		break;
	case CW_OPTION_CHOICE:
		err = parse_choice(option, text, place);
		break;
	}
	if (!err && option->has_offset)
		*((bool *)((char *)options + option->has_offset)) = true;
	return err;
}

struct cw_error *cw_option_read(const struct cw_option_set *set,
				size_t num_words, const char *const *words,
				size_t *at, struct cw_options *options)
{
	struct option_word word = cut_word(words[*at]);
	const struct cw_option *option = NULL;

	struct cw_error *err = find_option(&word, set, &option);
	if (err)
		return err;
	*at += 1;
	if (!option->argument && word.value)
		return cw_error_new(CW_ERROR_USAGE,
				    "option '--%s' takes no value",
				    option->name);
	const char *value = word.value;
	if (option->argument && !value) {
		if (*at >= num_words)
			return cw_error_new(CW_ERROR_USAGE,
					    "option '%s' needs a value: %s",
					    word.word, option->argument);
		value = words[*at];
		*at += 1;
	}
	return set_value(option, value, options);
}
