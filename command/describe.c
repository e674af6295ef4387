#include "command/describe.h"

#include <ctype.h>
#include <inttypes.h>

/* Shorter ones are as likely numbers. */
#define MIN_STRING_LENGTH 4

void cw_describe_type(const struct cw_session *session,
		      const struct cw_block *block, struct cw_text *text)
{
	struct cw_typed_block typed;

	if (!session->typing)
		return;
	if (!cw_typing_of(session->typing, block, &typed) && typed.shape_number)
		cw_text_addf(text, "shape#%" PRIu32, typed.shape_number);
	else if (!typed.name)
		cw_text_add(text, "unknown");
	else if (typed.count > 1)
		cw_text_addf(text, "%s [%" PRIu64 "]", typed.name, typed.count);
	else
		cw_text_add(text, typed.name);
}

bool cw_describe_string(const struct cw_session *session,
			const struct cw_block *block, size_t max,
			struct cw_text *text)
{
	uint64_t size = block->size < max + 1 ? block->size : max + 1;
	const unsigned char *bytes =
		cw_target_bytes(session->target, block->address, size);
	size_t length = 0;

	if (!bytes)
		return false;
	while (length < size && isprint(bytes[length]))
		length++;
	bool is_whole = length < size && bytes[length] == '\0';
	if (length < MIN_STRING_LENGTH || (!is_whole && length < size))
		return false;
	if (length > max)
		length = max;
	cw_text_add(text, "\"");
	cw_text_add_n(text, (const char *)bytes, length);
	cw_text_add(text, is_whole ? "\"" : "\"...");
	return true;
}

void cw_describe_block(const struct cw_session *session,
		       const struct cw_block *block, struct cw_text *text)
{
	size_t length = text->length;

	cw_describe_type(session, block, text);
	if (block->state != CW_BLOCK_USED)
		return;
	if (text->length > length)
		cw_text_add(text, " ");
	if (!cw_describe_string(session, block, 40, text) && text->length > 0 &&
	    text->chars[text->length - 1] == ' ')
		cw_text_cut(text, text->length - 1);
}

struct cw_name_context cw_describe_context(const struct cw_session *session)
{
	return (struct cw_name_context){
		.target = session->target,
		.debug = session->debug,
		.heap = session->heap,
		.rules = session->typing ? cw_typing_rules(session->typing)
					 : NULL,
	};
}

void cw_describe_offset(const struct cw_session *session,
			const struct cw_block *block, uint64_t offset,
			struct cw_text *text)
{
	struct cw_field_path path;

	size_t length = text->length;

	cw_field_path_add_block(session->typing, block, offset, 0, text, &path);
	/* From node to node: a path does not say it, a field does. */
	struct cw_typed_block typed;
	if (text->length == length && session->typing &&
	    cw_typing_of(session->typing, block, &typed) &&
	    offset >= typed.header)
		cw_field_path_add(typed.type, offset - typed.header, text);
}

void cw_describe_root_word(const struct cw_session *session,
			   const struct cw_root *root, uint64_t offset,
			   struct cw_text *text)
{
	const struct cw_name_context context = cw_describe_context(session);

	cw_name_root(&context, root, offset / 8, text, NULL);
}

void cw_describe_field(const struct cw_session *session,
		       const struct cw_block *block, uint64_t offset,
		       struct cw_text *text)
{
	struct cw_typed_block typed;

	if (session->typing && cw_typing_of(session->typing, block, &typed) &&
	    typed.name)
		cw_text_add(text, typed.name);
	cw_describe_offset(session, block, offset, text);
	if (cw_number_words_has(&session->numbers, block->address + offset))
		cw_text_add(text, ", a number");
}

const char *cw_describe_reachable(const struct cw_session *session,
				  const struct cw_block *block)
{
	if (!session->reach || block->state != CW_BLOCK_USED)
		return "";
	if (cw_reach_is_weak(session->reach, block->granule))
		return "weak";
	return cw_reach_has(session->reach, block->granule) ? "yes" : "no";
}
