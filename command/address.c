#include "command/address.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "command/describe.h"
#include "target/symbol.h"

bool cw_address_parse_number(const char *text, uint64_t *ret)
{
	char *end;

	if (!isdigit((unsigned char)text[0]) &&
	    !(text[0] == '-' && isdigit((unsigned char)text[1])))
		return false;
	errno = 0;
	unsigned long long value = strtoull(text, &end, 0);
	if (errno || *end != '\0')
		return false;
	*ret = value;
	return true;
}

/* "7f3a12345678", with the ` that WinDbg puts in the middle or not. */
static bool parse_bare_hex(const char *text, uint64_t *ret)
{
	uint64_t value = 0;
	size_t num_digits = 0;

	for (; *text; text++) {
		if (*text == '`')
			continue;
		if (!isxdigit((unsigned char)*text) || ++num_digits > 16)
			return false;
		value = value << 4 | (isdigit((unsigned char)*text)
					      ? *text - '0'
					      : (*text | 0x20) - 'a' + 10);
	}
	*ret = value;
	return num_digits >= 8;
}

static struct cw_error *parse_symbol(struct cw_session *session,
				     const char *text, cw_addr *ret)
{
	bool is_place = text[0] == '&';
	const char *name = text + is_place;

	const struct cw_symbol *symbol =
		*name ? cw_symbol_find(session->target, name) : NULL;
	if (!symbol || symbol->kind == CW_SYMBOL_TLS)
		return cw_error_new(CW_ERROR_USAGE,
				    "'%s' is neither an address nor a symbol",
				    text);
	*ret = symbol->address;
	if (!is_place && symbol->kind == CW_SYMBOL_OBJECT && symbol->size == 8)
		if (!cw_target_read_word(session->target, symbol->address, ret))
			return cw_error_new(CW_ERROR_TARGET, "cannot read '%s'",
					    name);
	return NULL;
}

struct cw_error *cw_address_parse(struct cw_session *session, const char *text,
				  cw_addr *ret)
{
	if (cw_address_parse_number(text, ret) || parse_bare_hex(text, ret))
		return NULL;
	return parse_symbol(session, text, ret);
}

struct cw_error *cw_address_block(struct cw_session *session, const char *text,
				  struct cw_block *ret)
{
	cw_cleanup_text struct cw_text place = {0};
	cw_addr address;

	struct cw_error *err = cw_address_parse(session, text, &address);
	if (err || cw_heap_block_at(session->heap, address, ret))
		return err;
	if (!cw_target_segment(session->target, address))
		return cw_error_new(CW_ERROR_USAGE,
				    "no block at 0x%" PRIx64
				    ": nothing is mapped there",
				    address);
	const struct cw_name_context context = cw_describe_context(session);
	cw_name_address(&context, address, &place, NULL);
	return cw_error_new(CW_ERROR_USAGE,
			    "no block at 0x%" PRIx64
			    ": it is in no heap that was recognised%s%s",
			    address, place.length ? ", but is " : "",
			    place.length ? place.chars : "");
}
