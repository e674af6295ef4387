/*
 * Go: maps, and pointers that are atomic.
 *
 * map to 1.23		hash<K,V>: B, buckets, oldbuckets
 * map from 1.24	map<K,V>: dirPtr **table<K,V>, dirLen
 *			groupReference<K,V>: data *group<K,V>, lengthMask
 * atomic.Pointer[T]	_ [0]*T, v unsafe.Pointer
 */
#include <string.h>

#include "golang/type.h"
#include "object/go_rule.h"

enum {
	MAX_LOG_BUCKETS = 40,
	MIN_LOG_SPARE = 4, /* from so many on, spare buckets lie behind */
};

/* ---- Maps */

struct hash_plan {
	const struct cw_type *bucket;
	uint64_t log_buckets, buckets, old_buckets; /* offsets */
	uint64_t extra;
	const struct cw_type *extra_type;
};

static bool hash_prepare(const struct cw_rule_context *context,
			 const struct cw_type *type, const void **ret)
{
	struct hash_plan plan = {0};
	uint64_t hash;

	if (type->kind != CW_TYPE_STRUCT)
		return false;
	plan.bucket = cw_go_pointer(type, "buckets", &plan.buckets);
	if (!plan.bucket || !cw_type_is_aggregate(plan.bucket) ||
	    !cw_go_pointer(type, "oldbuckets", &plan.old_buckets) ||
	    !cw_go_number(type, "hash0", 4, &hash) ||
	    !cw_go_number(type, "B", 1, &plan.log_buckets))
		return false;
	plan.extra_type = cw_go_pointer(type, "extra", &plan.extra);
	*ret = cw_go_keep(context, &plan);
	return true;
}

static uint64_t num_buckets(unsigned log)
{
	uint64_t num = UINT64_C(1) << log;

	return log < MIN_LOG_SPARE ? num : num + (num >> MIN_LOG_SPARE);
}

static void hash_visit(const struct cw_rule_context *context, const void *data,
		       const struct cw_object *object,
		       struct cw_part_visitor *visitor)
{
	const struct hash_plan *plan = data;
	unsigned log = object->bytes[plan->log_buckets];

	(void)context;
	if (log > MAX_LOG_BUCKETS)
		return;
	cw_go_visit_run(object, plan->buckets, plan->bucket, num_buckets(log),
			visitor);
	/* Half as many before it grew; the same when it was only tidied up. */
	for (unsigned i = log ? log - 1 : 0; i <= log; i++)
		cw_go_visit_run(object, plan->old_buckets, plan->bucket,
				num_buckets(i), visitor);
	if (plan->extra_type)
		cw_go_visit_object(object, plan->extra, plan->extra_type,
				   visitor);
}

struct table_plan {
	const struct cw_type *table; /* pointers to tables: the directory's */
	const struct cw_type *group;
	uint64_t directory, length; /* offsets */
};

/* The group<K,V> of table<K,V>.groups.data. */
static const struct cw_type *group_of(const struct cw_type *table)
{
	const struct cw_member *groups = cw_go_member(table, "groups");
	uint64_t offset;

	return groups ? cw_go_pointer(cw_type_strip(groups->type), "data",
				      &offset)
		      : NULL;
}

static bool table_prepare(const struct cw_rule_context *context,
			  const struct cw_type *type, const void **ret)
{
	struct table_plan plan = {0};

	if (type->kind != CW_TYPE_STRUCT ||
	    !cw_go_number(type, "dirLen", 8, &plan.length))
		return false;
	plan.table = cw_go_pointer(type, "dirPtr", &plan.directory);
	if (!plan.table || plan.table->kind != CW_TYPE_POINTER)
		return false;
	plan.group = group_of(cw_type_strip(plan.table->target));
	if (!plan.group)
		return false;
	*ret = cw_go_keep(context, &plan);
	return true;
}

static void table_visit(const struct cw_rule_context *context, const void *data,
			const struct cw_object *object,
			struct cw_part_visitor *visitor)
{
	const struct table_plan *plan = data;
	uint64_t length = cw_go_word(object, plan->length);

	(void)context;
	/* Of a small map there is one group, and no directory. */
	if (length == 0)
		cw_go_visit_run(object, plan->directory, plan->group, 1,
				visitor);
	else
		cw_go_visit_run(object, plan->directory, plan->table, length,
				visitor);
}

static bool groups_prepare(const struct cw_rule_context *context,
			   const struct cw_type *type, const void **ret)
{
	struct cw_go_run plan = {0};

	if (type->kind != CW_TYPE_STRUCT || type->size != 16 ||
	    !cw_go_number(type, "lengthMask", 8, &plan.length))
		return false;
	plan.element = cw_go_pointer(type, "data", &plan.pointer);
	if (!plan.element || !cw_type_is_aggregate(plan.element))
		return false;
	*ret = cw_go_keep(context, &plan);
	return true;
}

static void groups_visit(const struct cw_rule_context *context,
			 const void *data, const struct cw_object *object,
			 struct cw_part_visitor *visitor)
{
	const struct cw_go_run *plan = data;

	(void)context;
	cw_go_visit_run(object, plan->pointer, plan->element,
			cw_go_word(object, plan->length) + 1, visitor);
}

/* ---- Atomic pointers */

/*
 * What sync.Map is a tree of (internal/sync.HashTrieMap, from 1.24): a node is
 * the beginning of an entry, or of an indirect one, and says which.
 */
struct atomic_plan {
	const struct cw_type *element;
	uint64_t pointer;			/* offset */
	const struct cw_type *entry, *indirect; /* of such a node, or NULL */
	uint64_t is_entry;			/* offset in it */
};

/* "internal/sync.entry[K,V]" for a node[K,V]. */
static const struct cw_type *kind_of_node(const struct cw_rule_context *context,
					  const char *arguments,
					  const char *kind)
{
	cw_cleanup_text struct cw_text name = {0};

	cw_text_addf(&name, "internal/sync.%s%s", kind, arguments);
	return cw_go_type_for(context, name.chars);
}

static void node_prepare(const struct cw_rule_context *context,
			 struct atomic_plan *plan)
{
	static const char node[] = "internal/sync.node";
	const char *name = plan->element->name;
	size_t length = sizeof(node) - 1;

	if (!name || strncmp(name, node, length) != 0 || name[length] != '[' ||
	    !cw_go_number(plan->element, "isEntry", 1, &plan->is_entry))
		return;
	plan->entry = kind_of_node(context, name + length, "entry");
	plan->indirect = kind_of_node(context, name + length, "indirect");
}

static bool atomic_prepare(const struct cw_rule_context *context,
			   const struct cw_type *type, const void **ret)
{
	struct atomic_plan plan = {0};
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	if (type->kind != CW_TYPE_STRUCT || type->size != 8 ||
	    !cw_go_pointer(type, "v", &plan.pointer))
		return false;
	for (size_t i = 0; i < num; i++) {
		const struct cw_type *array = cw_type_strip(members[i].type);
		if (array->kind != CW_TYPE_ARRAY || array->size != 0 ||
		    !array->target)
			continue;
		const struct cw_type *pointer = cw_type_strip(array->target);
		if (pointer->kind == CW_TYPE_POINTER && pointer->target)
			plan.element = cw_type_strip(pointer->target);
	}
	if (!plan.element)
		return false;
	node_prepare(context, &plan);
	*ret = cw_go_keep(context, &plan);
	return true;
}

static void atomic_visit(const struct cw_rule_context *context,
			 const void *data, const struct cw_object *object,
			 struct cw_part_visitor *visitor)
{
	const struct atomic_plan *plan = data;
	const struct cw_type *element = plan->element;
	const unsigned char *is_entry =
		plan->entry && plan->indirect
			? cw_target_bytes(context->target,
					  cw_go_word(object, plan->pointer) +
						  plan->is_entry,
					  1)
			: NULL;

	if (is_entry)
		element = *is_entry ? plan->entry : plan->indirect;
	cw_go_visit_object(object, plan->pointer, element, visitor);
}

/* What sync.Map has for each key up to 1.19, when it was no atomic.Pointer. */
static bool entry_prepare(const struct cw_rule_context *context,
			  const struct cw_type *type, const void **ret)
{
	struct atomic_plan plan = {0};

	if (type->kind != CW_TYPE_STRUCT || type->size != 8 || !type->name ||
	    strcmp(type->name, "sync.entry") != 0)
		return false;
	const struct cw_type *target = cw_go_pointer(type, "p", &plan.pointer);
	if (!target || target->kind != CW_TYPE_VOID)
		return false;
	plan.element = cw_go_type_for(context, "runtime.eface");
	*ret = cw_go_keep(context, &plan);
	return plan.element != NULL;
}

const struct cw_rule cw_go_map_rules[] = {
	{"Go map", hash_prepare, hash_visit, NULL, NULL},
	{"Go map", table_prepare, table_visit, NULL, NULL},
	{"Go map", groups_prepare, groups_visit, NULL, NULL},
	{"Go atomic pointer", atomic_prepare, atomic_visit, NULL, NULL},
	{"Go sync.Map", entry_prepare, atomic_visit, NULL, NULL},
	{0},
};
