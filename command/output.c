#include "command/output.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "base/memory.h"
#include "dwarf/short_name.h"

#define BOLD  "\033[1m"
#define PLAIN "\033[0m"

void cw_output_deinit(struct cw_output *out)
{
	cw_array_foreach(suggestion, &out->suggestions) free(*suggestion);
	cw_array_deinit(&out->suggestions);
}

/*
 * In place: long options in the form of the front end, and no control
 * characters, since names from the target may hold any byte.
 */
static void make_fit(const struct cw_output *out, char *text)
{
	for (char *c = text; *c; c++)
		if (iscntrl((unsigned char)*c) && *c != '\n')
			*c = '?';
	if (!out->is_gdb)
		return;
	char *to = text;
	for (const char *from = text; *from; from++) {
		bool is_option = from[0] == '-' && from[1] == '-' &&
				 islower((unsigned char)from[2]) &&
				 (from == text || strchr(" (['\"`", from[-1]));
		if (!is_option)
			*to++ = *from;
	}
	*to = '\0';
}

/* To be freed: with short names, and fit to be shown. */
static char *text_make(const struct cw_output *out, const char *format,
		       va_list args)
{
	char *text = cw_vformat(format, args);

	cw_names_shorten(text);
	make_fit(out, text);
	return text;
}

void cw_output_text(struct cw_output *out, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	cw_cleanup_free char *text = text_make(out, format, args);
	va_end(args);
	fputs(text, out->file);
}

/* Columns of the UTF-8 text, taking each character for one wide. */
static size_t columns(const char *text, size_t length)
{
	size_t num = 0;

	for (size_t i = 0; i < length; i++)
		num += ((unsigned char)text[i] & 0xc0) != 0x80;
	return num;
}

/* Bytes of @text that fit into @width columns, to the end of a word. */
static size_t fitting(const char *text, size_t width)
{
	size_t last = 0;

	for (size_t at = 0;;) {
		size_t end = at + strspn(text + at, " ");
		end += strcspn(text + end, " ");
		if (columns(text, end) > width)
			return last ? last : end;
		last = end;
		if (!text[end])
			return end;
		at = end;
	}
}

static void write_wrapped(struct cw_output *out, unsigned indent,
			  const char *text)
{
	unsigned used = 0;

	while (out->width > indent + 20) {
		size_t length = fitting(text, out->width - used);
		if (!text[length])
			break;
		fprintf(out->file, "%.*s\n%*s", (int)length, text, (int)indent,
			"");
		text += length + strspn(text + length, " ");
		used = indent;
	}
	fprintf(out->file, "%s\n", text);
}

void cw_output_fold(char *text, size_t width)
{
	while (*text) {
		size_t length = fitting(text, width);
		if (!text[length])
			return;
		text[length] = '\n';
		text += length + 1;
	}
}

size_t cw_output_columns(const char *text)
{
	return columns(text, strlen(text));
}

void cw_output_line(struct cw_output *out, unsigned indent, const char *format,
		    ...)
{
	va_list args;

	va_start(args, format);
	cw_cleanup_free char *text = text_make(out, format, args);
	va_end(args);
	write_wrapped(out, indent, text);
}

void cw_output_heading(struct cw_output *out, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	cw_cleanup_free char *text = text_make(out, format, args);
	va_end(args);
	if (out->has_color)
		fputs(BOLD, out->file);
	write_wrapped(out, 2, text);
	if (out->has_color)
		fputs(PLAIN, out->file);
}

void cw_output_more(struct cw_output *out, uint64_t num)
{
	char text[CW_NUMBER_SIZE];

	if (num)
		cw_output_line(out, 2, "%s more (--limit 0)",
			       cw_text_count(text, num));
}

void cw_output_suggest(struct cw_output *out, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *text = cw_vformat(format, args);
	va_end(args);
	make_fit(out, text);
	*cw_array_push(&out->suggestions) = text;
}

void cw_output_suggestions(struct cw_output *out)
{
	cw_cleanup_text struct cw_text line = {0};

	if (out->suggestions.num == 0)
		return;
	cw_array_foreach(suggestion, &out->suggestions)
		cw_text_addf(&line, "%s%s",
			     line.length == 0 ? "next: "
			     : out->is_utf8   ? " · "
					      : ", ",
			     *suggestion);
	write_wrapped(out, 6, line.chars);
}

const char *cw_output_bytes(const struct cw_output *out, char *buffer,
			    uint64_t bytes)
{
	return cw_text_bytes(buffer, bytes, out->is_exact);
}

const char *cw_output_counted(char *buffer, uint64_t count, const char *noun)
{
	char number[CW_NUMBER_SIZE];

	snprintf(buffer, CW_COUNTED_SIZE, "%s %s%s",
		 cw_text_count(number, count), noun, count == 1 ? "" : "s");
	return buffer;
}
