/*
 * From the words of a user to a command, its options and arguments.
 */
#include "base/memory.h"
#include "command/alias.h"
#include "command/condition.h"
#include "command/request.h"
#include "command/suggest.h"
#include "tests/unit/check.h"

#define MAX_WORDS 12

/* Cuts @line at spaces; the words live in @buffer. */
static size_t cut(const char *line, char *buffer, const char **words)
{
	size_t num = 0;

	strcpy(buffer, line);
	for (char *word = strtok(buffer, " "); word; word = strtok(NULL, " "))
		words[num++] = word;
	return num;
}

static struct cw_request *parse(const char *line)
{
	char buffer[256];
	const char *words[MAX_WORDS];
	struct cw_request *request = NULL;

	size_t num = cut(line, buffer, words);
	check_ok(cw_request_parse(num, words, &request));
	return request;
}

/* The message for @line, which must not be understood. */
static void check_refused(const char *wanted, const char *line)
{
	char buffer[256];
	const char *words[MAX_WORDS];
	struct cw_request *request = NULL;

	size_t num = cut(line, buffer, words);
	struct cw_error *err = cw_request_parse(num, words, &request);
	if (!err) {
		err = cw_request_check(request);
		cw_request_destroy(request);
	}
	check(err != NULL);
	check_same(CW_ERROR_USAGE, cw_error_kind(err));
	if (!strstr(cw_error_message(err), wanted))
		check_text(wanted, cw_error_message(err));
	cw_error_destroy(err);
}

static void test_commands(void)
{
	static const struct {
		const char *line, *command;
		size_t num_arguments;
	} rows[] = {
		{"", "analyze", 0},
		{"heap", "analyze", 0},
		{"core", "analyze", 1},
		{"heap summary core", "summary", 1},
		{"summary core", "summary", 1},
		{"--json summary core", "summary", 1},
		{"--exe summary memory", "memory", 0},
		{"--output x heap summary", "summary", 0},
		{"heap -s core", "summary", 1},
		{"heap -json core", "analyze", 1},
		{"-- summary", "analyze", 1},
		{"heap summary -- -s", "summary", 1},
		{"address core", "memory", 1},
		{"summary --help", "help", 2},
		{"--help", "help", 0},
		{"summary --version", "version", 0},
	};

	for (size_t i = 0; i < cw_num_elements(rows); i++) {
		struct cw_request *request = parse(rows[i].line);
		check_text(rows[i].command, request->command->name);
		check_same(rows[i].num_arguments, request->arguments.num);
		cw_request_destroy(request);
	}
}

/* All the ways to write an option are the same. */
static void test_options(void)
{
	static const char *const lines[] = {
		"summary --output f --json core", "summary --output=f -js core",
		"summary -output f core --js",	  "summary core -out=f -json",
		"--out f summary core --json",
	};

	for (size_t i = 0; i < cw_num_elements(lines); i++) {
		struct cw_request *request = parse(lines[i]);
		check_text("summary", request->command->name);
		check_text("f", request->options.output);
		check(request->options.is_json);
		check_same(20, request->options.limit);
		check_text("core", cw_request_take_core(request));
		check(cw_request_take_core(request) == NULL);
		cw_request_destroy(request);
	}
}

static void test_refused(void)
{
	check_refused("did you mean '--json'?", "summary --jsno");
	check_refused("did you mean '-json'?", "summary -jsno");
	check_refused("has no use for option '--limit'", "summary --limit 3");
	check_refused("needs a value: FILE", "summary --output");
	check_refused("takes no value", "summary --json=yes");
	check_refused("must be a number", "summary --threads x");
	check_refused("must be a number", "summary --threads -1");
	check_refused("did you mean 'summary'?", "sumary");
	check_refused("unknown command 'xyzzy'", "heap xyzzy");
	check_refused("has no use for 'one'", "summary one");
	check_refused("no figure 'leeks'", "summary --fail-if leeks>0");
	check_refused("must be like", "summary --fail-if leaks");
	check_refused("must be like", "summary --fail-if leaks>");
}

static void test_sizes(void)
{
	static const struct {
		const char *text;
		uint64_t size;
	} rows[] = {
		{"0", 0},      {"64", 64},	  {"0x40", 64},
		{"4K", 4096},  {"4k", 4096},	  {"4KiB", 4096},
		{"4KB", 4096}, {"1.5M", 3 << 19}, {"2G", UINT64_C(2) << 30},
	};
	static const char *const wrong[] = {
		"",
		"-1",
		"K",
		"4Q",
		"4KBs",
		"1e400K",
		"9999999999999T",
		"nan",
		" 1",
		"18446744073709551616",
	};
	uint64_t size;

	for (size_t i = 0; i < cw_num_elements(rows); i++) {
		check(cw_option_parse_size(rows[i].text, &size));
		check_same(rows[i].size, size);
	}
	for (size_t i = 0; i < cw_num_elements(wrong); i++)
		check(!cw_option_parse_size(wrong[i], &size));
}

static void test_aliases(void)
{
	const char *words[] = {"-flt", "r", "16", "32", "core"};
	char *ours[8];
	size_t num_taken;

	const struct cw_alias *alias =
		cw_alias_find(cw_num_elements(words), words, &num_taken);
	check(alias != NULL);
	check_same(4, num_taken);
	check_same(5, cw_alias_expand(alias, words, ours, 8));
	check_text("list", ours[0]);
	check_text("--min", ours[1]);
	check_text("16", ours[2]);
	check_text("32", ours[4]);
	for (size_t i = 0; i < 5; i++)
		free(ours[i]);
	check(!cw_alias_find(1, (const char *[]){"-"}, &num_taken));
}

static void test_suggestions(void)
{
	struct cw_suggestion suggestion = {.word = "laeks"};

	cw_suggestion_try(&suggestion, "list");
	cw_suggestion_try(&suggestion, "leaks");
	cw_suggestion_try(&suggestion, "refs");
	check_text("leaks", suggestion.best);

	suggestion = (struct cw_suggestion){.word = "x"};
	cw_suggestion_try(&suggestion, "refs");
	check(suggestion.best == NULL);
}

int main(void)
{
	test_commands();
	test_options();
	test_refused();
	test_sizes();
	test_aliases();
	test_suggestions();
	return 0;
}
