#include "command/stack_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "command/hang_text.h"

#define NONE UINT32_MAX

enum { INDENT = 3, MOST_INDENT = 60 };

/* A function that some stacks have in common, and all outside of it. */
struct node {
	uint32_t parent, child, next; /* or NONE */
	uint32_t name;		      /* number */
	uint32_t num_threads;
	/* The first of those whose innermost frame it is, or NONE.  They all
	 * wait for the same kind of thing. */
	uint32_t group;
};

struct tree {
	struct cw_call *call;
	CW_ARRAY(struct node) nodes; /* the first one is above all */
	CW_ARRAY(char *) names;
	struct cw_map name_by_hash;
	struct cw_map name_by_pc;
	uint32_t *next_group; /* by group: of the same node, or NONE */
};

void cw_stack_group_threads(const struct cw_stack_groups *groups,
			    const struct cw_stack_group *group,
			    struct cw_text *text)
{
	cw_hang_numbers(groups->members + group->first, group->num, text);
}

static uint32_t name_of(struct tree *tree, const struct cw_frame *frame)
{
	cw_addr pc = cw_frame_lookup_pc(frame);
	uint32_t number;

	if (cw_map_get(&tree->name_by_pc, pc, &number))
		return number;
	cw_cleanup_text struct cw_text text = {0};
	cw_hang_function(tree->call->session, frame, &text);
	number = tree->names.num;
	number = *cw_map_place(&tree->name_by_hash,
			       cw_hash_bytes(text.chars, text.length), number);
	if (number == tree->names.num) {
		*cw_array_push(&tree->names) = text.chars;
		text = (struct cw_text){0};
	}
	cw_map_set(&tree->name_by_pc, pc, number);
	return number;
}

static const char *wait_of(const struct tree *tree, uint32_t group)
{
	const struct cw_session *session = tree->call->session;
	const struct cw_stack_groups *groups = session->stack_groups;
	uint32_t first = groups->items.items[group].first;

	return cw_hang_wait_name(
		&session->waits->items.items[groups->members[first]]);
}

/* @group: of an innermost frame; NONE: there are more within. */
static uint32_t child_of(struct tree *tree, uint32_t parent, uint32_t name,
			 uint32_t group)
{
	uint32_t child = tree->nodes.items[parent].child;

	for (; child != NONE; child = tree->nodes.items[child].next) {
		const struct node *node = &tree->nodes.items[child];
		if (node->name == name &&
		    (node->group == NONE) == (group == NONE) &&
		    (group == NONE ||
		     wait_of(tree, node->group) == wait_of(tree, group)))
			break;
	}
	if (child == NONE) {
		child = tree->nodes.num;
		*cw_array_push(&tree->nodes) = (struct node){
			.parent = parent,
			.child = NONE,
			.next = tree->nodes.items[parent].child,
			.name = name,
			.group = NONE,
		};
		tree->nodes.items[parent].child = child;
	}
	if (group != NONE) {
		tree->next_group[group] = tree->nodes.items[child].group;
		tree->nodes.items[child].group = group;
	}
	return child;
}

static void add_group(struct tree *tree, uint32_t number)
{
	const struct cw_stack_group *group =
		&tree->call->session->stack_groups->items.items[number];
	uint32_t at = 0;

	for (size_t i = group->stack->frames.num; i-- > 0;) {
		at = child_of(tree, at,
			      name_of(tree, &group->stack->frames.items[i]),
			      i == 0 ? number : NONE);
		tree->nodes.items[at].num_threads += group->num;
	}
}

struct child {
	uint32_t node, num_threads;
};

static int compare(const void *left, const void *right)
{
	const struct child *a = left, *b = right;

	if (a->num_threads != b->num_threads)
		return a->num_threads < b->num_threads ? 1 : -1;
	return (a->node > b->node) - (a->node < b->node);
}

/* Most threads first. */
static void sort_children(struct tree *tree, uint32_t parent)
{
	CW_ARRAY(struct child) children = {0};
	struct node *nodes = tree->nodes.items;
	uint32_t child = nodes[parent].child;

	for (; child != NONE; child = nodes[child].next)
		*cw_array_push(&children) =
			(struct child){child, nodes[child].num_threads};
	if (children.num > 1)
		qsort(children.items, children.num, sizeof(struct child),
		      compare);
	for (size_t i = 0; i < children.num; i++) {
		uint32_t next = i + 1 < children.num
					? children.items[i + 1].node
					: NONE;
		nodes[children.items[i].node].next = next;
	}
	if (children.num)
		nodes[parent].child = children.items[0].node;
	cw_array_deinit(&children);
}

/* Deeper where a branch begins, and not at each call. */
static void write_node(struct tree *tree, uint32_t number, unsigned depth)
{
	const struct node *node = &tree->nodes.items[number];
	const struct cw_stack_groups *groups =
		tree->call->session->stack_groups;
	cw_cleanup_text struct cw_text threads = {0};
	unsigned indent = depth * INDENT;

	for (uint32_t group = node->group; group != NONE;
	     group = tree->next_group[group]) {
		if (group == node->group)
			cw_text_addf(&threads, "  [%s: ", wait_of(tree, group));
		else
			cw_text_add(&threads, ", ");
		cw_stack_group_threads(groups, &groups->items.items[group],
				       &threads);
	}
	if (node->group != NONE)
		cw_text_add(&threads, "]");
	cw_output_line(tree->call->out, indent + 8, "%*s%5u  %s%s",
		       (int)(indent < MOST_INDENT ? indent : MOST_INDENT), "",
		       node->num_threads, tree->names.items[node->name],
		       threads.chars ? threads.chars : "");
}

static void write_json_node(struct tree *tree, uint32_t number)
{
	const struct node *node = &tree->nodes.items[number];
	struct cw_json *json = tree->call->out->json;

	cw_json_object(json, NULL);
	cw_json_count(json, "id", number);
	cw_json_count(json, "parent", node->parent);
	cw_json_text(json, "function", tree->names.items[node->name]);
	cw_json_count(json, "threads", node->num_threads);
	cw_json_end(json);
}

/* Each before its children, which come in order. */
static void write_all(struct tree *tree)
{
	cw_cleanup_free uint32_t *depths =
		cw_alloc(tree->nodes.num * sizeof(*depths));
	const struct node *nodes = tree->nodes.items;
	uint32_t at = nodes[0].child;

	while (at != NONE) {
		uint32_t parent = nodes[at].parent;
		bool is_branch = nodes[nodes[parent].child].next != NONE ||
				 nodes[parent].group != NONE;
		depths[at] = parent ? depths[parent] + is_branch : 0;
		if (tree->call->out->json)
			write_json_node(tree, at);
		else
			write_node(tree, at, depths[at]);
		uint32_t next = nodes[at].child;
		while (next == NONE && at != 0) {
			next = nodes[at].next;
			at = nodes[at].parent;
		}
		at = next;
	}
}

void cw_stack_tree_write(struct cw_call *call)
{
	const struct cw_stack_groups *groups = call->session->stack_groups;
	struct tree tree = {.call = call};

	tree.next_group =
		cw_alloc((groups->items.num + 1) * sizeof(*tree.next_group));
	cw_map_init(&tree.name_by_hash);
	cw_map_init(&tree.name_by_pc);
	*cw_array_push(&tree.nodes) = (struct node){
		.parent = 0, .child = NONE, .next = NONE, .group = NONE};
	for (uint32_t i = 0; i < groups->items.num; i++)
		add_group(&tree, i);
	for (uint32_t i = 0; i < tree.nodes.num; i++)
		sort_children(&tree, i);
	if (call->out->json)
		cw_json_array(call->out->json, "nodes");
	write_all(&tree);
	if (call->out->json)
		cw_json_end(call->out->json);
	cw_array_foreach(name, &tree.names) free(*name);
	free(tree.next_group);
	cw_array_deinit(&tree.names);
	cw_array_deinit(&tree.nodes);
	cw_map_deinit(&tree.name_by_hash);
	cw_map_deinit(&tree.name_by_pc);
}
