#include "command/check_text.h"

#include <inttypes.h>

#include "command/describe.h"

/* Failures told one by one. */
#define MAX_SHOWN 5

/* "dict.used", or with the way of a variable: "g_dict.used". */
static void add_path(const struct cw_session *session,
		     const struct cw_failed_check *failed, uint64_t offset,
		     struct cw_text *text)
{
	const struct cw_name_context context = cw_describe_context(session);
	struct cw_block block;

	if (!failed->is_field &&
	    !cw_heap_block_at(session->heap, failed->address, &block) &&
	    cw_name_address(&context, failed->address + offset, text, NULL))
		return;
	cw_type_print(failed->type, text);
	cw_field_path_add(failed->type, offset, text);
}

static void write_failed(struct cw_output *out,
			 const struct cw_session *session,
			 const struct cw_failed_check *failed)
{
	cw_cleanup_text struct cw_text path = {0}, head = {0};

	add_path(session, failed, failed->offset, &head);
	if (failed->is_field) {
		cw_output_line(out, 4,
			       "  %s: %" PRId64 " of %" PRId64
			       " lead to another type than it declares, the "
			       "first in 0x%" PRIx64,
			       head.chars, failed->found, failed->expected,
			       failed->address);
		return;
	}
	add_path(session, failed, failed->counter, &path);
	cw_output_line(out, 4,
		       "  %s of 0x%" PRIx64 " says %" PRId64 ", but %s%" PRId64
		       " hang on %s",
		       path.chars, failed->address, failed->expected,
		       failed->found > failed->expected ? "at least " : "",
		       failed->found, head.chars);
}

void cw_check_write_text(struct cw_output *out,
			 const struct cw_session *session,
			 const struct cw_self_check *check)
{
	char hold[CW_NUMBER_SIZE], all[CW_NUMBER_SIZE];
	uint64_t num = 0;

	if (check->num_counters + check->num_fields == 0)
		return;
	cw_output_line(out, 2,
		       "types checked: %s of %s counters say how many there "
		       "are; %" PRIu64 " of %" PRIu64
		       " fields lead to what they declare",
		       cw_text_count(hold, check->num_counters_hold),
		       cw_text_count(all, check->num_counters),
		       check->num_fields_hold, check->num_fields);
	cw_array_foreach(failed, &check->failed)
	{
		if (num++ == MAX_SHOWN)
			break;
		write_failed(out, session, failed);
	}
	if (check->num_failed > MAX_SHOWN)
		cw_output_line(out, 4, "  %" PRIu64 " more (--json tells them)",
			       check->num_failed - MAX_SHOWN);
}

static void write_failed_json(struct cw_json *json,
			      const struct cw_session *session,
			      const struct cw_failed_check *failed)
{
	cw_cleanup_text struct cw_text path = {0}, member = {0}, type = {0};

	cw_type_print(failed->type, &type);
	add_path(session, failed, failed->offset, &path);
	if (!failed->is_field)
		add_path(session, failed, failed->counter, &member);
	cw_json_object(json, NULL);
	cw_json_text(json, "kind", failed->is_field ? "field" : "counter");
	cw_json_address(json, "address", failed->address);
	cw_json_text(json, "type", type.chars);
	cw_json_text(json, "path", path.chars);
	cw_json_text(json, "member", member.chars);
	cw_json_count(json, "expected", failed->expected);
	cw_json_count(json, "found", failed->found);
	cw_json_end(json);
}

void cw_check_write_json(struct cw_json *json, const struct cw_session *session,
			 const struct cw_self_check *check)
{
	cw_json_object(json, "self_check");
	cw_json_count(json, "kinds", check->num_kinds);
	cw_json_count(json, "counters", check->num_counters);
	cw_json_count(json, "counters_hold", check->num_counters_hold);
	cw_json_count(json, "fields", check->num_fields);
	cw_json_count(json, "fields_hold", check->num_fields_hold);
	cw_json_count(json, "num_failed", check->num_failed);
	cw_json_array(json, "failed");
	cw_array_foreach(failed, &check->failed)
		write_failed_json(json, session, failed);
	cw_json_end(json);
	cw_json_end(json);
}
