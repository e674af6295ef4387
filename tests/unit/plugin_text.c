/*
 * What the plugin reads and writes as text: GDB's quoting, what GDB says of
 * its inferiors, and answers as commands of GDB.
 */
#include <stdlib.h>
#include <string.h>

#include "plugin/info.h"
#include "plugin/script.h"
#include "plugin/words.h"
#include "tests/unit/check.h"

static void check_word(const char *word, const char *wanted)
{
	char *plain = cw_word_unquote(word);

	check_text(wanted, plain);
	free(plain);
}

static void check_words(void)
{
	check_word("", "");
	check_word("plain", "plain");
	check_word("\"a b\"", "a b");
	check_word("'a b'", "a b");
	check_word("a\\ b", "a b");
	check_word("-type=\"a b\"", "-type=a b");
	check_word("--type='a \\'b'", "--type=a 'b");
	check_word("\"say \\\"so\\\"\"", "say \"so\"");
	/* Expressions and regular expressions keep what is theirs. */
	check_word("'file.c'::x", "'file.c'::x");
	check_word("&map[\"key\"]", "&map[\"key\"]");
	check_word("a==\"b\"", "a==\"b\"");
	check_word("item\\.\\d+", "item\\.\\d+");
	check_word("\"(a|b)\\.c\"", "(a|b)\\.c");
	check_word("\"", "\"");
	check_word("\"open", "\"open");
	check_word("end\\", "end\\");
	check_word("\"end\\", "\"end\\");
	check_word("\"a\"b\"", "\"a\"b\"");
}

static void check_info(void)
{
	struct cw_info info;

	cw_info_read("  Num  Description       Connection    Executable\n"
		     "  1    process 11        1 (native)    /bin/a\n"
		     "* 2    process 4711      2 (core)      /a b/c (d)\n",
		     "Symbols from \"/a b/c (d)\".\n"
		     "Local core dump file:\n"
		     "\t`/tmp/it's a core', file type elf64-x86-64.\n"
		     "Local exec file:\n"
		     "\t`/a b/c (d)', file type elf64-x86-64.\n",
		     &info);
	check_same(4711, info.pid);
	check_text("core", info.connection);
	check_text("/tmp/it's a core", info.core);
	check_text("/a b/c (d)", info.exe);
	cw_info_deinit(&info);

	static const char *const odd[] = {
		"",
		"*",
		"* ",
		"* 1 process",
		"* 1 process  (",
		"*\n* 1",
		"Local core dump file:\n",
		"Local core dump file:\n\t`",
		"Local exec file:\n\t`x\n', file type ",
		"Local exec file:\n\t`', file type ",
	};
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		cw_info_read(odd[i], odd[i], &info);
		check_same(0, info.pid);
		cw_info_deinit(&info);
	}
}

/* What GDB's printf makes of a script. */
static char *shown_by(const char *script)
{
	char *shown = calloc(1, strlen(script) + 1);
	char *end = shown;

	for (const char *at = strstr(script, "printf \""); at;
	     at = strstr(at, "printf \"")) {
		for (at += 8; *at && *at != '"'; at++) {
			if (*at == '\\')
				at++;
			else if (*at == '%')
				at += at[1] == '%';
			else {
				*end++ = *at;
				continue;
			}
			*end++ = *at == 'n' ? '\n' : *at == 't' ? '\t' : *at;
		}
	}
	return shown;
}

static void check_text_survives(const char *text, const char *wanted)
{
	struct cw_plugin_answer answer = {
		.text = (char *)text,
		.size = strlen(text),
	};
	char *script = NULL;
	size_t size;
	FILE *stream = open_memstream(&script, &size);

	cw_script_write(&answer, 100, 7, stream);
	fclose(stream);
	char *shown = shown_by(script);
	check_text(wanted, shown);
	free(shown);
	free(script);
}

static void check_scripts(void)
{
	static const char rough[] =
		"100% \"a\"\\n\n\t%s %n Gr\303\266\303\237e";
	char *large = calloc(1, 100001);

	check_text_survives("", "");
	check_text_survives(rough, rough);
	check_text_survives("\033[2J\r", "\\x1b[2J\\x0d");
	/* Pieces end where a character does. */
	for (size_t i = 0; i < 99999; i += 3)
		memcpy(large + i, "\342\202\254", 3);
	check_text_survives(large, large);
	memset(large, '%', 100000);
	check_text_survives(large, large);
	memset(large, '\n', 100000);
	check_text_survives(large, large);
	free(large);
}

int main(void)
{
	check_words();
	check_info();
	check_scripts();
	return 0;
}
