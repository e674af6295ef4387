/*
 * Containers made of nodes: list, forward_list, map, set and the unordered
 * ones.
 *
 * The first node hangs on the container: the rest of a list, and of a hash
 * table's elements, hangs on that, and the branches of a tree on its root.
 * Nodes have rules of their own.  The word that refers to the first node is
 * declared as a pointer to the nodes' base; what type the nodes are of, the
 * container's template arguments say.  The header (libc++: the end node) lies
 * within the container; links that lead there are no nodes.
 *
 * A hash table has an array of buckets besides, each the node before the first
 * one in the bucket: these do not own.
 */
#include <string.h>

#include "base/memory.h"
#include "object/cxx.h"

enum { MAX_BORROWED = 2 };

struct row {
	const char *const *names; /* of containers */
	const char *first;	  /* the word that refers to the first node */
	const char *count;	  /* or NULL: it is not kept */
	/* The class that has the nodes' value among its template arguments,
	 * "": the container; and which of them it is. */
	const char *argument_of;
	unsigned argument;
	/* Nodes: "std::_List_node<" value ">"; libc++ puts its inline
	 * namespace before, and "void *" behind. */
	const char *node;
	bool is_libcxx;
	bool is_tree;
	const char *borrowed[MAX_BORROWED]; /* words that refer to nodes, too */
	const char *header;		    /* NULL: it is not linked to */
	/* Of hash tables. */
	const char *buckets, *num_buckets;
};

static const char *const lists[] = {"list", NULL};
static const char *const forward_lists[] = {"forward_list", NULL};
static const char *const trees[] = {"map", "set", "multimap", "multiset", NULL};
static const char *const bare_tree[] = {"_Rb_tree", NULL};
static const char *const hashes[] = {"unordered_map", "unordered_set",
				     "unordered_multimap", "unordered_multiset",
				     NULL};
static const char *const bare_hash[] = {"_Hashtable", NULL};

static const struct row rows[] = {
	{lists, "_M_impl._M_node._M_next", "_M_impl._M_node._M_size", "", 0,
	 "_List_node", .borrowed = {"_M_impl._M_node._M_prev"},
	 .header = "_M_impl._M_node"},
	/* GCC 5 to 7: the size is in the header's place for a value. */
	{lists, "_M_impl._M_node._M_next", NULL, "", 0, "_List_node",
	 .borrowed = {"_M_impl._M_node._M_prev"}, .header = "_M_impl._M_node"},
	{forward_lists, "_M_impl._M_head._M_next", NULL, "", 0,
	 "_Fwd_list_node", .header = NULL},
	{trees, "_M_t._M_impl._M_header._M_parent",
	 "_M_t._M_impl._M_node_count", "_M_t", 1, "_Rb_tree_node",
	 .is_tree = true,
	 .borrowed = {"_M_t._M_impl._M_header._M_left",
		      "_M_t._M_impl._M_header._M_right"},
	 .header = "_M_t._M_impl._M_header"},
	{bare_tree, "_M_impl._M_header._M_parent", "_M_impl._M_node_count", "",
	 1, "_Rb_tree_node", .is_tree = true,
	 .borrowed = {"_M_impl._M_header._M_left",
		      "_M_impl._M_header._M_right"},
	 .header = "_M_impl._M_header"},
	{hashes, "_M_h._M_before_begin._M_nxt", "_M_h._M_element_count", "_M_h",
	 1, "__detail::_Hash_node", .buckets = "_M_h._M_buckets",
	 .num_buckets = "_M_h._M_bucket_count"},
	{bare_hash, "_M_before_begin._M_nxt", "_M_element_count", "", 1,
	 "__detail::_Hash_node", .buckets = "_M_buckets",
	 .num_buckets = "_M_bucket_count"},
	{lists, "__end_.__next_", "__size_alloc_.__value_", "", 0,
	 "__list_node", .is_libcxx = true, .borrowed = {"__end_.__prev_"},
	 .header = "__end_"},
	{lists, "__end_.__next_", "__size_", "", 0, "__list_node",
	 .is_libcxx = true, .borrowed = {"__end_.__prev_"}, .header = "__end_"},
	{forward_lists, "__before_begin_.__value_.__next_", NULL, "", 0,
	 "__forward_list_node", .is_libcxx = true},
	{forward_lists, "__before_begin_.__next_", NULL, "", 0,
	 "__forward_list_node", .is_libcxx = true},
	{trees, "__tree_.__pair1_.__value_.__left_",
	 "__tree_.__pair3_.__value_", "__tree_", 0, "__tree_node",
	 .is_libcxx = true, .is_tree = true,
	 .borrowed = {"__tree_.__begin_node_"}, .header = "__tree_.__pair1_"},
	{trees, "__tree_.__end_node_.__left_", "__tree_.__size_", "__tree_", 0,
	 "__tree_node", .is_libcxx = true, .is_tree = true,
	 .borrowed = {"__tree_.__begin_node_"},
	 .header = "__tree_.__end_node_"},
	{hashes, "__table_.__p1_.__value_.__next_", "__table_.__p2_.__value_",
	 "__table_", 0, "__hash_node", .is_libcxx = true,
	 .buckets = "__table_.__bucket_list_.__ptr_.__value_",
	 .num_buckets = "__table_.__bucket_list_.__ptr_.__value_#1"
			".__data_.__value_"},
	{hashes, "__table_.__first_node_.__next_", "__table_.__size_",
	 "__table_", 0, "__hash_node", .is_libcxx = true,
	 .buckets = "__table_.__bucket_list_.__ptr_",
	 .num_buckets = "__table_.__bucket_list_.__deleter_.__size_"},
};

enum {
	FIRST,
	BORROWED,
	HEADER = BORROWED + MAX_BORROWED,
	COUNT,
	BUCKETS,
	NUM_BUCKETS,
	NUM_PLACES,
};

struct plan {
	const struct row *row;
	struct cw_place places[NUM_PLACES];
	const struct cw_type *node;
	struct cw_rest rest;
};

static bool is_named(const struct row *row, const struct cw_type *type)
{
	for (size_t i = 0; row->names[i]; i++)
		if (cw_std_is(type, row->names[i]))
			return true;
	return false;
}

static bool row_match(const struct row *row, const struct cw_type *type,
		      struct plan *plan)
{
	const char *const paths[NUM_PLACES] = {
		[FIRST] = row->first,
		[BORROWED] = row->borrowed[0],
		[BORROWED + 1] = row->borrowed[1],
		[HEADER] = row->header,
		[COUNT] = row->count,
		[BUCKETS] = row->buckets,
		[NUM_BUCKETS] = row->num_buckets,
	};

	if (!is_named(row, type))
		return false;
	*plan = (struct plan){.row = row};
	for (size_t i = 0; i < NUM_PLACES; i++)
		if (paths[i] &&
		    !cw_place_find(type, paths[i], &plan->places[i]))
			return false;
	return true;
}

/* Whether a hash table keeps the hashes in its nodes, as its traits say. */
static const char *hash_rest(const char *name)
{
	static const char traits[] = "_Hashtable_traits<";
	const char *last = NULL;

	for (const char *c = name; (c = strstr(c, traits)); c++)
		last = c + sizeof(traits) - 1;
	return last && strncmp(last, "true", 4) == 0 ? ", true" : ", false";
}

/* "std::__1::" of "std::__1::list<...>". */
static size_t scope_length(const char *name)
{
	size_t end = strcspn(name, "<");

	while (end > 0 && name[end - 1] != ':')
		end--;
	return end;
}

static const struct cw_type *node_find(const struct cw_rule_context *context,
				       const struct cw_type *type,
				       const struct row *row)
{
	struct cw_place inner = {.type = type};
	const char *argument;
	size_t length;

	if ((*row->argument_of &&
	     !cw_place_find(type, row->argument_of, &inner)) ||
	    !inner.type->name ||
	    !cw_template_argument(inner.type->name, row->argument, &argument,
				  &length))
		return NULL;

	const struct cw_type *wanted =
		cw_type_argument(inner.type, row->argument);
	if (!row->is_libcxx)
		return cw_template_find(
			context, "std::", row->node, argument, length,
			row->buckets ? hash_rest(inner.type->name) : "",
			wanted);
	cw_cleanup_text struct cw_text scope = {0};
	cw_text_add_n(&scope, type->name, scope_length(type->name));
	return cw_template_find(context, scope.chars, row->node, argument,
				length, ", void *", wanted);
}

static bool container_prepare(const struct cw_rule_context *context,
			      const struct cw_type *type, const void **ret)
{
	struct plan plan;

	if (!type->name || strncmp(type->name, "std::", 5) != 0)
		return false;
	for (size_t i = 0; i < cw_num_elements(rows); i++) {
		if (!row_match(&rows[i], type, &plan))
			continue;
		plan.node = node_find(context, type, &rows[i]);
		if (!plan.node)
			return false;
		plan.rest =
			cw_rest_find(context, type, plan.places, NUM_PLACES);
		*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
		return true;
	}
	return false;
}

static bool is_header(const struct plan *plan, const struct cw_object *object,
		      cw_addr address)
{
	return plan->places[HEADER].type &&
	       address == object->address + plan->places[HEADER].offset;
}

static void buckets_visit(const struct cw_rule_context *context,
			  const struct plan *plan,
			  const struct cw_object *object,
			  struct cw_part_visitor *visitor)
{
	/* Declared by a long name of the same. */
	const struct cw_type *bucket = plan->places[FIRST].type;
	cw_addr buckets = cw_place_number(&plan->places[BUCKETS], object);
	uint64_t count = cw_place_number(&plan->places[NUM_BUCKETS], object);

	if (bucket->size != 8 || buckets == 0 || count == 0 ||
	    count > UINT64_MAX / 8 ||
	    !cw_memory_holds(context, buckets, count * 8))
		return;
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = bucket,
		.address = buckets,
		.count = count,
		.ownership = CW_OWNS,
		.label = "buckets",
	};
	/* libstdc++ has a single bucket in the object. */
	if (buckets < object->address ||
	    buckets - object->address >= object->type->size) {
		part.slot = object->address + plan->places[BUCKETS].offset;
		part.storage = buckets;
		part.storage_size = count * 8;
	}
	visitor->part(visitor, &part);
}

static void first_visit(const struct cw_rule_context *context,
			const struct plan *plan, const struct cw_object *object,
			size_t place, struct cw_part_visitor *visitor)
{
	static const char *const labels[] = {
		[FIRST] = NULL,
		[BORROWED] = "begin",
		[BORROWED + 1] = "last",
	};
	cw_addr node = cw_place_number(&plan->places[place], object);

	if (node == 0 || node & 7 || is_header(plan, object, node) ||
	    !cw_memory_holds(context, node, plan->node->size))
		return;
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = plan->node,
		.address = node,
		.count = 1,
		.slot = object->address + plan->places[place].offset,
		.ownership = place == FIRST ? CW_OWNS : CW_BORROWS,
		.label = labels[place],
	};
	visitor->part(visitor, &part);
}

static void container_visit(const struct cw_rule_context *context,
			    const void *data, const struct cw_object *object,
			    struct cw_part_visitor *visitor)
{
	const struct plan *plan = data;

	cw_rest_visit(&plan->rest, object, visitor);
	if (plan->places[COUNT].type &&
	    cw_place_number(&plan->places[COUNT], object) > UINT64_MAX / 32)
		return;
	for (size_t i = FIRST; i < HEADER; i++)
		if (plan->places[i].type)
			first_visit(context, plan, object, i, visitor);
	if (plan->places[BUCKETS].type)
		buckets_visit(context, plan, object, visitor);
}

static bool container_describe(const struct cw_rule_context *context,
			       const void *data, const struct cw_object *object,
			       struct cw_text *text)
{
	const struct plan *plan = data;

	if (plan->places[COUNT].type) {
		cw_text_add_elements(
			text, cw_place_number(&plan->places[COUNT], object));
		return true;
	}
	cw_addr first = cw_place_number(&plan->places[FIRST], object);
	if (first != 0 && !is_header(plan, object, first))
		return false;
	cw_text_add(text, "0 elements");
	return true;
}

const struct cw_rule cw_cxx_container_rules[] = {
	{"container of the C++ library", container_prepare, container_visit,
	 container_describe, NULL},
	{.name = NULL},
};
