#include <inttypes.h>

#include "base/memory.h"
#include "command/address.h"
#include "command/command.h"
#include "command/describe.h"
#include "command/fields.h"
#include "command/goroutine_text.h"
#include "command/reference_table.h"
#include "golang/special.h"
#include "object/shape.h"
#include "object/tag.h"
#include "object/value.h"

/* Bytes that are shown of a block without a type. */
#define MAX_RAW_BYTES 128

/* Fields, unless --limit 0. */
#define MAX_FIELDS 200

/* Objects within the block, unless --limit 0. */
#define MAX_INSIDE 20

struct object {
	struct cw_call *call;
	struct cw_block block;
	struct cw_typed_block typed;
	struct cw_references in, out;
	uint64_t max_fields;
	struct cw_table table;
};

static void add_value(const struct object *object, const struct cw_field *field,
		      struct cw_text *text)
{
	const struct cw_type *type = cw_type_strip(field->type);
	cw_addr address = object->block.address + field->offset;

	if (type->kind == CW_TYPE_ARRAY) {
		char *string = cw_target_read_string(
			object->call->session->target, address,
			type->count < 60 ? type->count : 60);
		cw_text_addf(text, "\"%s\"", string ? string : "?");
		free(string);
		return;
	}
	const struct cw_name_context context =
		cw_describe_context(object->call->session);
	if (cw_type_is_aggregate(type)) {
		if (!cw_value_add_object(&context, type, address, text))
			cw_text_add(text, "{}");
		return;
	}
	cw_value_add(&context, field->type, field->member, address, text);
}

static void write_field_json(void *context, const struct cw_field *field)
{
	struct object *object = context;
	struct cw_json *json = object->call->out->json;
	cw_cleanup_text struct cw_text type = {0}, value = {0};

	cw_type_print(field->type, &type);
	add_value(object, field, &value);
	cw_json_object(json, NULL);
	cw_json_count(json, "offset", field->offset);
	cw_json_text(json, "name", field->name);
	cw_json_text(json, "type", type.chars);
	cw_json_text(json, "value", value.chars);
	cw_json_end(json);
}

static void write_field_text(void *context, const struct cw_field *field)
{
	struct object *object = context;
	cw_cleanup_text struct cw_text type = {0}, value = {0};

	cw_type_print(field->type, &type);
	add_value(object, field, &value);
	cw_table_row(&object->table);
	cw_table_format(&object->table, "+%" PRIu64, field->offset);
	cw_table_text(&object->table, field->name);
	cw_table_text(&object->table, value.chars);
	cw_table_text(&object->table, type.chars);
}

/* Text has no fields; its bytes say more. */
static bool is_text(const struct object *object)
{
	const struct cw_type *type = object->typed.type;

	type = type ? cw_type_strip(type) : NULL;
	return type && type->kind == CW_TYPE_BASE && type->size == 1;
}

/* Fields of the elements that fit into the block. */
static uint64_t walk_fields(struct object *object,
			    void (*each)(void *context,
					 const struct cw_field *field))
{
	const struct cw_type *type = object->typed.type;
	uint64_t num = 0, size = type ? type->size : 0;
	uint64_t header = object->typed.header;
	const struct cw_name_context context =
		cw_describe_context(object->call->session);

	if (size == 0 || is_text(object))
		return 0;
	uint64_t count = object->typed.count ? object->typed.count : 1;
	for (uint64_t i = 0; i < count && num < object->max_fields; i++) {
		if (header + (i + 1) * size > object->block.size)
			break;
		num += cw_fields_walk(&context, type, object->block.address,
				      header + i * size,
				      object->max_fields - num, each, object);
	}
	return num;
}

static const char *reachable(const struct object *object)
{
	const char *answer =
		cw_describe_reachable(object->call->session, &object->block);

	return answer[0] ? answer : "no";
}

/* What an unknown block looks like, with others. */
static void write_alike_json(struct object *object)
{
	uint32_t number = object->typed.shape_number;
	cw_cleanup_text struct cw_text name = {0}, looks = {0};

	if (number) {
		cw_text_addf(&name, "shape#%" PRIu32, number);
		cw_shape_describe(object->call->session->typing, number,
				  &looks);
	}
	cw_json_text(object->call->out->json, "shape_name", name.chars);
	cw_json_text(object->call->out->json, "looks", looks.chars);
}

/* "tag: GCObject.tt = 7 in 5,001 of 5,001": of those, how many are alike. */
static void write_tag(struct object *object)
{
	struct cw_typing_tag tag;
	cw_cleanup_text struct cw_text name = {0};
	char right[CW_NUMBER_SIZE], all[CW_NUMBER_SIZE];

	if (!cw_typing_tag(object->call->session->typing, &object->block, &tag))
		return;
	cw_tagging_add_name(tag.tagging, &name);
	cw_output_line(object->call->out, 6,
		       "tag: %s = %" PRIu32 " in %s of %s", name.chars,
		       tag.value, cw_text_count(right, tag.num_right),
		       cw_text_count(all, tag.num));
}

static void write_tag_json(struct object *object)
{
	struct cw_json *json = object->call->out->json;
	struct cw_typing_tag tag;
	cw_cleanup_text struct cw_text name = {0};

	if (!cw_typing_tag(object->call->session->typing, &object->block, &tag))
		return;
	cw_tagging_add_name(tag.tagging, &name);
	cw_json_object(json, "tag");
	cw_json_text(json, "member", name.chars);
	cw_json_count(json, "value", tag.value);
	cw_json_count(json, "agree", tag.num_right);
	cw_json_count(json, "of", tag.num);
	cw_json_end(json);
}

static void write_why_json(struct object *object)
{
	const struct cw_typed_block *typed = &object->typed;
	struct cw_json *json = object->call->out->json;
	cw_cleanup_text struct cw_text why = {0};

	cw_typing_why(object->call->session->typing, &object->block, &why);
	cw_json_text(json, "why", why.chars);
	cw_json_text(json, "shape", cw_shape_name(typed->shape));
	write_alike_json(object);
	cw_json_count(json, "header", typed->header);
	cw_json_array(json, "rivals");
	for (uint32_t i = 0; i < typed->num_rivals; i++)
		cw_json_text(json, NULL, typed->rivals[i]);
	cw_json_end(json);
}

static void write_inside_json(struct object *object)
{
	struct cw_typing *typing = object->call->session->typing;
	struct cw_json *json = object->call->out->json;
	struct cw_inside inside = {0};

	cw_json_array(json, "inside");
	for (uint64_t at = 0;
	     cw_typing_inside(typing, &object->block, at, &inside);
	     at = inside.offset + 1) {
		cw_json_object(json, NULL);
		cw_json_count(json, "offset", inside.offset);
		cw_json_count(json, "size", inside.size);
		cw_json_text(json, "type", inside.name);
		cw_json_end(json);
	}
	cw_json_end(json);
}

/* Of an object of Go that the runtime sampled: its place in the profile. */
static bool bucket_of(const struct object *object, struct cw_go_bucket *ret)
{
	const struct cw_heap *heap = object->call->session->heap;
	cw_addr bucket;

	return heap->go_spans &&
	       cw_go_profiled_bucket(heap->go, heap->go_spans,
				     object->block.address, &bucket) &&
	       cw_go_bucket_read(heap->go, bucket, ret);
}

static void write_allocated(struct object *object)
{
	const struct cw_go *go = object->call->session->heap->go;
	struct cw_go_frame frame = {0};
	struct cw_go_bucket bucket;

	if (!bucket_of(object, &bucket))
		return;
	cw_output_line(object->call->out, 6,
		       "allocated, as the runtime sampled it, by");
	while (cw_bucket_next_call(go, &bucket, &frame)) {
		cw_cleanup_text struct cw_text text = {0};

		if (!frame.name)
			continue;
		cw_goroutine_add_place(go, &frame, &text);
		cw_output_line(object->call->out, 6, "    %s", text.chars);
	}
}

static void write_allocated_json(struct object *object)
{
	const struct cw_go *go = object->call->session->heap->go;
	struct cw_json *json = object->call->out->json;
	struct cw_go_frame frame = {0};
	struct cw_go_bucket bucket;

	if (!bucket_of(object, &bucket)) {
		cw_json_null(json, "allocated_by");
		return;
	}
	cw_json_array(json, "allocated_by");
	while (cw_bucket_next_call(go, &bucket, &frame))
		cw_json_text(json, NULL, frame.name);
	cw_json_end(json);
}

static void write_json(struct object *object)
{
	struct cw_json *json = object->call->out->json;
	const struct cw_block *block = &object->block;
	const struct cw_heap *heap = object->call->session->heap;
	cw_cleanup_text struct cw_text type = {0};

	cw_json_address(json, "address", block->address);
	cw_json_count(json, "size", block->size);
	cw_json_text(json, "state", cw_block_state_name(block->state));
	cw_json_text(
		json, "allocator",
		block->region
			? heap->allocators.items[block->region->allocator].name
			: NULL);
	cw_describe_type(object->call->session, block, &type);
	cw_json_text(json, "type", object->typed.name ? type.chars : NULL);
	cw_json_text(json, "confidence",
		     cw_confidence_name(object->typed.confidence));
	cw_json_text(json, "provenance",
		     cw_provenance_name(object->typed.provenance));
	write_why_json(object);
	write_tag_json(object);
	cw_json_text(json, "reachable", reachable(object));
	cw_json_array(json, "fields");
	walk_fields(object, write_field_json);
	cw_json_end(json);
	write_inside_json(object);
	write_allocated_json(object);
	cw_incoming_write_json(object->call, &object->in);
	cw_outgoing_write_json(object->call, &object->out);
}

/* "type: exact, from variable g_list -> field Node.next"; and its rivals. */
static void write_why(struct object *object)
{
	const struct cw_session *session = object->call->session;
	const struct cw_typed_block *typed = &object->typed;
	cw_cleanup_text struct cw_text why = {0};

	if (typed->shape_number) {
		cw_shape_describe(session->typing, typed->shape_number, &why);
		cw_output_line(object->call->out, 6, "shape#%" PRIu32 ": %s",
			       typed->shape_number, why.chars);
	}
	if (typed->confidence == CW_CONFIDENCE_NONE)
		return;
	cw_typing_why(session->typing, &object->block, &why);
	cw_output_line(object->call->out, 6, "type: %s, from %s",
		       cw_confidence_name(typed->confidence),
		       why.chars ? why.chars : "?");
	write_tag(object);
	for (uint32_t i = 0; i < typed->num_rivals; i++)
		cw_output_line(object->call->out, 6, "or: %s",
			       typed->rivals[i]);
}

/* A hex dump of the first bytes, for blocks without fields. */
static void write_raw(struct object *object)
{
	const struct cw_block *block = &object->block;
	struct cw_output *out = object->call->out;
	uint64_t size =
		block->size < MAX_RAW_BYTES ? block->size : MAX_RAW_BYTES;
	const unsigned char *bytes = cw_target_bytes(
		object->call->session->target, block->address, size);

	if (!bytes) {
		cw_output_text(out, "  its bytes cannot be read\n");
		return;
	}
	for (uint64_t row = 0; row < size; row += 16) {
		char hex[3 * 16 + 1] = "", chars[17] = "";

		for (uint64_t i = 0; i < 16 && row + i < size; i++) {
			unsigned char c = bytes[row + i];
			snprintf(hex + 3 * i, 4, "%02x ", c);
			chars[i] = c >= 0x20 && c < 0x7f ? c : '.';
		}
		cw_output_text(out, "  +%-4" PRIu64 " %-48s %s\n", row, hex,
			       chars);
	}
	if (size < block->size)
		cw_output_text(out, "  ...\n");
}

static const struct cw_column field_columns[] = {
	{"offset", CW_COLUMN_NUMBER},
	{"field", CW_COLUMN_TEXT},
	{"value", CW_COLUMN_CUT},
	{"type", CW_COLUMN_CUT},
};

static void write_fields(struct object *object)
{
	cw_table_init(&object->table, object->call->out, field_columns,
		      cw_num_elements(field_columns));
	object->table.indent = 2;
	uint64_t num = walk_fields(object, write_field_text);
	cw_table_end(&object->table);
	if (num >= object->max_fields)
		cw_output_text(object->call->out,
			       "  more fields (--limit 0)\n");
	if (num == 0 && object->block.size > 0)
		write_raw(object);
}

/* Such as a pool is made of. */
static void write_inside(struct object *object)
{
	struct cw_typing *typing = object->call->session->typing;
	struct cw_output *out = object->call->out;
	bool is_all = object->max_fields > MAX_FIELDS;
	struct cw_inside inside = {0};
	unsigned num = 0;

	for (uint64_t at = 0;
	     cw_typing_inside(typing, &object->block, at, &inside);
	     at = inside.offset + 1) {
		if (!is_all && num++ == MAX_INSIDE) {
			cw_output_text(out, "  more objects (--limit 0)\n");
			return;
		}
		cw_output_text(out,
			       "  +%-4" PRIu64 " holds %s, %" PRIu64 " B\n",
			       inside.offset, inside.name, inside.size);
	}
}

static void write_text(struct object *object)
{
	struct cw_output *out = object->call->out;
	const struct cw_block *block = &object->block;
	cw_cleanup_text struct cw_text what = {0};
	char bytes[CW_NUMBER_SIZE];
	bool is_used = block->state == CW_BLOCK_USED;

	cw_describe_block(object->call->session, block, &what);
	cw_output_heading(out, "0x%" PRIx64 "  %s, %s%s  %s", block->address,
			  cw_output_bytes(out, bytes, block->size),
			  cw_block_state_name(block->state),
			  !is_used ? ""
			  : reachable(object)[0] == 'y'
				  ? ", reachable"
				  : ", no root leads here",
			  what.chars ? what.chars : "");
	write_why(object);
	write_fields(object);
	write_inside(object);
	write_allocated(object);
	cw_incoming_write_text(object->call, &object->in);
	cw_outgoing_write_text(object->call, &object->out);
	cw_output_suggest(out, "heap path 0x%" PRIx64, block->address);
	if (object->out.items.num)
		cw_output_suggest(out, "heap object 0x%" PRIx64,
				  object->out.items.items[0].target.address);
}

static struct cw_error *run(struct cw_call *call)
{
	struct cw_session *session = call->session;
	struct object object = {.call = call};
	uint64_t limit = call->options->limit;
	uint64_t max = limit ? limit : CW_REFERENCES_ALL;

	struct cw_error *err =
		cw_address_block(session, call->arguments[0], &object.block);
	if (!err)
		err = cw_references_incoming(session->heap, session->roots,
					     &object.block, max,
					     &session->progress, &object.in);
	if (err)
		return err;
	cw_references_outgoing(session->heap, &object.block, max, &object.out);
	cw_typing_of(session->typing, &object.block, &object.typed);
	object.max_fields = limit == 0		 ? UINT64_MAX
			    : limit > MAX_FIELDS ? limit
						 : MAX_FIELDS;
	call->result->has_address = true;
	call->result->address = object.block.address;
	call->result->has_totals = true;
	call->result->count = 1;
	call->result->bytes = object.block.size;
	if (call->out->json)
		write_json(&object);
	else if (call->options->is_short)
		cw_output_text(call->out, "0x%" PRIx64 "\n",
			       object.block.address);
	else
		write_text(&object);
	cw_references_deinit(&object.in);
	cw_references_deinit(&object.out);
	return NULL;
}

const struct cw_command cw_command_object = {
	.group = "heap",
	.name = "object",
	.arguments = "ADDR",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "a block: type and why, fields, who points in and out",
	.help = "The block that holds ADDR, which may lie in the middle of "
		"it:\n"
		"its state, its type and where that is known from, its fields\n"
		"with their values, or its bytes, who points to it, and what "
		"it\n"
		"points to.",
	.known_as = "dumpobj (SOS), !heap -x, !heap -p -a (WinDbg)",
	.needs = CW_NEEDS_REACH | CW_NEEDS_TYPES,
	.takes = CW_TAKES_LIMIT,
	.run = run,
};
