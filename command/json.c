#include "command/json.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"

void cw_json_init(struct cw_json *json, FILE *file)
{
	*json = (struct cw_json){.file = file};
}

/* Length of the UTF-8 character at @at, or 0: there is none. */
static size_t utf8_length(const unsigned char *at)
{
	static const struct {
		unsigned char mask, lead;
		unsigned length;
		uint32_t smallest;
	} forms[] = {
		{0x80, 0x00, 1, 0},
		{0xe0, 0xc0, 2, 0x80},
		{0xf0, 0xe0, 3, 0x800},
		{0xf8, 0xf0, 4, 0x10000},
	};

	for (size_t i = 0; i < cw_num_elements(forms); i++) {
		if ((at[0] & forms[i].mask) != forms[i].lead)
			continue;
		uint32_t code = at[0] & ~forms[i].mask;
		for (unsigned j = 1; j < forms[i].length; j++) {
			if ((at[j] & 0xc0) != 0x80)
				return 0;
			code = code << 6 | (at[j] & 0x3f);
		}
		bool is_code = code >= forms[i].smallest && code <= 0x10ffff &&
			       (code < 0xd800 || code > 0xdfff);
		return is_code ? forms[i].length : 0;
	}
	return 0;
}

static void write_string(struct cw_json *json, const char *text)
{
	cw_cleanup_text struct cw_text clean = {0};

	for (const char *at = text; *at;) {
		size_t length = utf8_length((const unsigned char *)at);

		if (length > 0)
			cw_text_add_n(&clean, at, length);
		else
			cw_text_add(&clean, "\xef\xbf\xbd"); /* U+FFFD */
		at += length ? length : 1;
	}
	struct json_object *string =
		json_object_new_string(clean.chars ? clean.chars : "");
	fputs(json_object_to_json_string_ext(string,
					     JSON_C_TO_STRING_NOSLASHESCAPE),
	      json->file);
	json_object_put(string);
}

static void begin_line(struct cw_json *json)
{
	fputc('\n', json->file);
	for (unsigned i = 0; i < json->depth; i++)
		fputc(' ', json->file);
}

/* What stands before a value: comma, line, key. */
static void begin_value(struct cw_json *json, const char *key)
{
	if (json->depth == 0)
		return;
	bool *has_items = &json->has_items[json->depth - 1];

	if (*has_items)
		fputc(',', json->file);
	/* The outer two levels, which are long, have a line an item. */
	if (json->depth <= 2 && !json->is_line)
		begin_line(json);
	else if (*has_items)
		fputc(' ', json->file);
	*has_items = true;
	if (key) {
		write_string(json, key);
		fputs(": ", json->file);
	}
}

static void open_level(struct cw_json *json, const char *key, char opener,
		       char closer)
{
	begin_value(json, key);
	fputc(opener, json->file);
	if (json->depth == CW_JSON_MAX_DEPTH)
		return; /* our own mistake: no command nests so deep */
	json->closer[json->depth] = closer;
	json->has_items[json->depth] = false;
	json->depth++;
}

void cw_json_object(struct cw_json *json, const char *key)
{
	open_level(json, key, '{', '}');
}

void cw_json_array(struct cw_json *json, const char *key)
{
	open_level(json, key, '[', ']');
}

void cw_json_end(struct cw_json *json)
{
	if (json->depth == 0)
		return;
	json->depth--;
	if (json->has_items[json->depth] && json->depth < 2 && !json->is_line)
		begin_line(json);
	fputc(json->closer[json->depth], json->file);
	if (json->depth == 0)
		fputc('\n', json->file);
}

void cw_json_end_all(struct cw_json *json)
{
	while (json->depth > 0)
		cw_json_end(json);
}

void cw_json_text(struct cw_json *json, const char *key, const char *text)
{
	if (!text) {
		cw_json_null(json, key);
		return;
	}
	begin_value(json, key);
	write_string(json, text);
}

void cw_json_count(struct cw_json *json, const char *key, uint64_t count)
{
	begin_value(json, key);
	fprintf(json->file, "%" PRIu64, count);
}

void cw_json_address(struct cw_json *json, const char *key, cw_addr address)
{
	begin_value(json, key);
	fprintf(json->file, "\"0x%" PRIx64 "\"", address);
}

void cw_json_share(struct cw_json *json, const char *key, double share)
{
	struct json_object *number =
		json_object_new_double(isfinite(share) ? share : 0);

	begin_value(json, key);
	json_object_set_serializer(number, json_object_double_to_json_string,
				   (void *)"%.6g", NULL);
	fputs(json_object_to_json_string(number), json->file);
	json_object_put(number);
}

void cw_json_bool(struct cw_json *json, const char *key, bool is_true)
{
	begin_value(json, key);
	fputs(is_true ? "true" : "false", json->file);
}

void cw_json_null(struct cw_json *json, const char *key)
{
	begin_value(json, key);
	fputs("null", json->file);
}

void cw_json_heap_count(struct cw_json *json, const char *key,
			const struct cw_heap_count *count)
{
	cw_json_object(json, key);
	cw_json_count(json, "blocks", count->blocks);
	cw_json_count(json, "bytes", count->bytes);
	cw_json_end(json);
}
