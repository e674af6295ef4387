#include "command/reference_table.h"

#include <inttypes.h>

#include "base/memory.h"
#include "command/describe.h"

/* "g_cache.buckets[3]", "Node.next" */
static void add_holder(const struct cw_session *session,
		       const struct cw_reference *reference,
		       struct cw_text *text)
{
	if (reference->root)
		cw_describe_root_word(session, reference->root,
				      reference->offset, text);
	else
		cw_describe_field(session, &reference->holder,
				  reference->offset, text);
}

static void write_json_row(struct cw_call *call,
			   const struct cw_reference *reference,
			   const char *name, const struct cw_block *other)
{
	struct cw_json *json = call->out->json;
	cw_cleanup_text struct cw_text type = {0};

	cw_json_object(json, NULL);
	if (other)
		cw_describe_type(call->session, other, &type);
	cw_json_text(json, "from",
		     reference->root ? cw_root_kind_name(reference->root->kind)
				     : "block");
	if (other)
		cw_json_address(json, "address", other->address);
	else if (reference->slot)
		cw_json_address(json, "address", reference->slot);
	else
		cw_json_null(json, "address");
	cw_json_text(json, "type", type.chars);
	cw_json_count(json, "offset", reference->offset);
	cw_json_text(json, "field", name);
	cw_json_address(json, "value", reference->value);
	cw_json_end(json);
}

void cw_incoming_write_json(struct cw_call *call,
			    const struct cw_references *references)
{
	cw_json_array(call->out->json, "incoming");
	cw_array_foreach(reference, &references->items)
	{
		cw_cleanup_text struct cw_text name = {0};

		add_holder(call->session, reference, &name);
		write_json_row(call, reference, name.chars,
			       reference->root ? NULL : &reference->holder);
	}
	cw_json_end(call->out->json);
	cw_json_count(call->out->json, "num_incoming", references->num_total);
}

void cw_outgoing_write_json(struct cw_call *call,
			    const struct cw_references *references)
{
	cw_json_array(call->out->json, "outgoing");
	cw_array_foreach(reference, &references->items)
	{
		cw_cleanup_text struct cw_text name = {0};

		cw_describe_offset(call->session, &reference->holder,
				   reference->offset, &name);
		write_json_row(call, reference, name.chars, &reference->target);
	}
	cw_json_end(call->out->json);
	cw_json_count(call->out->json, "num_outgoing", references->num_total);
}

static const struct cw_column incoming_columns[] = {
	{"block or slot", CW_COLUMN_TEXT},
	{"bytes", CW_COLUMN_NUMBER},
	{"word there", CW_COLUMN_CUT},
};

/* "+0x10" where a pointer leads behind the start of its block. */
static const char *inside(const struct cw_reference *reference, char *buffer)
{
	uint64_t offset = reference->value - reference->target.address;

	buffer[0] = '\0';
	if (offset)
		snprintf(buffer, CW_NUMBER_SIZE, " (to +0x%" PRIx64 ")",
			 offset);
	return buffer;
}

static void write_more(struct cw_output *out,
		       const struct cw_references *references)
{
	char buffer[CW_NUMBER_SIZE];

	if (references->num_total > references->items.num)
		cw_output_text(
			out, "  %s more (--limit 0)\n",
			cw_text_count(buffer, references->num_total -
						      references->items.num));
}

void cw_incoming_write_text(struct cw_call *call,
			    const struct cw_references *references)
{
	struct cw_table table;
	char to[CW_NUMBER_SIZE];

	cw_output_heading(call->out, "%" PRIu64 " in: who points here",
			  references->num_total);
	cw_table_init(&table, call->out, incoming_columns,
		      cw_num_elements(incoming_columns));
	table.indent = 2;
	cw_array_foreach(reference, &references->items)
	{
		cw_cleanup_text struct cw_text name = {0};

		add_holder(call->session, reference, &name);
		cw_table_row(&table);
		if (!reference->root)
			cw_table_address(&table, reference->holder.address);
		else if (reference->slot)
			cw_table_address(&table, reference->slot);
		else
			cw_table_text(&table, "register");
		if (reference->root)
			cw_table_empty(&table);
		else
			cw_table_bytes(&table, reference->holder.size);
		cw_table_format(&table, "%s%s", name.chars ? name.chars : "",
				inside(reference, to));
	}
	cw_table_end(&table);
	write_more(call->out, references);
}

static const struct cw_column outgoing_columns[] = {
	{"word here", CW_COLUMN_TEXT},
	{"block", CW_COLUMN_TEXT},
	{"bytes", CW_COLUMN_NUMBER},
	{"what", CW_COLUMN_CUT},
};

void cw_outgoing_write_text(struct cw_call *call,
			    const struct cw_references *references)
{
	struct cw_table table;
	char to[CW_NUMBER_SIZE];

	cw_output_heading(call->out, "%" PRIu64 " out: what it points to",
			  references->num_total);
	cw_table_init(&table, call->out, outgoing_columns,
		      cw_num_elements(outgoing_columns));
	table.indent = 2;
	cw_array_foreach(reference, &references->items)
	{
		cw_cleanup_text struct cw_text name = {0}, what = {0};

		cw_describe_offset(call->session, &reference->holder,
				   reference->offset, &name);
		cw_describe_block(call->session, &reference->target, &what);
		cw_table_row(&table);
		cw_table_text(&table, name.chars);
		cw_table_address(&table, reference->target.address);
		cw_table_bytes(&table, reference->target.size);
		cw_table_format(&table, "%s%s", what.chars ? what.chars : "",
				inside(reference, to));
	}
	cw_table_end(&table);
	write_more(call->out, references);
}
