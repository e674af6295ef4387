#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

const char *cw_text_count(char *buffer, uint64_t count)
{
	char digits[CW_NUMBER_SIZE];
	int length = snprintf(digits, sizeof(digits), "%llu",
			      (unsigned long long)count);
	char *out = buffer;

	for (int i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			*out++ = ',';
		*out++ = digits[i];
	}
	*out = '\0';
	return buffer;
}

const char *cw_text_bytes(char *buffer, uint64_t bytes, bool is_exact)
{
	static const char *const units[] = {"B",  "KB", "MB", "GB",
					    "TB", "PB", "EB"};

	if (is_exact)
		return cw_text_count(buffer, bytes);
	if (bytes < 1024) {
		snprintf(buffer, CW_NUMBER_SIZE, "%u B", (unsigned)bytes);
		return buffer;
	}

	double value = bytes;
	size_t unit = 0;
	/* 1023.95 KB would be printed as 1024.0 KB. */
	while (value >= 999.95 && unit + 1 < cw_num_elements(units)) {
		value /= 1024;
		unit++;
	}
	int decimals = value < 9.995 ? 2 : 1;
	snprintf(buffer, CW_NUMBER_SIZE, "%.*f %s", decimals, value,
		 units[unit]);
	return buffer;
}

const char *cw_text_share(char *buffer, uint64_t part, uint64_t whole)
{
	double share = whole ? 100.0 * part / whole : 0;

	snprintf(buffer, CW_NUMBER_SIZE, "%.*f %%", share < 0.995 ? 2 : 1,
		 share);
	return buffer;
}

void cw_text_deinit(struct cw_text *text)
{
	free(text->chars);
	*text = (struct cw_text){0};
}

static void text_reserve(struct cw_text *text, size_t more)
{
	size_t wanted = text->length + more + 1;

	if (wanted <= text->capacity)
		return;
	if (wanted < text->capacity * 2)
		wanted = text->capacity * 2;
	text->chars = cw_realloc(text->chars, wanted);
	text->capacity = wanted;
}

void cw_text_add_n(struct cw_text *text, const char *chars, size_t length)
{
	text_reserve(text, length);
	memcpy(text->chars + text->length, chars, length);
	text->length += length;
	text->chars[text->length] = '\0';
}

void cw_text_add(struct cw_text *text, const char *chars)
{
	cw_text_add_n(text, chars, strlen(chars));
}

void cw_text_addf(struct cw_text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	cw_cleanup_free char *more = cw_vformat(format, args);
	va_end(args);
	cw_text_add(text, more);
}

void cw_text_cut(struct cw_text *text, size_t length)
{
	if (text->length <= length)
		return;
	text->length = length;
	text->chars[length] = '\0';
}

void cw_text_empty_brackets(struct cw_text *text)
{
	size_t length = 0;
	bool is_in_brackets = false;

	for (size_t i = 0; i < text->length; i++) {
		char c = text->chars[i];

		is_in_brackets = is_in_brackets && c != ']';
		if (!is_in_brackets)
			text->chars[length++] = c;
		is_in_brackets = is_in_brackets || c == '[';
	}
	cw_text_cut(text, length);
}
