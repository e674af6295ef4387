/*
 * QList of Qt 5: an array of words, of which those from "begin" to "end" live.
 *
 * Each word has an element, or points to one: elements that are larger than a
 * word, and those that may not be moved, are by themselves.  Which may be moved
 * the program has said by a class without a trace, so for small classes of its
 * own the words say it: all of them point, or not.
 */
#include <string.h>

#include "base/memory.h"
#include "object/qt.h"

enum { DATA, NUM_PLACES };
enum { ALLOC, BEGIN, END, ARRAY, NUM_HEADER };

enum {
	WORD = 8,
	MAX_LOOKED = 64, /* words that are looked at */
	LOWEST_ADDRESS = 0x10000,
};

enum layout { IN_WORDS, BY_POINTERS, WORDS_SAY };

struct plan {
	struct cw_place data;
	struct cw_place header[NUM_HEADER];
	const struct cw_type *header_type;
	const struct cw_type *element;
	const struct cw_type *node; /* what a word is declared as */
	enum layout layout;
};

struct content {
	cw_addr data, first;
	uint64_t count, size;
};

static enum layout layout_of(const struct cw_type *element)
{
	if (element->size > WORD)
		return BY_POINTERS;
	if (element->kind == CW_TYPE_POINTER || element->kind == CW_TYPE_BASE)
		return IN_WORDS;
	/* Qt's own are declared to be movable. */
	if (element->name && element->name[0] == 'Q' &&
	    cw_type_is_aggregate(element))
		return IN_WORDS;
	return WORDS_SAY;
}

static bool list_prepare(const struct cw_rule_context *context,
			 const struct cw_type *type, const void **ret)
{
	static const char *const header[] = {"alloc", "begin", "end", "array"};
	struct plan plan;

	if (!cw_class_is(type, "QList") ||
	    !cw_place_find(type, "d", &plan.data) ||
	    !(plan.header_type = cw_place_target(&plan.data)) ||
	    !cw_places_find(plan.header_type, header, NUM_HEADER, plan.header))
		return false;
	plan.element = cw_type_argument(type, 0);
	plan.node = cw_class_inner(context, type, "Node");
	if (!plan.node && plan.header[ARRAY].type->kind == CW_TYPE_ARRAY)
		plan.node = cw_type_strip(plan.header[ARRAY].type->target);
	if (!plan.element || plan.element->size == 0 || !plan.node ||
	    plan.node->size != WORD)
		return false;
	plan.layout = layout_of(plan.element);
	*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
	return true;
}

static bool content_read(const struct cw_rule_context *context,
			 const struct plan *plan,
			 const struct cw_object *object, struct content *ret)
{
	const struct cw_place *header = plan->header;
	struct cw_object data;

	if (!cw_qt_data(context, &plan->data, object, plan->header_type, &data))
		return false;
	uint64_t alloc = cw_qt_count(&header[ALLOC], &data);
	uint64_t begin = cw_qt_count(&header[BEGIN], &data);
	uint64_t end = cw_qt_count(&header[END], &data);
	struct content content = {
		.data = data.address,
		.first = data.address + header[ARRAY].offset + begin * WORD,
		.count = end - begin,
		.size = header[ARRAY].offset + alloc * WORD,
	};
	if (begin > end || end > alloc ||
	    !cw_memory_holds(context, content.data, content.size))
		return false;
	*ret = content;
	return true;
}

static bool is_pointer(const struct cw_rule_context *context, uint64_t word)
{
	return word >= LOWEST_ADDRESS && word % WORD == 0 &&
	       cw_memory_holds(context, word, WORD);
}

/* Whether the words are pointers to elements; *ret says whether they tell. */
static bool words_point(const struct cw_rule_context *context,
			const struct plan *plan, const struct content *content,
			bool *ret)
{
	uint64_t num =
		content->count < MAX_LOOKED ? content->count : MAX_LOOKED;
	bool elements_point = true;

	for (uint64_t i = 0; i < num; i++) {
		uint64_t word = cw_word_at(context, content->first + i * WORD);
		if (!is_pointer(context, word)) {
			*ret = true;
			return false;
		}
		elements_point &=
			plan->element->size == WORD &&
			is_pointer(context, cw_word_at(context, word));
	}
	*ret = !elements_point;
	return true;
}

static void elements_visit(const struct cw_rule_context *context,
			   const struct plan *plan,
			   const struct content *content,
			   struct cw_part_visitor *visitor)
{
	for (uint64_t i = 0; i < content->count; i++) {
		struct cw_part part = {
			.kind = CW_PART_OBJECTS,
			.type = plan->element,
			.slot = content->first + i * WORD,
			.count = 1,
			.ownership = CW_OWNS,
			.is_element = true,
			.first_index = i,
		};
		part.address = cw_word_at(context, part.slot);
		if (is_pointer(context, part.address))
			visitor->part(visitor, &part);
	}
}

static void list_visit(const struct cw_rule_context *context, const void *data,
		       const struct cw_object *object,
		       struct cw_part_visitor *visitor)
{
	const struct plan *plan = data;
	struct content content;

	if (!content_read(context, plan, object, &content))
		return;
	bool do_tell = true;
	bool are_pointers = plan->layout == BY_POINTERS ||
			    (plan->layout == WORDS_SAY &&
			     words_point(context, plan, &content, &do_tell));
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = are_pointers ? plan->node : plan->element,
		.address = content.first,
		.count = content.count,
		.stride = WORD,
		.slot = object->address + plan->data.offset,
		.ownership = CW_SHARES,
		.storage = content.data,
		.storage_size = content.size,
		.label = are_pointers ? "words" : NULL,
		.is_element = !are_pointers,
	};
	visitor->part(visitor, &part);
	if (are_pointers && do_tell)
		elements_visit(context, plan, &content, visitor);
}

static bool list_describe(const struct cw_rule_context *context,
			  const void *data, const struct cw_object *object,
			  struct cw_text *text)
{
	struct content content;

	if (!content_read(context, data, object, &content))
		return false;
	cw_text_add_elements(text, content.count);
	return true;
}

const struct cw_rule cw_qt_list_rules[] = {
	{"QList", list_prepare, list_visit, list_describe, NULL},
	{.name = NULL},
};
