/*
 * Sorted maps and sets: BTreeMap's nodes.
 *
 * NodeRef {node, height} leads to a LeafNode when the height is 0, else to an
 * InternalNode, which begins with a LeafNode and has edges besides.  Of keys
 * and values the first len live, of edges len + 1.
 *
 * A node does not know its height.  That a child is an InternalNode shows in
 * its own first edge: what that leads to has the child as parent.
 */
#include <string.h>

#include "base/memory.h"
#include "object/rust.h"

enum { MAX_HEIGHT = 64 };

/* "…::InternalNode<K, V>" for the "…::LeafNode<K, V>". */
static const struct cw_type *internal_of(const struct cw_rule_context *context,
					 const struct cw_type *leaf)
{
	const struct cw_type **found;
	cw_cleanup_text struct cw_text name = {0};
	const char *noun = strstr(leaf->name, "::LeafNode<");

	if (!noun)
		return NULL;
	cw_text_add_n(&name, leaf->name, noun - leaf->name);
	cw_text_add(&name, "::InternalNode<");
	cw_text_add(&name, noun + strlen("::LeafNode<"));
	size_t num = cw_debug_types_named(context->debug, name.chars, &found);
	for (size_t i = 0; i < num; i++) {
		const struct cw_type *type = cw_type_strip(found[i]);
		if (type->size > leaf->size)
			return type;
	}
	return NULL;
}

struct reference_plan {
	struct cw_rust_place node, height;
	const struct cw_type *leaf, *internal;
	enum cw_ownership ownership;
};

static bool reference_prepare(const struct cw_rule_context *context,
			      const struct cw_type *type, const void **ret)
{
	struct reference_plan plan;

	if (!cw_rust_is(type, "alloc", "node::NodeRef") ||
	    !cw_rust_scalar(type, "node", &plan.node) ||
	    !cw_rust_scalar(type, "height", &plan.height) ||
	    plan.node.type->kind != CW_TYPE_POINTER)
		return false;
	plan.leaf = cw_type_strip(plan.node.type->target);
	if (!cw_rust_is(plan.leaf, "alloc", "node::LeafNode"))
		return false;
	plan.internal = internal_of(context, plan.leaf);
	plan.ownership =
		strstr(type->name, "marker::Owned, ") ? CW_OWNS : CW_BORROWS;
	*ret = cw_rust_keep(context, &plan);
	return true;
}

static void node_visit(const struct cw_type *type, cw_addr node, cw_addr slot,
		       enum cw_ownership ownership,
		       struct cw_part_visitor *visitor)
{
	struct cw_part part = {
		.type = type,
		.address = node,
		.count = 1,
		.slot = slot,
		.ownership = ownership,
	};

	if (type && node)
		visitor->part(visitor, &part);
}

static void reference_visit(const struct cw_rule_context *context,
			    const void *data, const struct cw_object *object,
			    struct cw_part_visitor *visitor)
{
	const struct reference_plan *plan = data;
	uint64_t height = cw_rust_number(&plan->height, object);

	(void)context;
	if (height > MAX_HEIGHT)
		return;
	node_visit(height ? plan->internal : plan->leaf,
		   cw_rust_number(&plan->node, object),
		   object->address + plan->node.offset, plan->ownership,
		   visitor);
}

/* ---- LeafNode */

struct leaf_plan {
	struct cw_rust_place length, parent, keys, values;
	struct cw_rust_place key, value; /* within an element */
	const struct cw_type *internal;
	uint64_t room;
};

static bool elements_prepare(const struct cw_type *type, const char *name,
			     struct cw_rust_place *ret,
			     struct cw_rust_place *ret_value)
{
	return cw_rust_member(type, name, ret) &&
	       ret->type->kind == CW_TYPE_ARRAY &&
	       cw_rust_value(cw_type_strip(ret->type->target), "", ret_value);
}

static bool leaf_prepare(const struct cw_rule_context *context,
			 const struct cw_type *type, const void **ret)
{
	struct leaf_plan plan;

	if (!cw_rust_is(type, "alloc", "node::LeafNode") ||
	    !cw_rust_scalar(type, "len", &plan.length) ||
	    !cw_rust_member(type, "parent", &plan.parent) ||
	    plan.parent.type->size != 8 ||
	    !elements_prepare(type, "keys", &plan.keys, &plan.key) ||
	    !elements_prepare(type, "vals", &plan.values, &plan.value))
		return false;
	plan.room = plan.keys.type->count;
	plan.internal = internal_of(context, type);
	*ret = cw_rust_keep(context, &plan);
	return true;
}

static void elements_visit(const struct cw_object *object,
			   const struct cw_rust_place *array,
			   const struct cw_rust_place *element, uint64_t count,
			   const char *label, struct cw_part_visitor *visitor)
{
	struct cw_part part = {
		.type = element->type,
		.address = object->address + array->offset + element->offset,
		.count = count,
		.stride = cw_type_strip(array->type->target)->size,
		.label = label,
		.is_element = true,
	};

	if (element->type->size > 0)
		visitor->part(visitor, &part);
}

static void leaf_visit(const struct cw_rule_context *context, const void *data,
		       const struct cw_object *object,
		       struct cw_part_visitor *visitor)
{
	const struct leaf_plan *plan = data;
	uint64_t count = cw_rust_number(&plan->length, object);

	(void)context;
	if (count > plan->room)
		return;
	elements_visit(object, &plan->keys, &plan->key, count, "keys", visitor);
	elements_visit(object, &plan->values, &plan->value, count, "vals",
		       visitor);
	struct cw_part parent = {
		.type = plan->internal,
		.address = cw_rust_number(&plan->parent, object),
		.count = 1,
		.slot = object->address + plan->parent.offset,
		.ownership = CW_BORROWS,
		.label = "parent",
	};
	if (parent.type && parent.address)
		visitor->part(visitor, &parent);
}

/* ---- InternalNode */

struct internal_plan {
	struct cw_rust_place data, length, parent, position, edges;
	const struct cw_type *internal;
};

static bool internal_prepare(const struct cw_rule_context *context,
			     const struct cw_type *type, const void **ret)
{
	struct internal_plan plan = {.internal = type};

	if (!cw_rust_is(type, "alloc", "node::InternalNode") ||
	    !cw_rust_member(type, "data", &plan.data) ||
	    !cw_rust_scalar(type, "data.len", &plan.length) ||
	    !cw_rust_member(type, "data.parent", &plan.parent) ||
	    !cw_rust_scalar(type, "data.parent_idx", &plan.position) ||
	    !cw_rust_member(type, "edges", &plan.edges) ||
	    plan.edges.type->kind != CW_TYPE_ARRAY ||
	    cw_type_strip(plan.edges.type->target)->size != 8 ||
	    plan.data.offset != 0)
		return false;
	*ret = cw_rust_keep(context, &plan);
	return true;
}

static bool is_internal(const struct cw_rule_context *context,
			const struct internal_plan *plan, cw_addr node)
{
	uint64_t first, parent;

	if (!cw_target_read_word(context->target, node + plan->edges.offset,
				 &first) ||
	    (first & 7) ||
	    !cw_target_read_word(context->target, first + plan->parent.offset,
				 &parent) ||
	    parent != node)
		return false;
	const unsigned char *position = cw_target_bytes(
		context->target, first + plan->position.offset, 2);
	return position && position[0] == 0 && position[1] == 0;
}

static void internal_visit(const struct cw_rule_context *context,
			   const void *data, const struct cw_object *object,
			   struct cw_part_visitor *visitor)
{
	const struct internal_plan *plan = data;
	uint64_t count = cw_rust_number(&plan->length, object);

	if (count >= plan->edges.type->count)
		return;
	cw_rust_visit_inner(object, &plan->data, "data", visitor);
	for (uint64_t i = 0; i <= count; i++) {
		uint64_t offset = plan->edges.offset + i * 8;
		cw_addr node;
		memcpy(&node, object->bytes + offset, 8);
		bool has_edges = is_internal(context, plan, node);
		node_visit(has_edges ? plan->internal : plan->data.type, node,
			   object->address + offset, CW_OWNS, visitor);
	}
}

const struct cw_rule cw_rust_tree_rules[] = {
	{"NodeRef", reference_prepare, reference_visit, NULL, NULL},
	{"LeafNode", leaf_prepare, leaf_visit, NULL, NULL},
	{"InternalNode", internal_prepare, internal_visit, NULL, NULL},
	{.name = NULL},
};
