#include "command/path_text.h"

#include <inttypes.h>

#include "command/describe.h"

/* Of a longer path the steps at both ends are shown. */
#define MAX_STEPS  12
#define ENDS_STEPS 5

/* Paths among which one from a variable is looked for. */
#define MAX_CANDIDATES 8

/*
 * A path as it grows.  Inside a library's object (from the word of a map that
 * leads to its tree to the entry in one of the nodes) the way is the library's
 * business: what was written of it is taken back when the element is reached.
 */
struct writer {
	struct cw_text *text;
	enum cw_field_end end; /* of the last word */
	bool is_inside;
	size_t anchor; /* length up to the library's object */
	uint64_t num_nodes;
};

static bool is_link(enum cw_field_end end)
{
	return end == CW_FIELD_LINK || end == CW_FIELD_LABELLED;
}

/* From here on the way may be a library's. */
static void writer_arrive(struct writer *writer,
			  const struct cw_field_path *path)
{
	writer->end = path->end;
	writer->is_inside = is_link(path->end);
	writer->anchor = writer->text->length;
	writer->num_nodes = 0;
	/* What is counted is reached by the pointer, whatever lies between. */
	if (path->ownership == CW_SHARES || path->ownership == CW_WEAKLY)
		writer->end = CW_FIELD_LINK;
	else if (path->end == CW_FIELD_LABELLED)
		cw_text_addf(writer->text, ".%s", path->label);
}

static void step_add(struct writer *writer, const struct cw_session *session,
		     const struct cw_path_step *step)
{
	cw_cleanup_text struct cw_text field = {0};
	struct cw_field_path path;

	cw_field_path_add_block(session->typing, &step->block, step->offset,
				writer->num_nodes, &field, &path);
	const char *chars = field.chars ? field.chars : "";
	if (writer->is_inside && path.is_element) {
		cw_text_cut(writer->text, writer->anchor);
	} else if (writer->is_inside && is_link(path.end) && !chars[0]) {
		/* From node to node. */
		writer->num_nodes++;
		writer->end = path.end;
		return;
	} else if (writer->end == CW_FIELD_LABELLED && chars[0] == '[') {
		/* The library's own array of nodes. */
		cw_text_add(writer->text, chars);
		writer->end = CW_FIELD_LINK;
		return;
	} else if (chars[0] != '[' ||
		   (writer->end != CW_FIELD_ELEMENTS && !path.is_indexed)) {
		cw_text_add(writer->text, "->");
		if (chars[0] == '.')
			chars++;
	}
	cw_text_add(writer->text, chars);
	if (cw_number_words_has(&session->numbers,
				step->block.address + step->offset))
		cw_text_add(writer->text, ", a number");
	writer_arrive(writer, &path);
}

/* A node stands for the element in it. */
static void target_add(struct writer *writer, const struct cw_session *session,
		       const struct cw_block *block)
{
	cw_cleanup_text struct cw_text element = {0};

	if (!cw_field_path_add_element(session->typing, block,
				       writer->num_nodes, &element))
		return;
	cw_text_cut(writer->text, writer->anchor);
	cw_text_add(writer->text, element.chars);
}

void cw_path_text(const struct cw_session *session, const struct cw_path *path,
		  struct cw_text *text)
{
	const struct cw_name_context context = cw_describe_context(session);
	struct writer writer = {.text = text};
	struct cw_field_path root;

	cw_name_root(&context, path->root, path->root_offset / 8, text, &root);
	writer_arrive(&writer, &root);
	for (uint32_t i = 0; i + 1 < path->num_steps; i++) {
		uint32_t left_out = path->num_steps - 1 - 2 * ENDS_STEPS;

		if (path->num_steps > MAX_STEPS && i == ENDS_STEPS &&
		    !writer.is_inside) {
			cw_text_addf(text, "->(%" PRIu32 " more)", left_out);
			i += left_out - 1;
			writer.end = CW_FIELD_PLAIN;
			continue;
		}
		step_add(&writer, session, &path->steps[i]);
	}
	if (writer.is_inside && path->num_steps > 0)
		target_add(&writer, session,
			   &path->steps[path->num_steps - 1].block);
}

static bool is_from_variable(const struct cw_session *session,
			     const struct cw_path *path)
{
	const struct cw_name_context context = cw_describe_context(session);
	cw_cleanup_text struct cw_text text = {0};
	struct cw_field_path root = {0};

	cw_name_root(&context, path->root, path->root_offset / 8, &text, &root);
	return root.is_variable;
}

struct cw_error *cw_path_find_telling(struct cw_session *session,
				      const struct cw_block *block,
				      struct cw_paths *ret)
{
	struct cw_error *err =
		cw_paths_find(session->paths, block, MAX_CANDIDATES, ret);
	size_t best = 0;

	if (err || ret->items.num == 0)
		return err;
	while (best < ret->items.num &&
	       !is_from_variable(session, &ret->items.items[best]))
		best++;
	if (best < ret->items.num)
		ret->items.items[0] = ret->items.items[best];
	ret->items.items[0].num_shared = 0;
	ret->has_more |= ret->items.num > 1;
	ret->items.num = 1;
	return NULL;
}

struct cw_error *cw_path_describe(struct cw_session *session,
				  const struct cw_block *block,
				  struct cw_text *text)
{
	struct cw_paths paths;

	struct cw_error *err = cw_path_find_telling(session, block, &paths);
	if (err)
		return err;
	if (paths.items.num)
		cw_path_text(session, &paths.items.items[0], text);
	cw_paths_deinit(&paths);
	return NULL;
}
