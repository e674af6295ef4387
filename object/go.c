/*
 * Go: strings, slices, interfaces, maps, channels and atomic pointers.
 *
 * string		str *uint8, len int
 * []T			array *T, len int, cap int
 * interface {}		_type, data	the type's descriptor
 * other interfaces	tab, data	the descriptor is the itab's second word
 * map to 1.23		hash<K,V>: B, buckets, oldbuckets
 * map from 1.24	map<K,V>: dirPtr **table<K,V>, dirLen
 *			groupReference<K,V>: data *group<K,V>, lengthMask
 * chan			hchan<T>: dataqsiz, buf, elemtype
 * atomic.Pointer[T]	_ [0]*T, v unsafe.Pointer
 *
 * Go's int has 8 bytes, which sets these apart from structs of C.
 */
#include <string.h>

#include "golang/type.h"
#include "object/rule.h"

enum {
	ITAB_TYPE = 8, /* in an itab, of the descriptor */
	MAX_LOG_BUCKETS = 40,
	MIN_LOG_SPARE = 4, /* from so many on, spare buckets lie behind */
	MAX_SHOWN = 64,	   /* bytes of text */
};

static const struct cw_member *member_of(const struct cw_type *type,
					 const char *name)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	for (size_t i = 0; i < num; i++)
		if (members[i].name && strcmp(members[i].name, name) == 0 &&
		    members[i].offset <= type->size &&
		    cw_type_strip(members[i].type)->size <=
			    type->size - members[i].offset)
			return &members[i];
	return NULL;
}

/* Offset of a member that is a number of that many bytes. */
static bool number_prepare(const struct cw_type *type, const char *name,
			   uint64_t size, uint64_t *ret)
{
	const struct cw_member *member = member_of(type, name);

	if (!member)
		return false;
	const struct cw_type *number = cw_type_strip(member->type);
	if (number->kind != CW_TYPE_BASE || number->size != size)
		return false;
	*ret = member->offset;
	return true;
}

/* What the pointer that the member is points to, stripped. */
static const struct cw_type *pointer_prepare(const struct cw_type *type,
					     const char *name, uint64_t *ret)
{
	const struct cw_member *member = member_of(type, name);

	if (!member)
		return NULL;
	const struct cw_type *pointer = cw_type_strip(member->type);
	if (pointer->kind != CW_TYPE_POINTER || pointer->size != 8 ||
	    !pointer->target)
		return NULL;
	*ret = member->offset;
	return cw_type_strip(pointer->target);
}

static uint64_t word_at(const struct cw_object *object, uint64_t offset)
{
	uint64_t word;

	memcpy(&word, object->bytes + offset, sizeof(word));
	return word;
}

#define keep(context, plan)                                                    \
	({                                                                     \
		__typeof__(*(plan)) *kept_ =                                   \
			cw_arena_alloc((context)->arena, sizeof(*kept_));      \
		*kept_ = *(plan);                                              \
		kept_;                                                         \
	})

/* ---- Runs of elements behind a pointer. */

struct run_plan {
	const struct cw_type *element;
	uint64_t pointer, length, room; /* offsets */
};

static void run_visit(const struct cw_object *object, uint64_t slot,
		      const struct cw_type *element, uint64_t count,
		      struct cw_part_visitor *visitor)
{
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = element,
		.address = word_at(object, slot),
		.count = count,
		.slot = object->address + slot,
		.is_element = true,
	};

	if (count == 0 || element->size == 0 || part.address == 0 ||
	    __builtin_mul_overflow(count, element->size, &part.storage_size))
		return;
	part.storage = part.address;
	visitor->part(visitor, &part);
}

/* A plain pointer, to one object. */
static void object_visit(const struct cw_object *object, uint64_t slot,
			 const struct cw_type *type,
			 struct cw_part_visitor *visitor)
{
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = type,
		.address = word_at(object, slot),
		.count = 1,
		.slot = object->address + slot,
	};

	if (part.address && type->size)
		visitor->part(visitor, &part);
}

static bool string_prepare(const struct cw_rule_context *context,
			   const struct cw_type *type, const void **ret)
{
	struct run_plan plan = {0};

	if (type->kind != CW_TYPE_STRUCT || type->size != 16)
		return false;
	plan.element = pointer_prepare(type, "str", &plan.pointer);
	if (!plan.element || plan.element->kind != CW_TYPE_BASE ||
	    plan.element->size != 1 ||
	    !number_prepare(type, "len", 8, &plan.length))
		return false;
	*ret = keep(context, &plan);
	return true;
}

static void string_visit(const struct cw_rule_context *context,
			 const void *data, const struct cw_object *object,
			 struct cw_part_visitor *visitor)
{
	const struct run_plan *plan = data;
	struct cw_part part = {
		.kind = CW_PART_TEXT,
		.type = plan->element,
		.address = word_at(object, plan->pointer),
		.count = word_at(object, plan->length),
		.slot = object->address + plan->pointer,
	};

	(void)context;
	if (part.count)
		visitor->part(visitor, &part);
}

static bool string_describe(const struct cw_rule_context *context,
			    const void *data, const struct cw_object *object,
			    struct cw_text *text)
{
	const struct run_plan *plan = data;
	uint64_t length = word_at(object, plan->length);
	uint64_t shown = length < MAX_SHOWN ? length : MAX_SHOWN;
	const char *chars = cw_target_bytes(
		context->target, word_at(object, plan->pointer), shown);

	if (length && !chars)
		return false;
	cw_text_add(text, "\"");
	for (uint64_t i = 0; i < shown; i++)
		cw_text_addf(text, "%c",
			     (unsigned char)chars[i] < ' ' ? '.' : chars[i]);
	cw_text_add(text, shown < length ? "…\"" : "\"");
	return true;
}

static bool slice_prepare(const struct cw_rule_context *context,
			  const struct cw_type *type, const void **ret)
{
	struct run_plan plan = {0};

	if (type->kind != CW_TYPE_STRUCT || type->size != 24)
		return false;
	plan.element = pointer_prepare(type, "array", &plan.pointer);
	if (!plan.element || !number_prepare(type, "len", 8, &plan.length) ||
	    !number_prepare(type, "cap", 8, &plan.room))
		return false;
	*ret = keep(context, &plan);
	return true;
}

/* What is behind the length is no rubbish, and kept alive as well. */
static void slice_visit(const struct cw_rule_context *context, const void *data,
			const struct cw_object *object,
			struct cw_part_visitor *visitor)
{
	const struct run_plan *plan = data;

	(void)context;
	run_visit(object, plan->pointer, plan->element,
		  word_at(object, plan->room), visitor);
}

static bool slice_describe(const struct cw_rule_context *context,
			   const void *data, const struct cw_object *object,
			   struct cw_text *text)
{
	const struct run_plan *plan = data;
	char length[CW_NUMBER_SIZE], room[CW_NUMBER_SIZE];

	(void)context;
	cw_text_addf(text, "%s elements, room for %s",
		     cw_text_count(length, word_at(object, plan->length)),
		     cw_text_count(room, word_at(object, plan->room)));
	return true;
}

/* ---- Interfaces */

struct interface_plan {
	uint64_t type, data; /* offsets */
	bool is_empty;	     /* the first word is the type's descriptor */
};

static bool interface_prepare(const struct cw_rule_context *context,
			      const struct cw_type *type, const void **ret)
{
	struct interface_plan plan = {0};

	if (!context->go || type->kind != CW_TYPE_STRUCT || type->size != 16 ||
	    !type->name || !pointer_prepare(type, "data", &plan.data))
		return false;
	plan.is_empty = strcmp(type->name, "runtime.eface") == 0 &&
			pointer_prepare(type, "_type", &plan.type);
	if (!plan.is_empty && (strcmp(type->name, "runtime.iface") != 0 ||
			       !pointer_prepare(type, "tab", &plan.type)))
		return false;
	*ret = keep(context, &plan);
	return true;
}

static void interface_visit(const struct cw_rule_context *context,
			    const void *data, const struct cw_object *object,
			    struct cw_part_visitor *visitor)
{
	const struct interface_plan *plan = data;
	cw_addr descriptor = word_at(object, plan->type);

	if (descriptor == 0 ||
	    (!plan->is_empty &&
	     !cw_target_read_word(context->target, descriptor + ITAB_TYPE,
				  &descriptor)))
		return;
	const struct cw_go_type *type = cw_go_type_at(context->go, descriptor);
	if (!type || !type->type)
		return;
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = type->type,
		.address = word_at(object, plan->data),
		.count = 1,
		.slot = object->address + plan->data,
	};
	/* Of a struct of one pointer, too, the data is the pointer. */
	if (type->is_direct)
		part.type = type->type->kind == CW_TYPE_POINTER
				    ? type->type->target
				    : NULL;
	if (part.type && part.type->size && part.address)
		visitor->part(visitor, &part);
}

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
	plan.bucket = pointer_prepare(type, "buckets", &plan.buckets);
	if (!plan.bucket || !cw_type_is_aggregate(plan.bucket) ||
	    !pointer_prepare(type, "oldbuckets", &plan.old_buckets) ||
	    !number_prepare(type, "hash0", 4, &hash) ||
	    !number_prepare(type, "B", 1, &plan.log_buckets))
		return false;
	plan.extra_type = pointer_prepare(type, "extra", &plan.extra);
	*ret = keep(context, &plan);
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
	run_visit(object, plan->buckets, plan->bucket, num_buckets(log),
		  visitor);
	/* Half as many before it grew; the same when it was only tidied up. */
	for (unsigned i = log ? log - 1 : 0; i <= log; i++)
		run_visit(object, plan->old_buckets, plan->bucket,
			  num_buckets(i), visitor);
	if (plan->extra_type)
		object_visit(object, plan->extra, plan->extra_type, visitor);
}

struct table_plan {
	const struct cw_type *table; /* pointers to tables: the directory's */
	const struct cw_type *group;
	uint64_t directory, length; /* offsets */
};

/* The group<K,V> of table<K,V>.groups.data. */
static const struct cw_type *group_of(const struct cw_type *table)
{
	const struct cw_member *groups = member_of(table, "groups");
	uint64_t offset;

	return groups ? pointer_prepare(cw_type_strip(groups->type), "data",
					&offset)
		      : NULL;
}

static bool table_prepare(const struct cw_rule_context *context,
			  const struct cw_type *type, const void **ret)
{
	struct table_plan plan = {0};

	if (type->kind != CW_TYPE_STRUCT ||
	    !number_prepare(type, "dirLen", 8, &plan.length))
		return false;
	plan.table = pointer_prepare(type, "dirPtr", &plan.directory);
	if (!plan.table || plan.table->kind != CW_TYPE_POINTER)
		return false;
	plan.group = group_of(cw_type_strip(plan.table->target));
	if (!plan.group)
		return false;
	*ret = keep(context, &plan);
	return true;
}

static void table_visit(const struct cw_rule_context *context, const void *data,
			const struct cw_object *object,
			struct cw_part_visitor *visitor)
{
	const struct table_plan *plan = data;
	uint64_t length = word_at(object, plan->length);

	(void)context;
	/* Of a small map there is one group, and no directory. */
	if (length == 0)
		run_visit(object, plan->directory, plan->group, 1, visitor);
	else
		run_visit(object, plan->directory, plan->table, length,
			  visitor);
}

static bool groups_prepare(const struct cw_rule_context *context,
			   const struct cw_type *type, const void **ret)
{
	struct run_plan plan = {0};

	if (type->kind != CW_TYPE_STRUCT || type->size != 16 ||
	    !number_prepare(type, "lengthMask", 8, &plan.length))
		return false;
	plan.element = pointer_prepare(type, "data", &plan.pointer);
	if (!plan.element || !cw_type_is_aggregate(plan.element))
		return false;
	*ret = keep(context, &plan);
	return true;
}

static void groups_visit(const struct cw_rule_context *context,
			 const void *data, const struct cw_object *object,
			 struct cw_part_visitor *visitor)
{
	const struct run_plan *plan = data;

	(void)context;
	run_visit(object, plan->pointer, plan->element,
		  word_at(object, plan->length) + 1, visitor);
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

static const struct cw_type *type_named(const struct cw_rule_context *context,
					const char *name)
{
	const struct cw_type **found;

	if (cw_debug_types_named(context->debug, name, &found) > 0)
		return cw_type_strip(found[0]);
	return context->go ? cw_go_type_named(context->go, name) : NULL;
}

/* "internal/sync.entry[K,V]" for a node[K,V]. */
static const struct cw_type *kind_of_node(const struct cw_rule_context *context,
					  const char *arguments,
					  const char *kind)
{
	cw_cleanup_text struct cw_text name = {0};

	cw_text_addf(&name, "internal/sync.%s%s", kind, arguments);
	return type_named(context, name.chars);
}

static void node_prepare(const struct cw_rule_context *context,
			 struct atomic_plan *plan)
{
	static const char node[] = "internal/sync.node";
	const char *name = plan->element->name;
	size_t length = sizeof(node) - 1;

	if (!name || strncmp(name, node, length) != 0 || name[length] != '[' ||
	    !number_prepare(plan->element, "isEntry", 1, &plan->is_entry))
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
	    !pointer_prepare(type, "v", &plan.pointer))
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
	*ret = keep(context, &plan);
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
					  word_at(object, plan->pointer) +
						  plan->is_entry,
					  1)
			: NULL;

	if (is_entry)
		element = *is_entry ? plan->entry : plan->indirect;
	object_visit(object, plan->pointer, element, visitor);
}

/* What sync.Map has for each key up to 1.19, when it was no atomic.Pointer. */
static bool entry_prepare(const struct cw_rule_context *context,
			  const struct cw_type *type, const void **ret)
{
	struct atomic_plan plan = {0};

	if (type->kind != CW_TYPE_STRUCT || type->size != 8 || !type->name ||
	    strcmp(type->name, "sync.entry") != 0)
		return false;
	const struct cw_type *target =
		pointer_prepare(type, "p", &plan.pointer);
	if (!target || target->kind != CW_TYPE_VOID)
		return false;
	plan.element = type_named(context, "runtime.eface");
	*ret = keep(context, &plan);
	return plan.element != NULL;
}

/* ---- Channels */

struct channel_plan {
	uint64_t room, buffer, element; /* offsets */
	const struct cw_member *others[3];
};

static bool channel_prepare(const struct cw_rule_context *context,
			    const struct cw_type *type, const void **ret)
{
	static const char *const names[] = {"recvq", "sendq", "timer"};
	struct channel_plan plan = {0};

	if (!context->go || type->kind != CW_TYPE_STRUCT ||
	    !number_prepare(type, "dataqsiz", 8, &plan.room) ||
	    !pointer_prepare(type, "buf", &plan.buffer) ||
	    !pointer_prepare(type, "elemtype", &plan.element))
		return false;
	for (size_t i = 0; i < 3; i++)
		plan.others[i] = member_of(type, names[i]);
	*ret = keep(context, &plan);
	return true;
}

static void channel_visit(const struct cw_rule_context *context,
			  const void *data, const struct cw_object *object,
			  struct cw_part_visitor *visitor)
{
	const struct channel_plan *plan = data;
	const struct cw_go_type *element =
		cw_go_type_at(context->go, word_at(object, plan->element));

	if (element && element->type)
		run_visit(object, plan->buffer, element->type,
			  word_at(object, plan->room), visitor);
	for (size_t i = 0; i < 3; i++) {
		const struct cw_member *member = plan->others[i];
		if (!member)
			continue;
		const struct cw_type *type = cw_type_strip(member->type);
		if (type->kind == CW_TYPE_POINTER) {
			object_visit(object, member->offset,
				     cw_type_strip(type->target), visitor);
			continue;
		}
		struct cw_part part = {
			.kind = CW_PART_OBJECTS,
			.type = type,
			.address = object->address + member->offset,
			.count = 1,
			.label = member->name,
		};
		visitor->part(visitor, &part);
	}
}

const struct cw_rule cw_go_rules[] = {
	{"Go string", string_prepare, string_visit, string_describe, NULL},
	{"Go slice", slice_prepare, slice_visit, slice_describe, NULL},
	{"Go interface", interface_prepare, interface_visit, NULL, NULL},
	{"Go map", hash_prepare, hash_visit, NULL, NULL},
	{"Go map", table_prepare, table_visit, NULL, NULL},
	{"Go map", groups_prepare, groups_visit, NULL, NULL},
	{"Go channel", channel_prepare, channel_visit, NULL, NULL},
	{"Go atomic pointer", atomic_prepare, atomic_visit, NULL, NULL},
	{"Go sync.Map", entry_prepare, atomic_visit, NULL, NULL},
	{0},
};
