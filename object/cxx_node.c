/*
 * Nodes: what lists, trees and hash tables are made of.
 *
 * A node is a base class with the links, which are declared as pointers to
 * that base, and behind it the value: a member of its type, or bytes for one
 * (__aligned_membuf<T>).  A link leads to the header within the container,
 * too, which is no node: of the links up a tree that is seen, of those along a
 * list it is not.
 */
#include "base/memory.h"
#include "object/cxx.h"

enum { MAX_LINKS = 3 };

struct link_row {
	const char *path;
	enum cw_ownership ownership;
	const char *label;
};

struct node_row {
	const char *name;
	struct link_row links[MAX_LINKS];
};

static const struct node_row rows[] = {
	{"_List_node",
	 {{"_M_next", CW_OWNS, NULL}, {"_M_prev", CW_BORROWS, "prev"}}},
	{"_Fwd_list_node", {{"_M_next", CW_OWNS, NULL}}},
	{"_Rb_tree_node",
	 {{"_M_left", CW_OWNS, NULL},
	  {"_M_right", CW_OWNS, NULL},
	  {"_M_parent", CW_BORROWS, "parent"}}},
	{"__detail::_Hash_node", {{"_M_nxt", CW_OWNS, NULL}}},
	{"__list_node",
	 {{"__next_", CW_OWNS, NULL}, {"__prev_", CW_BORROWS, "prev"}}},
	{"__forward_list_node", {{"__next_", CW_OWNS, NULL}}},
	{"__tree_node",
	 {{"__left_", CW_OWNS, NULL},
	  {"__right_", CW_OWNS, NULL},
	  {"__parent_", CW_BORROWS, "parent"}}},
	{"__hash_node", {{"__next_", CW_OWNS, NULL}}},
};

enum { LEFT, RIGHT, PARENT };

struct plan {
	const struct node_row *row;
	struct cw_place links[MAX_LINKS];
	size_t num_links;
	struct cw_place value;
	bool is_map_entry;
};

/*
 * Where the value is; libc++ wraps a map's pair once more, in a union with
 * itself up to LLVM 14.
 */
static const char *const value_paths[] = {
	"__value_.__cc_", "__value_.__cc", "__value_", "_M_storage",
	"_M_value_field", "_M_data",	   "_M_v",
};

/* The value of a node of type @node; false: it has none that is known. */
static bool value_find(const struct cw_type *node, struct cw_place *ret)
{
	const struct cw_type *argument = cw_type_argument(node, 0);

	for (size_t i = 0; i < cw_num_elements(value_paths); i++) {
		struct cw_place place;
		if (!cw_place_find(node, value_paths[i], &place))
			continue;
		if (cw_type_is_raw(place.type)) {
			if (!argument || argument->size > place.type->size)
				return false;
			place.type = argument;
		}
		*ret = place;
		return true;
	}
	return false;
}

/* A pair whose first member must not change is an entry of a map. */
static bool is_map_entry(const struct cw_type *type)
{
	const struct cw_member *members;

	if (!cw_std_is(type, "pair"))
		return false;
	size_t num = cw_type_members(type, &members);
	for (size_t i = 0; i < num; i++) {
		const struct cw_type *member = members[i].type;
		if (members[i].is_base || !members[i].name)
			continue;
		while (member->kind == CW_TYPE_TYPEDEF)
			member = member->target;
		return member->kind == CW_TYPE_QUALIFIED;
	}
	return false;
}

static bool node_prepare(const struct cw_rule_context *context,
			 const struct cw_type *type, const void **ret)
{
	struct plan plan = {0};

	for (size_t i = 0; i < cw_num_elements(rows) && !plan.row; i++)
		if (cw_std_is(type, rows[i].name))
			plan.row = &rows[i];
	if (!plan.row || !value_find(type, &plan.value))
		return false;
	for (size_t i = 0; i < MAX_LINKS && plan.row->links[i].path; i++) {
		if (!cw_place_find(type, plan.row->links[i].path,
				   &plan.links[i]) ||
		    plan.links[i].type->kind != CW_TYPE_POINTER)
			return false;
		plan.num_links++;
	}
	plan.is_map_entry = is_map_entry(plan.value.type);
	*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
	return true;
}

static uint64_t word_read(const struct cw_rule_context *context,
			  cw_addr address, const struct cw_place *place)
{
	uint64_t word = 0;

	return cw_target_read_word(context->target, address + place->offset,
				   &word)
		       ? word
		       : 0;
}

/*
 * Whether what the node at @child calls its parent is a node, not the header.
 * libstdc++'s header has the root as parent, whose parent it is; libc++'s has
 * none, and what lies there is no node that has it as a child.
 */
static bool parent_is_node(const struct cw_rule_context *context,
			   const struct plan *plan, cw_addr parent,
			   cw_addr child)
{
	const struct cw_place *links = plan->links;
	uint64_t above = word_read(context, parent, &links[PARENT]);

	if (above == 0 || above == child)
		return false;
	/* The root: its parent is the header, which has it as parent or as
	 * its only child. */
	return word_read(context, above, &links[LEFT]) == parent ||
	       word_read(context, above, &links[RIGHT]) == parent ||
	       word_read(context, above, &links[PARENT]) == parent;
}

static void node_visit(const struct cw_rule_context *context, const void *data,
		       const struct cw_object *object,
		       struct cw_part_visitor *visitor)
{
	const struct plan *plan = data;
	struct cw_part value = {
		.kind = CW_PART_OBJECTS,
		.type = plan->value.type,
		.address = object->address + plan->value.offset,
		.count = 1,
		.is_element = true,
		.is_map_entry = plan->is_map_entry,
	};

	visitor->part(visitor, &value);
	for (size_t i = 0; i < plan->num_links; i++) {
		const struct link_row *row = &plan->row->links[i];
		cw_addr next = cw_place_number(&plan->links[i], object);
		if (next == 0 || next & 7 || next == object->address)
			continue;
		if (i == PARENT &&
		    !parent_is_node(context, plan, next, object->address))
			continue;
		struct cw_part part = {
			.kind = CW_PART_OBJECTS,
			.type = object->type,
			.address = next,
			.count = 1,
			.slot = object->address + plan->links[i].offset,
			.ownership = row->ownership,
			.label = row->label,
		};
		visitor->part(visitor, &part);
	}
}

const struct cw_rule cw_cxx_node_rules[] = {
	{"node of the C++ library", node_prepare, node_visit, NULL, NULL},
	{.name = NULL},
};
