/* Names of types, put together from those of their parts. */
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "golang/descriptor.h"

enum {
	MAX_STEPS = 1 << 12,
	MAX_LENGTH = 1 << 13,
};

/* What is still to be written: text, or else a type. */
struct piece {
	const char *chars;
	uint32_t length;
	cw_addr type;
};

struct writer {
	const struct cw_go *go;
	CW_ARRAY(struct piece) pieces; /* the next one is the last */
	CW_ARRAY(struct piece) opened; /* of the type that is looked at */
};

static void put_chars(struct writer *writer, const char *chars, uint32_t length)
{
	*cw_array_push(&writer->opened) = (struct piece){chars, length, 0};
}

static void put(struct writer *writer, const char *text)
{
	put_chars(writer, text, strlen(text));
}

static void put_type(struct writer *writer, cw_addr type)
{
	*cw_array_push(&writer->opened) = (struct piece){.type = type};
}

/* "list.Element" of "container/list": the path is for the part before "." */
static void put_named(struct writer *writer,
		      const struct cw_go_descriptor *descriptor)
{
	const char *chars = descriptor->name.chars;
	uint32_t length = descriptor->name.length, at = 0;

	while (at < length && chars[at] != '.' && chars[at] != '[')
		at++;
	if (descriptor->package.length && at < length && chars[at] == '.') {
		put_chars(writer, descriptor->package.chars,
			  descriptor->package.length);
		chars += at;
		length -= at;
	}
	put_chars(writer, chars, length);
}

static void put_channel(struct writer *writer,
			const struct cw_go_descriptor *descriptor)
{
	struct cw_go_descriptor element;
	bool is_inner = descriptor->count == (CW_GO_SENDS | CW_GO_RECEIVES) &&
			cw_go_descriptor_read(writer->go, descriptor->element,
					      &element) &&
			element.kind == CW_GO_KIND_CHANNEL &&
			!element.is_named && element.count == CW_GO_RECEIVES;

	put(writer, descriptor->count == CW_GO_RECEIVES ? "<-chan "
		    : descriptor->count == CW_GO_SENDS	? "chan<- "
							: "chan ");
	put(writer, is_inner ? "(" : "");
	put_type(writer, descriptor->element);
	put(writer, is_inner ? ")" : "");
}

/* "...int", the last parameter's type being a slice. */
static void put_parameter(struct writer *writer,
			  const struct cw_go_descriptor *descriptor,
			  uint32_t number, cw_addr type)
{
	struct cw_go_descriptor slice;

	if (descriptor->is_variadic && number == descriptor->num - 1 &&
	    cw_go_descriptor_read(writer->go, type, &slice) &&
	    slice.kind == CW_GO_KIND_SLICE) {
		put(writer, "...");
		type = slice.element;
	}
	put_type(writer, type);
}

static void put_function(struct writer *writer,
			 const struct cw_go_descriptor *descriptor)
{
	struct cw_go_part part;

	put(writer, "func(");
	for (uint32_t i = 0; i < descriptor->num + descriptor->num_more; i++) {
		if (!cw_go_descriptor_part(writer->go, descriptor, i, &part))
			return;
		if (i == descriptor->num)
			put(writer, descriptor->num_more > 1 ? ") (" : ") ");
		else if (i > 0)
			put(writer, ", ");
		put_parameter(writer, descriptor, i, part.type);
	}
	if (descriptor->num_more != 1)
		put(writer, ")");
}

/* The compiler gives its own structs no function that compares them. */
static bool is_compilers(const struct cw_go *go,
			 const struct cw_go_descriptor *descriptor)
{
	struct cw_go_part part;
	struct cw_go_descriptor field;

	if (descriptor->has_equal)
		return false;
	for (uint32_t i = 0; i < descriptor->num; i++) {
		if (!cw_go_descriptor_part(go, descriptor, i, &part) ||
		    !cw_go_descriptor_read(go, part.type, &field) ||
		    (!field.has_equal))
			return false;
	}
	return true;
}

static void put_field_name(struct writer *writer,
			   const struct cw_go_descriptor *descriptor,
			   const struct cw_go_name *name)
{
	/* Up to 1.21 so is the function of a closure. */
	if (name->length && name->chars[0] == '.') {
		put_chars(writer, name->chars + 1, name->length - 1);
		return;
	}
	if (!name->is_exported && descriptor->package.length) {
		put_chars(writer, descriptor->package.chars,
			  descriptor->package.length);
		put(writer, ".");
	}
	put_chars(writer, name->chars, name->length);
}

static void put_struct(struct writer *writer,
		       const struct cw_go_descriptor *descriptor)
{
	struct cw_go_part part;

	if (is_compilers(writer->go, descriptor))
		put(writer, "noalg.");
	put(writer, "struct {");
	for (uint32_t i = 0; i < descriptor->num; i++) {
		if (!cw_go_descriptor_part(writer->go, descriptor, i, &part))
			return;
		put(writer, i ? "; " : " ");
		if (!part.name.is_embedded) {
			put_field_name(writer, descriptor, &part.name);
			put(writer, " ");
		}
		put_type(writer, part.type);
	}
	put(writer, descriptor->num ? " }" : "}");
}

static void put_array(struct writer *writer,
		      const struct cw_go_descriptor *descriptor,
		      struct cw_text *text)
{
	char count[CW_NUMBER_SIZE];

	/* Nothing is waiting to be written before it. */
	snprintf(count, sizeof(count), "[%llu]",
		 (unsigned long long)descriptor->count);
	cw_text_add(text, count);
	put_type(writer, descriptor->element);
}

static void type_open(struct writer *writer, cw_addr address,
		      struct cw_text *text)
{
	struct cw_go_descriptor descriptor;

	if (!cw_go_descriptor_read(writer->go, address, &descriptor)) {
		put(writer, "?");
		return;
	}
	enum cw_go_kind kind = descriptor.is_named ? 0 : descriptor.kind;
	switch (kind) {
	case CW_GO_KIND_POINTER:
		put(writer, "*");
		put_type(writer, descriptor.element);
		break;
	case CW_GO_KIND_SLICE:
		put(writer, "[]");
		put_type(writer, descriptor.element);
		break;
	case CW_GO_KIND_ARRAY:
		put_array(writer, &descriptor, text);
		break;
	case CW_GO_KIND_MAP:
		put(writer, "map[");
		put_type(writer, descriptor.key);
		put(writer, "]");
		put_type(writer, descriptor.element);
		break;
	case CW_GO_KIND_CHANNEL:
		put_channel(writer, &descriptor);
		break;
	case CW_GO_KIND_FUNCTION:
		put_function(writer, &descriptor);
		break;
	case CW_GO_KIND_STRUCT:
		/* A group or bucket of a map has a name, but is not named. */
		if (descriptor.name.length > 4 &&
		    memcmp(descriptor.name.chars, "map.", 4) == 0) {
			put(writer, "noalg.");
			put_chars(writer, descriptor.name.chars,
				  descriptor.name.length);
		} else {
			put_struct(writer, &descriptor);
		}
		break;
	default:
		put_named(writer, &descriptor);
		break;
	}
}

void cw_go_descriptor_name(const struct cw_go *go, cw_addr address,
			   struct cw_text *text)
{
	struct writer writer = {.go = go};

	*cw_array_push(&writer.pieces) = (struct piece){.type = address};
	for (uint32_t i = 0; writer.pieces.num > 0; i++) {
		struct piece piece = writer.pieces.items[--writer.pieces.num];

		if (!piece.type) {
			cw_text_add_n(text, piece.chars, piece.length);
			continue;
		}
		if (i >= MAX_STEPS || text->length >= MAX_LENGTH) {
			cw_text_add(text, "…");
			break;
		}
		writer.opened.num = 0;
		type_open(&writer, piece.type, text);
		while (writer.opened.num > 0)
			*cw_array_push(&writer.pieces) =
				writer.opened.items[--writer.opened.num];
	}
	cw_array_deinit(&writer.pieces);
	cw_array_deinit(&writer.opened);
}
