/*
 * The members are those that debug info gives to the same types:
 *
 *	string		str *uint8, len int
 *	[]T		array *T, len int, cap int
 *	interface	runtime.eface: _type, data; runtime.iface: tab, data
 *	map to 1.23	*hash<K,V>, with buckets *bucket<K,V>
 *	map from 1.24	*map<K,V>, with dirPtr **table<K,V>
 *	chan		*hchan<T>
 *	func		a pointer
 */
#include "golang/type_make.h"

#include <string.h>

#include "base/memory.h"
#include "dwarf/made_type.h"

enum { WORD = 8 };

/* ---- Parts that are made besides */

static struct cw_type *make(struct cw_go_types *types,
			    const struct cw_type *type)
{
	return cw_debug_make_type(types->go->debug, type);
}

static const struct cw_type *pointer_to(struct cw_go_types *types,
					const struct cw_type *target)
{
	uint32_t *id = cw_map_place(&types->pointers, target->id, 0);

	if (*id)
		return cw_debug_type(types->go->debug, *id);
	cw_cleanup_text struct cw_text name = {0};
	cw_text_add(&name, "*");
	cw_type_print(target, &name);
	const struct cw_type *pointer =
		make(types, &(struct cw_type){
				    .kind = CW_TYPE_POINTER,
				    .name = name.chars,
				    .size = WORD,
				    .target = target,
			    });
	*id = pointer->id;
	return pointer;
}

static struct cw_type *basic_find(const struct cw_go_types *types,
				  const char *name)
{
	for (size_t i = 0; i < types->basics.num; i++)
		if (strcmp(types->basics.items[i]->name, name) == 0)
			return types->basics.items[i];
	return NULL;
}

/* One of a name only; without a kind, nothing is known of it. */
static struct cw_type *basic(struct cw_go_types *types,
			     const struct cw_type *type)
{
	struct cw_go_basics *basics = &types->basics;
	struct cw_type *found = basic_find(types, type->name);

	if (found)
		return found;
	found = make(types, type);
	if (basics->num < cw_num_elements(basics->items))
		basics->items[basics->num++] = found;
	return found;
}

static const struct cw_type *number(struct cw_go_types *types, const char *name,
				    uint64_t size)
{
	return basic(types,
		     &(struct cw_type){
			     .kind = CW_TYPE_BASE,
			     .name = name,
			     .size = size,
			     .encoding = name[0] == 'u'	  ? CW_ENCODING_UNSIGNED
					 : name[0] == 'b' ? CW_ENCODING_BOOL
							  : CW_ENCODING_SIGNED,
		     });
}

static const struct cw_type *any_pointer(struct cw_go_types *types)
{
	return basic(types, &(struct cw_type){
				    .kind = CW_TYPE_POINTER,
				    .name = "unsafe.Pointer",
				    .size = WORD,
			    });
}

static const struct cw_type *array_of(struct cw_go_types *types,
				      const struct cw_type *element,
				      uint64_t count)
{
	return make(types, &(struct cw_type){
				   .kind = CW_TYPE_ARRAY,
				   .size = element->size * count,
				   .target = element,
				   .count = count,
			   });
}

struct part_row {
	const char *name;
	const struct cw_type *type;
	uint64_t offset;
};

static void members_fill(struct cw_type *type, const struct part_row *rows,
			 size_t num)
{
	struct cw_member members[16];

	for (size_t i = 0; i < num; i++)
		members[i] = (struct cw_member){
			.name = rows[i].name,
			.type = rows[i].type,
			.offset = rows[i].offset,
		};
	cw_debug_make_members(type, members, num);
}

#define fill(type, ...)                                                        \
	({                                                                     \
		const struct part_row rows_[] = {__VA_ARGS__};                 \
		members_fill(type, rows_, cw_num_elements(rows_));             \
	})

static struct cw_type *structure(struct cw_go_types *types, const char *name,
				 uint64_t size)
{
	return make(types, &(struct cw_type){
				   .kind = CW_TYPE_STRUCT,
				   .name = name,
				   .size = size,
				   .alignment = WORD,
			   });
}

/* A struct that all programs have; true: it is to be filled. */
static bool common_structure(struct cw_go_types *types, const char *name,
			     uint64_t size, struct cw_type **ret)
{
	*ret = basic_find(types, name);
	if (*ret)
		return false;
	*ret = basic(types, &(struct cw_type){
				    .kind = CW_TYPE_STRUCT,
				    .name = name,
				    .size = size,
				    .alignment = WORD,
			    });
	return true;
}

static const struct cw_type *interface_type(struct cw_go_types *types,
					    bool is_empty)
{
	struct cw_type *type;

	if (common_structure(types,
			     is_empty ? "runtime.eface" : "runtime.iface",
			     2 * WORD, &type))
		fill(type, {is_empty ? "_type" : "tab", any_pointer(types), 0},
		     {"data", any_pointer(types), WORD});
	return type;
}

/* "hash<string,int>" of map[string]int, "hchan<int>" of chan int. */
static struct cw_type *generic(struct cw_go_types *types, const char *name,
			       const struct cw_go_descriptor *descriptor,
			       uint64_t size)
{
	cw_cleanup_text struct cw_text text = {0};

	cw_text_addf(&text, "%s<", name);
	if (descriptor->key) {
		cw_go_descriptor_name(types->go, descriptor->key, &text);
		cw_text_add(&text, ",");
	}
	cw_go_descriptor_name(types->go, descriptor->element, &text);
	cw_text_add(&text, ">");
	return structure(types, text.chars, size);
}

/* ---- Types by their descriptors */

static const struct cw_type *type_of(struct cw_go_types *types, cw_addr address)
{
	uint32_t number;

	if (!cw_map_get(&types->numbers, address, &number) ||
	    number == UINT32_MAX)
		return any_pointer(types);
	return types->made.items[number] ? types->made.items[number]
					 : types->items.items[number].type;
}

static enum cw_encoding encoding_of(enum cw_go_kind kind)
{
	return kind == CW_GO_KIND_BOOL	    ? CW_ENCODING_BOOL
	       : kind <= CW_GO_KIND_INT64   ? CW_ENCODING_SIGNED
	       : kind <= CW_GO_KIND_UINTPTR ? CW_ENCODING_UNSIGNED
					    : CW_ENCODING_FLOAT;
}

static enum cw_type_kind kind_of(enum cw_go_kind kind)
{
	switch (kind) {
	case CW_GO_KIND_ARRAY:
		return CW_TYPE_ARRAY;
	case CW_GO_KIND_POINTER:
	case CW_GO_KIND_UNSAFE_POINTER:
	case CW_GO_KIND_FUNCTION:
		return CW_TYPE_POINTER;
	case CW_GO_KIND_SLICE:
	case CW_GO_KIND_STRING:
	case CW_GO_KIND_STRUCT:
		return CW_TYPE_STRUCT;
	case CW_GO_KIND_CHANNEL:
	case CW_GO_KIND_INTERFACE:
	case CW_GO_KIND_MAP:
		return CW_TYPE_TYPEDEF;
	default:
		return CW_TYPE_BASE;
	}
}

struct cw_type *cw_go_type_shell(struct cw_go_types *types,
				 const struct cw_go_descriptor *descriptor)
{
	cw_cleanup_text struct cw_text name = {0};
	struct cw_type type = {
		.kind = kind_of(descriptor->kind),
		.size = descriptor->size,
		.alignment = descriptor->alignment,
	};

	cw_go_descriptor_name(types->go, descriptor->address, &name);
	type.name = type.kind == CW_TYPE_ARRAY ? NULL : name.chars;
	/* Filled when it is there: until then it is nothing. */
	if (type.kind == CW_TYPE_TYPEDEF || type.kind == CW_TYPE_ARRAY)
		type.target = any_pointer(types);
	if (type.kind != CW_TYPE_BASE &&
	    descriptor->kind != CW_GO_KIND_UNSAFE_POINTER)
		return make(types, &type);
	if (type.kind == CW_TYPE_BASE)
		type.encoding = encoding_of(descriptor->kind);
	return descriptor->package.length ? make(types, &type)
					  : basic(types, &type);
}

static void struct_fill(struct cw_go_types *types, struct cw_type *type,
			const struct cw_go_descriptor *descriptor)
{
	CW_ARRAY(struct cw_member) members = {0};
	struct cw_arena arena;

	cw_arena_init(&arena);
	for (uint32_t i = 0; i < descriptor->num; i++) {
		struct cw_go_part part;
		if (!cw_go_descriptor_part(types->go, descriptor, i, &part))
			break;
		*cw_array_push(&members) = (struct cw_member){
			.name = cw_arena_strndup(&arena, part.name.chars,
						 part.name.length),
			.type = type_of(types, part.type),
			.offset = part.offset,
		};
	}
	cw_debug_make_members(type, members.items, members.num);
	cw_array_deinit(&members);
	cw_arena_deinit(&arena);
}

static void slice_fill(struct cw_go_types *types, struct cw_type *type,
		       const struct cw_type *element)
{
	fill(type, {"array", pointer_to(types, element), 0},
	     {"len", number(types, "int", WORD), WORD},
	     {"cap", number(types, "int", WORD), 2 * WORD});
}

static void string_fill(struct cw_go_types *types, struct cw_type *type)
{
	fill(type, {"str", pointer_to(types, number(types, "uint8", 1)), 0},
	     {"len", number(types, "int", WORD), WORD});
}

/* ---- Channels */

/* Where runtime.hchan has what moves about. */
static const struct channel_row {
	unsigned since; /* minor release */
	uint64_t timer, element, send_index, receivers, size;
} channel_rows[] = {
	{25, 32, 40, 48, 64, 112},
	{23, 32, 40, 48, 64, 104},
	{0, 0, 32, 40, 56, 96},
};

static const struct cw_type *
channel_type(struct cw_go_types *types, const struct cw_go_descriptor *channel)
{
	const struct channel_row *row = channel_rows;
	const struct cw_type *word = number(types, "uint", WORD);
	const struct cw_type *pointer = any_pointer(types);
	struct cw_type *queue;

	while (types->go->minor < row->since)
		row++;
	if (common_structure(types, "runtime.waitq", 2 * WORD, &queue))
		fill(queue, {"first", pointer, 0}, {"last", pointer, WORD});
	struct cw_type *type = generic(types, "hchan", channel, row->size);
	fill(type, {"qcount", word, 0}, {"dataqsiz", word, 8},
	     {"buf", pointer, 16}, {"elemsize", number(types, "uint16", 2), 24},
	     {"closed", number(types, "uint32", 4), 28},
	     {"elemtype", pointer, row->element},
	     {"sendx", word, row->send_index},
	     {"recvx", word, row->send_index + WORD},
	     {"recvq", queue, row->receivers},
	     {"sendq", queue, row->receivers + 2 * WORD},
	     {row->timer ? "timer" : "_", pointer,
	      row->timer ? row->timer : row->element});
	return pointer_to(types, type);
}

/* ---- Maps up to 1.23 */

/* The last member of a bucket, a pointer or not, leads to the next one. */
static struct cw_type *bucket_type(struct cw_go_types *types,
				   const struct cw_go_descriptor *map,
				   const struct cw_type *bucket)
{
	static const char *const names[] = {"tophash", "keys", "values",
					    "overflow"};
	const struct cw_member *members;
	size_t num = cw_type_members(bucket, &members);
	struct cw_member copies[4];
	struct cw_type *type = generic(types, "bucket", map, bucket->size);

	if (num < 2 || num > cw_num_elements(copies))
		return type;
	memcpy(copies, members, num * sizeof(*members));
	for (size_t i = 0; i < num; i++)
		copies[i].name = names[i == num - 1 ? 3 : i];
	copies[num - 1].type = pointer_to(types, type);
	cw_debug_make_members(type, copies, num);
	return type;
}

static const struct cw_type *extra_type(struct cw_go_types *types)
{
	struct cw_type *type, *bucket, *list;

	if (!common_structure(types, "runtime.mapextra", 3 * WORD, &type))
		return type;
	if (common_structure(types, "runtime.bmap", WORD, &bucket))
		fill(bucket,
		     {"tophash", array_of(types, number(types, "uint8", 1), 8),
		      0});
	const struct cw_type *pointer = pointer_to(types, bucket);
	if (common_structure(types, "[]*runtime.bmap", 3 * WORD, &list))
		slice_fill(types, list, pointer);
	fill(type, {"overflow", pointer_to(types, list), 0},
	     {"oldoverflow", pointer_to(types, list), WORD},
	     {"nextOverflow", pointer, 2 * WORD});
	return type;
}

static const struct cw_type *hash_type(struct cw_go_types *types,
				       const struct cw_go_descriptor *map,
				       const struct cw_type *bucket)
{
	struct cw_type *type = generic(types, "hash", map, 48);
	const struct cw_type *buckets =
		pointer_to(types, bucket_type(types, map, bucket));

	fill(type, {"count", number(types, "int", WORD), 0},
	     {"flags", number(types, "uint8", 1), 8},
	     {"B", number(types, "uint8", 1), 9},
	     {"noverflow", number(types, "uint16", 2), 10},
	     {"hash0", number(types, "uint32", 4), 12},
	     {"buckets", buckets, 16}, {"oldbuckets", buckets, 24},
	     {"nevacuate", number(types, "uintptr", WORD), 32},
	     {"extra", pointer_to(types, extra_type(types)), 40});
	return type;
}

/* ---- Maps from 1.24 */

static const struct cw_type *table_type(struct cw_go_types *types,
					const struct cw_go_descriptor *map,
					const struct cw_type *group)
{
	struct cw_type *groups =
		generic(types, "groupReference", map, 2 * WORD);
	struct cw_type *type = generic(types, "table", map, 32);
	const struct cw_type *count = number(types, "uint16", 2);

	fill(groups, {"data", pointer_to(types, group), 0},
	     {"lengthMask", number(types, "uint64", WORD), WORD});
	fill(type, {"used", count, 0}, {"capacity", count, 2},
	     {"growthLeft", count, 4},
	     {"localDepth", number(types, "uint8", 1), 6},
	     {"index", number(types, "int", WORD), 8}, {"groups", groups, 16});
	return type;
}

static const struct cw_type *swiss_type(struct cw_go_types *types,
					const struct cw_go_descriptor *map,
					const struct cw_type *group)
{
	struct cw_type *type = generic(types, "map", map, 48);
	const struct cw_type *tables = pointer_to(
		types, pointer_to(types, table_type(types, map, group)));
	const struct cw_type *byte = number(types, "uint8", 1);

	fill(type, {"used", number(types, "uint64", WORD), 0},
	     {"seed", number(types, "uintptr", WORD), 8},
	     {"dirPtr", tables, 16}, {"dirLen", number(types, "int", WORD), 24},
	     {"globalDepth", byte, 32}, {"globalShift", byte, 33},
	     {"writing", byte, 34},
	     {"tombstonePossible", number(types, "bool", 1), 35},
	     {"clearSeq", number(types, "uint64", WORD), 40});
	return type;
}

/* Which of the two it is, the part that it consists of says. */
static const struct cw_type *map_type(struct cw_go_types *types,
				      const struct cw_go_descriptor *map)
{
	const struct cw_type *part = type_of(types, map->part);
	const struct cw_member *members;

	if (part->kind != CW_TYPE_STRUCT ||
	    cw_type_members(part, &members) == 0)
		return any_pointer(types);
	return pointer_to(types, strcmp(members[0].name, "ctrl") == 0
					 ? swiss_type(types, map, part)
					 : hash_type(types, map, part));
}

/* ---- */

void cw_go_type_fill(struct cw_go_types *types, uint32_t number)
{
	struct cw_type *type = types->made.items[number];
	struct cw_go_descriptor descriptor;

	if (!cw_go_descriptor_read(types->go,
				   types->items.items[number].descriptor,
				   &descriptor))
		return;
	const struct cw_type *element = type_of(types, descriptor.element);
	switch (descriptor.kind) {
	case CW_GO_KIND_STRUCT:
		struct_fill(types, type, &descriptor);
		break;
	case CW_GO_KIND_STRING:
		string_fill(types, type);
		break;
	case CW_GO_KIND_SLICE:
		slice_fill(types, type, element);
		break;
	case CW_GO_KIND_ARRAY:
		type->target = element;
		if (element->size &&
		    descriptor.count <= type->size / element->size)
			type->count = descriptor.count;
		break;
	case CW_GO_KIND_POINTER:
		/* In generic functions any pointer is one to uint8. */
		if (!cw_go_is_shape(type->name))
			type->target = element;
		break;
	case CW_GO_KIND_INTERFACE:
		type->target = interface_type(types, descriptor.count == 0);
		break;
	case CW_GO_KIND_CHANNEL:
		type->target = channel_type(types, &descriptor);
		break;
	case CW_GO_KIND_MAP:
		type->target = map_type(types, &descriptor);
		break;
	default:
		break;
	}
}
