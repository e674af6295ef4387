#include "object/vtable.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "object/vtable_type.h"
#include "target/symbol.h"

#define NONE UINT32_MAX

enum {
	MAX_NAME = 8192,
	MAX_BASES = 256,
	MAX_DEPTH = 64,
	/* An object does not begin further away from its bases. */
	MAX_OFFSET = 1 << 28,
};

static int range_compare(const void *a, const void *b)
{
	const struct cw_vtable_range *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

/* Data of modules; what lies side by side is one range. */
static void ranges_find(struct cw_vtables *vtables)
{
	const struct cw_target *target = vtables->target;
	size_t num = 0;

	cw_array_foreach(segment, &target->segments)
	{
		if (segment->flags & CW_SEGMENT_EXEC || !segment->bytes ||
		    !cw_module_at(target, segment->start))
			continue;
		*cw_array_push(&vtables->ranges) =
			(struct cw_vtable_range){segment->start, segment->end};
	}
	if (vtables->ranges.num == 0)
		return;
	qsort(vtables->ranges.items, vtables->ranges.num,
	      sizeof(*vtables->ranges.items), range_compare);
	for (size_t i = 1; i < vtables->ranges.num; i++) {
		struct cw_vtable_range *last = &vtables->ranges.items[num];
		struct cw_vtable_range *next = &vtables->ranges.items[i];
		if (next->start <= last->end)
			last->end = next->end;
		else
			vtables->ranges.items[++num] = *next;
	}
	vtables->ranges.num = num + 1;
}

void cw_vtables_init(struct cw_vtables *vtables, struct cw_target *target,
		     struct cw_debug *debug)
{
	*vtables = (struct cw_vtables){.target = target, .debug = debug};
	cw_arena_init(&vtables->arena);
	cw_map_init(&vtables->by_word);
	cw_map_init(&vtables->by_typeinfo);
	ranges_find(vtables);
}

void cw_vtables_deinit(struct cw_vtables *vtables)
{
	cw_array_deinit(&vtables->ranges);
	cw_array_deinit(&vtables->tables);
	cw_array_deinit(&vtables->classes);
	cw_map_deinit(&vtables->by_word);
	cw_map_deinit(&vtables->by_typeinfo);
	cw_arena_deinit(&vtables->arena);
}

static bool is_in_data(const struct cw_vtables *vtables, uint64_t word)
{
	size_t low = 0, high = vtables->ranges.num;

	if (high == 0 || word & 7 || word < vtables->ranges.items[0].start ||
	    word >= vtables->ranges.items[high - 1].end)
		return false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (vtables->ranges.items[middle].start <= word)
			low = middle + 1;
		else
			high = middle;
	}
	return word < vtables->ranges.items[low - 1].end;
}

static bool words_read(const struct cw_vtables *vtables, cw_addr address,
		       uint64_t *ret, size_t num)
{
	return is_in_data(vtables, address) &&
	       cw_target_read(vtables->target, address, ret, num * 8);
}

/* The mangled name in a typeinfo; the caller frees it. */
static char *mangled_read(const struct cw_vtables *vtables, cw_addr typeinfo)
{
	uint64_t words[2];
	size_t length = 0;

	if (!words_read(vtables, typeinfo, words, 2))
		return NULL;
	char *name = cw_target_read_string(vtables->target, words[1], MAX_NAME);
	if (!name)
		return NULL;
	/* libstdc++ marks names that are to be compared by address. */
	if (*name == '*')
		memmove(name, name + 1, strlen(name));
	while (isalnum((unsigned char)name[length]) || name[length] == '_' ||
	       name[length] == '.' || name[length] == '$')
		length++;
	if (length > 0 && name[length] == '\0')
		return name;
	free(name);
	return NULL;
}

enum typeinfo_kind {
	TYPEINFO_NONE,
	TYPEINFO_PLAIN,	  /* no bases */
	TYPEINFO_SINGLE,  /* one base, at its start */
	TYPEINFO_SEVERAL, /* a list of them */
};

static const char *const runtime_names[] = {
	[TYPEINFO_PLAIN] = "N10__cxxabiv117__class_type_infoE",
	[TYPEINFO_SINGLE] = "N10__cxxabiv120__si_class_type_infoE",
	[TYPEINFO_SEVERAL] = "N10__cxxabiv121__vmi_class_type_infoE",
};

/* Which class of the runtime a typeinfo is an object of. */
static enum typeinfo_kind typeinfo_kind(const struct cw_vtables *vtables,
					cw_addr typeinfo)
{
	uint64_t table, words[2];

	if (!words_read(vtables, typeinfo, &table, 1) ||
	    !words_read(vtables, table - 16, words, 2) || words[0] != 0)
		return TYPEINFO_NONE;
	cw_cleanup_free char *name = mangled_read(vtables, words[1]);
	for (enum typeinfo_kind i = TYPEINFO_PLAIN;
	     name && i <= TYPEINFO_SEVERAL; i++)
		if (strcmp(name, runtime_names[i]) == 0)
			return i;
	return TYPEINFO_NONE;
}

/* "ns::Shape" for "N2ns5ShapeE"; in the arena, or NULL. */
static const char *class_name(struct cw_vtables *vtables, const char *mangled)
{
	static const char prefix[] = "typeinfo for ";
	cw_cleanup_free char *symbol = cw_format("_ZTI%s", mangled);
	cw_cleanup_free char *name = cw_demangle(symbol);

	if (!name || strncmp(name, prefix, sizeof(prefix) - 1) != 0)
		return NULL;
	return cw_arena_strdup(&vtables->arena, name + sizeof(prefix) - 1);
}

static uint32_t class_of_typeinfo(struct cw_vtables *vtables, cw_addr typeinfo,
				  unsigned depth);

static void base_add(struct cw_vtables *vtables, struct cw_class *class,
		     struct cw_class_base *bases, cw_addr typeinfo,
		     uint64_t offset_flags, unsigned depth)
{
	uint32_t number = class_of_typeinfo(vtables, typeinfo, depth + 1);

	if (number == NONE)
		return;
	bases[class->num_bases++] = (struct cw_class_base){
		.class = number,
		.offset = (int64_t)offset_flags >> 8,
		.is_virtual = offset_flags & 1,
	};
}

static void bases_read(struct cw_vtables *vtables, struct cw_class *class,
		       enum typeinfo_kind kind, unsigned depth)
{
	/* Behind vtable pointer and name: one base, or flags and number in
	 * one word, and for each its typeinfo and offset, with flags. */
	cw_addr list = class->typeinfo + 16;
	uint64_t word, pair[2];

	if (kind == TYPEINFO_PLAIN || depth >= MAX_DEPTH ||
	    !words_read(vtables, list, &word, 1))
		return;
	uint32_t num = kind == TYPEINFO_SINGLE ? 1 : word >> 32;
	if (num == 0 || num > MAX_BASES)
		return;
	struct cw_class_base *bases =
		cw_arena_alloc(&vtables->arena, num * sizeof(*bases));
	class->bases = bases;
	if (kind == TYPEINFO_SINGLE) {
		base_add(vtables, class, bases, word, 0, depth);
		return;
	}
	for (uint32_t i = 0; i < num; i++) {
		list += i ? 16 : 8;
		if (!words_read(vtables, list, pair, 2))
			break;
		base_add(vtables, class, bases, pair[0], pair[1], depth);
	}
}

/* Bounded by the depth of bases; each typeinfo is read once. */
static uint32_t class_of_typeinfo(struct cw_vtables *vtables, cw_addr typeinfo,
				  unsigned depth)
{
	uint32_t number;

	if (cw_map_get(&vtables->by_typeinfo, typeinfo, &number))
		return number;
	cw_map_set(&vtables->by_typeinfo, typeinfo, NONE);
	enum typeinfo_kind kind = typeinfo_kind(vtables, typeinfo);
	if (kind == TYPEINFO_NONE)
		return NONE;
	cw_cleanup_free char *mangled = mangled_read(vtables, typeinfo);
	if (!mangled)
		return NONE;
	struct cw_class class = {
		.name = class_name(vtables, mangled),
		.typeinfo = typeinfo,
	};
	if (!class.name)
		return NONE;
	bases_read(vtables, &class, kind, depth);
	number = vtables->classes.num;
	*cw_array_push(&vtables->classes) = class;
	cw_map_set(&vtables->by_typeinfo, typeinfo, number);
	return number;
}

/* The vtable's symbol, when it has one, says that it is none for objects. */
static bool is_for_construction(const struct cw_symbol *symbol)
{
	return symbol && strncmp(symbol->name, "_ZTC", 4) == 0;
}

/* Without RTTI: a class of its own for each vtable. */
static uint32_t class_of_symbol(struct cw_vtables *vtables,
				const struct cw_symbol *symbol)
{
	if (!symbol || strncmp(symbol->name, "_ZTV", 4) != 0)
		return NONE;
	const char *name = class_name(vtables, symbol->name + 4);
	if (!name)
		return NONE;
	*cw_array_push(&vtables->classes) = (struct cw_class){.name = name};
	return vtables->classes.num - 1;
}

static uint32_t table_read(struct cw_vtables *vtables, cw_addr address)
{
	uint64_t words[2];

	if (!words_read(vtables, address - 16, words, 2))
		return NONE;
	int64_t offset = words[0];
	if (offset > 0 || offset < -MAX_OFFSET || offset & 7)
		return NONE;
	if (words[1] != 0 && !is_in_data(vtables, words[1]))
		return NONE;

	const struct cw_symbol *symbol = cw_symbol_at(vtables->target, address);
	if (is_for_construction(symbol))
		return NONE;
	uint32_t class = words[1] ? class_of_typeinfo(vtables, words[1], 0)
				  : class_of_symbol(vtables, symbol);
	if (class == NONE)
		return NONE;
	struct cw_class *found = &vtables->classes.items[class];
	if (vtables->debug && !found->type)
		found->type = cw_vtable_type(vtables->debug, vtables->target,
					     address, found->name);
	*cw_array_push(&vtables->tables) =
		(struct cw_vtable){address, offset, class};
	return vtables->tables.num - 1;
}

int64_t cw_vtable_find(struct cw_vtables *vtables, uint64_t word)
{
	uint32_t number;

	if (!is_in_data(vtables, word))
		return -1;
	if (!cw_map_get(&vtables->by_word, word, &number)) {
		number = table_read(vtables, word);
		cw_map_set(&vtables->by_word, word, number);
	}
	return number == NONE ? -1 : (int64_t)number;
}

bool cw_vtable_complete(struct cw_vtables *vtables, cw_addr address,
			struct cw_complete_object *ret)
{
	uint64_t word;

	if (address & 7 ||
	    !cw_target_read_word(vtables->target, address, &word))
		return false;
	int64_t number = cw_vtable_find(vtables, word);
	if (number < 0)
		return false;
	const struct cw_vtable *table = &vtables->tables.items[number];
	ret->address = address + table->offset_to_top;
	ret->class = &vtables->classes.items[table->class];
	return true;
}
