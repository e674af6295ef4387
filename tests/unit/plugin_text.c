/*
 * What the plugin reads and writes as text: GDB's quoting, what GDB says of
 * its inferiors, and answers as commands of GDB.
 */
#include <stdlib.h>
#include <string.h>

#include "plugin/info.h"
#include "plugin/script.h"
#include "plugin/told.h"
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
		     "The current system root is \"/a \"root\"\".\n", &info);
	check_same(2, info.number);
	check_same(4711, info.pid);
	check_text("/a \"root\"", info.sysroot);
	check_text("core", info.connection);
	check_text("/tmp/it's a core", info.core);
	check_text("/a b/c (d)", info.exe);
	cw_info_deinit(&info);

	cw_info_read("* 1    process 7  1 (remote | ssh a (b) c) /x\n", "",
		     "The current system root is \"target:\".\n", &info);
	check_text("remote", info.connection);
	check(cw_info_is_remote(&info));
	check(!info.sysroot);
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
		cw_info_read(odd[i], odd[i], odd[i], &info);
		check_same(0, info.pid);
		cw_info_deinit(&info);
	}
}

static void check_told(void)
{
	const struct cw_info info = {.pid = 11, .connection = "remote :1"};
	const char *const replies[CW_TOLD_NUM] = {
		[CW_TOLD_MAPPINGS] =
			"process 11\nMapped address spaces:\n\n"
			"  Start Addr  End Addr  Size  Offset  Perms  objfile\n"
			"      0x1000    0x3000 0x2000  0x4000  r-xp   /a b \n"
			"      0x3000    0x4000 0x1000     0x0  rw-s   \n",
		[CW_TOLD_AUXV] =
			"6    AT_PAGESZ  System page size    4096\n"
			"31   AT_EXECFN  File name of 0x5    0xff8 \"/b 0x9\"\n"
			"51   ???                            0x1c\n"
			"0    AT_NULL    End of vector       0x0\n",
		[CW_TOLD_REGISTERS] =
			"\nThread 1.1 (Thread 11.12 \"x \"y\"\"):\n"
			"rax            0xfffffffffffffdfe  -514\n"
			"rip            0x1234              0x1234 <f+1>\n"
			"\nThread 1.2 (Thread 11.13):\n"
			"Selected thread is running.\n"
			"\nThread 1.3 (Thread 14 \"z\"):\n"
			"rip            0x5\n",
		[CW_TOLD_YMM] = "\nThread 1.1 (Thread 11.12 \"x \"y\"\"):\n"
				"{{0x1, 0x2, 0x3, 0x4}, {0x5, 0x6, 0x7}}"
				"\nThread 1.3 (Thread 14 \"z\"):\n{{",
		[CW_TOLD_XMM] = "{{0x9",
	};
	struct cw_told told;

	cw_told_read(&info, replies, &told);
	const struct cw_remote *remote = &told.remote;
	check_same(2, remote->mappings.num);
	check_text("/a b", remote->mappings.items[0].path);
	check_same(0x4000, remote->mappings.items[0].file_offset);
	check_same(CW_SEGMENT_READ | CW_SEGMENT_EXEC,
		   remote->mappings.items[0].flags);
	check_text("", remote->mappings.items[1].path);
	check_same(CW_SEGMENT_READ | CW_SEGMENT_WRITE | CW_SEGMENT_SHARED,
		   remote->mappings.items[1].flags);
	check_same(3, remote->auxv.num);
	check_same(4096, remote->auxv.items[0].value);
	check_same(0xff8, remote->auxv.items[1].value);
	check_same(2, remote->threads.num);
	check_same(12, remote->threads.items[0].tid);
	check_text("x \"y\"", remote->threads.items[0].name);
	check_same(-514, remote->threads.items[0].regs[CW_REG_RAX]);
	check_same(14, remote->threads.items[1].tid);
	check_same(5, remote->threads.items[1].regs[CW_REG_RIP]);
	check_same(1, remote->num_moving_threads);
	uint64_t words[3];
	memcpy(words, remote->threads.items[0].vector_state + 160, 24);
	check_same(1, words[0]);
	check_same(5, words[2]);
	memcpy(words, remote->threads.items[0].vector_state + 576, 24);
	check_same(3, words[0]);
	check_same(7, words[2]);
	cw_told_deinit(&told);
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
	check_told();
	check_scripts();
	return 0;
}
