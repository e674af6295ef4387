/*
 * QHash and QMap of Qt 5, and their nodes.
 *
 * QHash: "d" points to a QHashData with an array of buckets, each the first
 * node of a list that ends with the QHashData itself, as do empty buckets.  Its
 * first word is NULL as no node's is.  The words that lead to the first nodes
 * are the buckets: the parts' slots are there.
 *
 * QMap: "d" points to a QMapData, whose header is a node without a value; its
 * left branch is the root.  A node's link to the one above it has the node's
 * colour in its lowest bits; the header has none.
 *
 * Nodes are declared by the containers' template arguments: QHashNode<K, V>,
 * QMapNode<K, V>.
 */
#include "base/memory.h"
#include "object/qt.h"

enum { MAX_BUCKETS = 1 << 24, COLOUR = 3 };

/* ---- QHash */

enum { BUCKETS, NUM_BUCKETS, HASH_SIZE, NUM_HASH };

struct hash_plan {
	struct cw_place data;
	const struct cw_type *data_type;
	struct cw_place places[NUM_HASH]; /* of the data */
	const struct cw_type *node;
};

static bool hash_prepare(const struct cw_rule_context *context,
			 const struct cw_type *type, const void **ret)
{
	static const char *const paths[] = {"buckets", "numBuckets", "size"};
	struct hash_plan plan;

	if (!cw_class_is(type, "QHash") ||
	    !cw_place_find(type, "d", &plan.data) ||
	    !(plan.data_type = cw_place_target(&plan.data)) ||
	    !cw_places_find(plan.data_type, paths, NUM_HASH, plan.places))
		return false;
	plan.node = cw_qt_sibling(context, type, "QHashNode");
	if (!plan.node)
		return false;
	*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
	return true;
}

static void buckets_visit(const struct cw_rule_context *context,
			  const struct hash_plan *plan,
			  const struct cw_object *data,
			  struct cw_part_visitor *visitor)
{
	cw_addr buckets = cw_place_number(&plan->places[BUCKETS], data);
	uint64_t num = cw_qt_count(&plan->places[NUM_BUCKETS], data);

	if (num > MAX_BUCKETS || !cw_memory_holds(context, buckets, num * 8))
		return;
	for (uint64_t i = 0; i < num; i++) {
		struct cw_part part = {
			.kind = CW_PART_OBJECTS,
			.type = plan->node,
			.count = 1,
			.slot = buckets + i * 8,
			.ownership = CW_OWNS,
		};
		if (cw_target_read_word(context->target, part.slot,
					&part.address) &&
		    part.address != data->address && part.address % 8 == 0 &&
		    cw_memory_holds(context, part.address, plan->node->size))
			visitor->part(visitor, &part);
	}
}

/* The data as the container's pointer declares it. */
static void data_visit(const struct cw_object *object,
		       const struct cw_place *place,
		       const struct cw_object *data, const char *label,
		       struct cw_part_visitor *visitor)
{
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = data->type,
		.address = data->address,
		.count = 1,
		.slot = object->address + place->offset,
		.ownership = CW_SHARES,
		.label = label,
	};

	visitor->part(visitor, &part);
}

static void hash_visit(const struct cw_rule_context *context, const void *plan_,
		       const struct cw_object *object,
		       struct cw_part_visitor *visitor)
{
	const struct hash_plan *plan = plan_;
	struct cw_object data;

	if (!cw_qt_data(context, &plan->data, object, plan->data_type, &data))
		return;
	data_visit(object, &plan->data, &data, "d", visitor);
	buckets_visit(context, plan, &data, visitor);
}

static bool hash_describe(const struct cw_rule_context *context,
			  const void *plan_, const struct cw_object *object,
			  struct cw_text *text)
{
	const struct hash_plan *plan = plan_;
	struct cw_object data;

	if (!cw_qt_data(context, &plan->data, object, plan->data_type, &data))
		return false;
	cw_text_add_elements(text,
			     cw_qt_count(&plan->places[HASH_SIZE], &data));
	return true;
}

/* ---- QMap */

enum { ROOT, FIRST, MAP_SIZE, NUM_MAP };

struct map_plan {
	struct cw_place places[NUM_MAP];
	const struct cw_type *node;
};

static bool map_data_prepare(const struct cw_rule_context *context,
			     const struct cw_type *type, const void **ret)
{
	static const char *const paths[] = {"header.left", "mostLeftNode",
					    "size"};
	struct map_plan plan;

	if (!cw_class_is(type, "QMapData") ||
	    !cw_places_find(type, paths, NUM_MAP, plan.places))
		return false;
	plan.node = cw_qt_sibling(context, type, "QMapNode");
	if (!plan.node)
		return false;
	*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
	return true;
}

static bool is_inside(const struct cw_object *object, cw_addr address)
{
	return address - object->address < object->type->size;
}

static void map_data_visit(const struct cw_rule_context *context,
			   const void *plan_, const struct cw_object *object,
			   struct cw_part_visitor *visitor)
{
	static const char *const labels[] = {[ROOT] = NULL, [FIRST] = "begin"};
	const struct map_plan *plan = plan_;

	for (size_t i = ROOT; i <= FIRST; i++) {
		struct cw_part part = {
			.kind = CW_PART_OBJECTS,
			.type = plan->node,
			.address = cw_place_number(&plan->places[i], object),
			.count = 1,
			.slot = object->address + plan->places[i].offset,
			.ownership = i == ROOT ? CW_OWNS : CW_BORROWS,
			.label = labels[i],
		};
		if (part.address && !is_inside(object, part.address) &&
		    cw_memory_holds(context, part.address, plan->node->size))
			visitor->part(visitor, &part);
	}
}

static bool map_data_describe(const struct cw_rule_context *context,
			      const void *plan_, const struct cw_object *object,
			      struct cw_text *text)
{
	const struct map_plan *plan = plan_;

	(void)context;
	cw_text_add_elements(text,
			     cw_qt_count(&plan->places[MAP_SIZE], object));
	return true;
}

struct map_owner {
	struct cw_place data, size;
	const struct cw_type *data_type;
};

static bool map_prepare(const struct cw_rule_context *context,
			const struct cw_type *type, const void **ret)
{
	struct map_owner plan;

	if (!cw_class_is(type, "QMap") ||
	    !cw_place_find(type, "d", &plan.data) ||
	    !(plan.data_type = cw_place_target(&plan.data)) ||
	    !cw_class_is(plan.data_type, "QMapData") ||
	    !cw_place_find(plan.data_type, "size", &plan.size))
		return false;
	*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
	return true;
}

static void map_visit(const struct cw_rule_context *context, const void *plan_,
		      const struct cw_object *object,
		      struct cw_part_visitor *visitor)
{
	const struct map_owner *plan = plan_;
	struct cw_object data;

	if (cw_qt_data(context, &plan->data, object, plan->data_type, &data))
		data_visit(object, &plan->data, &data, NULL, visitor);
}

static bool map_describe(const struct cw_rule_context *context,
			 const void *plan_, const struct cw_object *object,
			 struct cw_text *text)
{
	const struct map_owner *plan = plan_;
	struct cw_object data;

	if (!cw_qt_data(context, &plan->data, object, plan->data_type, &data))
		return false;
	cw_text_add_elements(text, cw_qt_count(&plan->size, &data));
	return true;
}

/* ---- Their nodes */

enum { MAX_LINKS = 3, KEY = 0, VALUE, NUM_VALUES };

struct node_row {
	const char *name;
	const char *links[MAX_LINKS];
};

static const struct node_row node_rows[] = {
	{"QHashNode", {"next"}},
	{"QMapNode", {"left", "right", "p"}},
};

struct node_plan {
	struct cw_place links[MAX_LINKS];
	struct cw_place values[NUM_VALUES];
};

static bool node_prepare(const struct cw_rule_context *context,
			 const struct cw_type *type, const void **ret)
{
	struct node_plan plan = {0};

	for (size_t i = 0; i < cw_num_elements(node_rows); i++) {
		if (!cw_class_is(type, node_rows[i].name) ||
		    !cw_places_find(type, node_rows[i].links, MAX_LINKS,
				    plan.links) ||
		    !cw_place_find(type, "key", &plan.values[KEY]))
			continue;
		/* A set has none. */
		if (!cw_place_find(type, "value", &plan.values[VALUE]))
			plan.values[VALUE].type = NULL;
		*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
		return true;
	}
	return false;
}

/* What ends a list, or is above the root, is no node. */
static bool is_node(const struct cw_rule_context *context, cw_addr address)
{
	uint64_t link;

	return address && address % 8 == 0 &&
	       cw_target_read_word(context->target, address, &link) &&
	       link != 0;
}

static void node_visit(const struct cw_rule_context *context, const void *plan_,
		       const struct cw_object *object,
		       struct cw_part_visitor *visitor)
{
	static const char *const labels[] = {"key", "value"};
	const struct node_plan *plan = plan_;

	for (size_t i = 0; i < NUM_VALUES; i++) {
		struct cw_part part = {
			.kind = CW_PART_OBJECTS,
			.type = plan->values[i].type,
			.address = object->address + plan->values[i].offset,
			.count = 1,
			.label = labels[i],
		};
		if (part.type && part.type->size > 0)
			visitor->part(visitor, &part);
	}
	for (size_t i = 0; i < MAX_LINKS && plan->links[i].type; i++) {
		bool is_above = plan->links[i].type->kind != CW_TYPE_POINTER;
		struct cw_part part = {
			.kind = CW_PART_OBJECTS,
			.type = object->type,
			.address = cw_place_number(&plan->links[i], object),
			.count = 1,
			.slot = object->address + plan->links[i].offset,
			.ownership = is_above ? CW_BORROWS : CW_OWNS,
			.label = is_above ? "parent" : NULL,
		};
		if (is_above)
			part.address &= ~(cw_addr)COLOUR;
		if (is_node(context, part.address) &&
		    cw_memory_holds(context, part.address, object->type->size))
			visitor->part(visitor, &part);
	}
}

const struct cw_rule cw_qt_map_rules[] = {
	{"QHash", hash_prepare, hash_visit, hash_describe, NULL},
	{"data of a QMap", map_data_prepare, map_data_visit, map_data_describe,
	 NULL},
	{"QMap", map_prepare, map_visit, map_describe, NULL},
	{.name = NULL},
};

const struct cw_rule cw_qt_node_rules[] = {
	{"node of Qt", node_prepare, node_visit, NULL, NULL},
	{.name = NULL},
};
