#include "plugin/script.h"

#include <string.h>
#include <unistd.h>

#include "plugin/channel.h"

/* GDB copies a line several times while it reads it: not too long. */
#define MAX_PIECE 4000

static void write_character(unsigned char c, FILE *script)
{
	switch (c) {
	case '%':
		fputs("%%", script);
		break;
	case '"':
	case '\\':
		fprintf(script, "\\%c", c);
		break;
	case '\n':
		fputs("\\n", script);
		break;
	case '\t':
		fputs("\\t", script);
		break;
	default:
		/* Bytes of the target must not reach the terminal as commands
		 * to it. */
		if (c < ' ' || c == 0x7f)
			fprintf(script, "\\\\x%02x", c);
		else
			fputc(c, script);
	}
}

/* Ends a piece after a line, or where a character of UTF-8 begins. */
static size_t piece_size(const char *text, size_t size)
{
	if (size <= MAX_PIECE)
		return size;

	const char *line = memrchr(text, '\n', MAX_PIECE);
	if (line)
		return line + 1 - text;

	size_t piece = MAX_PIECE;
	while (piece > MAX_PIECE - 4 && (text[piece] & 0xc0) == 0x80)
		piece--;
	return piece;
}

static void write_text(const char *text, size_t size, FILE *script)
{
	while (size > 0) {
		size_t piece = piece_size(text, size);
		fputs("printf \"", script);
		for (size_t i = 0; i < piece; i++)
			write_character(text[i], script);
		fputs("\"\n", script);
		text += piece;
		size -= piece;
	}
}

static void write_questions(const struct cw_plugin_answer *answer,
			    int request_fd, FILE *script)
{
	fputs("_corewalk_replies\n", script);
	for (size_t i = 0; i < answer->num_questions; i++) {
		const struct cw_plugin_question *question =
			&answer->questions[i];
		switch (question->kind) {
		case CW_PLUGIN_ASK_VALUE:
			fprintf(script, "eval \"_corewalk_word %%lu\", (%s)\n",
				question->text);
			break;
		case CW_PLUGIN_ASK_OUTPUT:
			/* The shell's own /proc/self is not GDB's. */
			fprintf(script,
				"pipe %s | { cat >>/proc/%d/fd/%d; } "
				"2>/dev/null\n_corewalk_record\n",
				question->text, (int)getpid(), request_fd);
			break;
		}
	}
	fputs("_corewalk_set $_corewalk_answered 2\n", script);
}

void cw_script_write(const struct cw_plugin_answer *answer, int request_fd,
		     unsigned number, FILE *script)
{
	if (answer->num_questions > 0) {
		write_questions(answer, request_fd, script);
		return;
	}

	/* Decimal numbers are written the same in all languages. */
	fprintf(script, "_corewalk_settle %u\n", number);
	fputs("_corewalk_set $_corewalk_answered 1\n", script);
	fprintf(script, "_corewalk_set $_corewalk_status %d\n", answer->status);
	if (answer->has_address)
		fprintf(script, "_corewalk_set $_ %llu\n",
			(unsigned long long)answer->address);
	if (answer->has_totals)
		fprintf(script,
			"_corewalk_set $_count %llu\n"
			"_corewalk_set $_bytes %llu\n",
			(unsigned long long)answer->count,
			(unsigned long long)answer->bytes);
	if (answer->text)
		write_text(answer->text, answer->size, script);
}
