/*
 * Arrays of Qt: QString, QByteArray, QVector; of Qt 6 also QList.
 *
 * Qt 5: "d" points to a QArrayData, a header with the number of elements, of
 * those there is room for, and how far from it they begin.  They are behind it
 * in one allocation, but for text that belongs to somebody else.
 *
 * Qt 6: QArrayDataPointer has the header, which knows the room alone, the first
 * element, and their number.  Without a header they are somebody else's.
 *
 * Room is counted in elements.
 */
#include "base/memory.h"
#include "object/qt.h"

enum { SIZE, ALLOC, OFFSET, NUM_HEADER };
enum { DATA, POINTER, COUNT, NUM_PLACES };

struct plan {
	struct cw_place places[NUM_PLACES]; /* Qt 5: the first alone */
	struct cw_place header[NUM_HEADER]; /* Qt 6: ALLOC alone */
	const struct cw_type *header_type;
	const struct cw_type *element;
	bool is_text;
};

struct content {
	cw_addr first;
	uint64_t count;
	cw_addr storage; /* 0: somebody else's */
	uint64_t storage_size;
};

static bool places5_find(const struct cw_type *type, struct plan *plan)
{
	static const char *const header[] = {"size", "alloc", "offset"};

	return cw_place_find(type, "d", &plan->places[DATA]) &&
	       (plan->header_type = cw_place_target(&plan->places[DATA])) &&
	       cw_places_find(plan->header_type, header, NUM_HEADER,
			      plan->header);
}

static bool places6_find(const struct cw_type *type, struct plan *plan)
{
	static const char *const paths[] = {"d", "ptr", "size"};

	return cw_places_find(type, paths, NUM_PLACES, plan->places) &&
	       (plan->header_type = cw_place_target(&plan->places[DATA])) &&
	       cw_place_find(plan->header_type, "alloc", &plan->header[ALLOC]);
}

static const char *const text_names[] = {"QString", "QByteArray", NULL};
static const char *const array_names[] = {"QVector", "QArrayDataPointer", NULL};

static bool names_prepare(const struct cw_rule_context *context,
			  const struct cw_type *type, const char *const *names,
			  const void **ret)
{
	struct plan plan = {.is_text = names == text_names};

	while (*names && !cw_class_is(type, *names))
		names++;
	if (!*names ||
	    (!places5_find(type, &plan) && !places6_find(type, &plan)))
		return false;
	plan.element = cw_type_argument(plan.header_type, 0);
	if (!plan.element || plan.element->size == 0)
		return false;
	*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
	return true;
}

static bool text_prepare(const struct cw_rule_context *context,
			 const struct cw_type *type, const void **ret)
{
	return names_prepare(context, type, text_names, ret);
}

static bool array_prepare(const struct cw_rule_context *context,
			  const struct cw_type *type, const void **ret)
{
	return names_prepare(context, type, array_names, ret);
}

static bool content_read(const struct cw_rule_context *context,
			 const struct plan *plan,
			 const struct cw_object *object, struct content *ret)
{
	const struct cw_place *header = plan->header;
	struct cw_object data = {0};
	struct content content = {0};
	uint64_t size, room = 0;
	bool has_data = cw_qt_data(context, &plan->places[DATA], object,
				   plan->header_type, &data);

	if (has_data)
		room = cw_qt_count(&header[ALLOC], &data);
	if (plan->places[POINTER].type) {
		content.first = cw_place_number(&plan->places[POINTER], object);
		content.count = cw_qt_count(&plan->places[COUNT], object);
	} else if (has_data) {
		content.first =
			data.address + cw_place_number(&header[OFFSET], &data);
		content.count = cw_qt_count(&header[SIZE], &data);
	} else {
		return false;
	}
	if (__builtin_mul_overflow(content.count, plan->element->size, &size) ||
	    (size && !cw_memory_holds(context, content.first, size)))
		return false;
	if (room > 0) {
		content.storage = data.address;
		content.storage_size =
			plan->header_type->size + room * plan->element->size;
		if (content.first < data.address || content.count > room ||
		    content.first - data.address + size > content.storage_size)
			return false;
	}
	*ret = content;
	return true;
}

static void array_visit(const struct cw_rule_context *context, const void *data,
			const struct cw_object *object,
			struct cw_part_visitor *visitor)
{
	const struct plan *plan = data;
	bool is_own = !plan->places[POINTER].type;
	struct content content;

	if (!content_read(context, plan, object, &content))
		return;
	cw_addr slot =
		object->address + plan->places[is_own ? DATA : POINTER].offset;
	struct cw_part part = {
		.kind = plan->is_text ? CW_PART_TEXT : CW_PART_OBJECTS,
		.type = plan->element,
		.address = content.first,
		.count = content.count,
		.slot = slot,
		.ownership = content.storage ? CW_SHARES : CW_BORROWS,
		.storage = content.storage,
		.storage_size = content.storage_size,
		.is_element = !plan->is_text,
	};
	if (content.storage || !is_own)
		visitor->part(visitor, &part);
}

static bool array_describe(const struct cw_rule_context *context,
			   const void *data, const struct cw_object *object,
			   struct cw_text *text)
{
	const struct plan *plan = data;
	uint64_t size = plan->element->size;
	struct content content;

	if (!content_read(context, plan, object, &content))
		return false;
	if (!plan->is_text) {
		cw_text_add_elements(text, content.count);
		return true;
	}
	uint64_t shown =
		content.count < CW_MAX_SHOWN ? content.count : CW_MAX_SHOWN;
	const void *bytes =
		cw_target_bytes(context->target, content.first, shown * size);
	if (!bytes && shown > 0)
		return false;
	cw_text_add_quoted(text, bytes, shown, content.count, size);
	return true;
}

const struct cw_rule cw_qt_array_rules[] = {
	{"text of Qt", text_prepare, array_visit, array_describe, NULL},
	{"array of Qt", array_prepare, array_visit, array_describe, NULL},
	{.name = NULL},
};
