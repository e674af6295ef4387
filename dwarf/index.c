#include "dwarf/index.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/search.h"
#include "dwarf/debug.h"
#include "dwarf/index_walk.h"
#include "dwarf/signed_scope.h"

enum {
	PAGE_BITS = 12,
};

static int compare_entries(const void *left, const void *right)
{
	const struct cw_index_entry *a = left, *b = right;

	return (a->key > b->key) - (a->key < b->key);
}

static int compare_pairs(const void *left, const void *right)
{
	const struct cw_index_pair *a = left, *b = right;

	return (a->key > b->key) - (a->key < b->key);
}

static int compare_go_types(const void *left, const void *right)
{
	const struct cw_index_go_type *a = left, *b = right;

	return (a->offset > b->offset) - (a->offset < b->offset);
}

static int compare_typedefs(const void *left, const void *right)
{
	const struct cw_index_typedef *a = left, *b = right;

	if (a->key != b->key)
		return a->key > b->key ? 1 : -1;
	return (a->order > b->order) - (a->order < b->order);
}

static int compare_functions(const void *left, const void *right)
{
	const struct cw_index_function *a = left, *b = right;

	if (a->low != b->low)
		return a->low > b->low ? 1 : -1;
	return (a->high > b->high) - (a->high < b->high);
}

/* Only the first typedef of each type without a name is of interest. */
static void typedefs_keep_naming(struct cw_index *index)
{
	size_t kept = 0;

	if (index->typedefs.num == 0)
		return;
	qsort(index->typedefs.items, index->typedefs.num,
	      sizeof(*index->typedefs.items), compare_typedefs);
	for (size_t i = 0; i < index->typedefs.num; i++) {
		struct cw_index_typedef *all = index->typedefs.items;
		const struct cw_index_entry *entry =
			cw_index_at(index, all[i].key);
		if (!entry || entry->name)
			continue;
		if (kept > 0 && all[kept - 1].key == all[i].key)
			continue;
		all[kept++] = all[i];
	}
	index->typedefs.num = kept;
}

/* Of an anonymous type, by halving. */
static const struct cw_index_typedef *typedef_find(const struct cw_index *index,
						   uint64_t key)
{
	const struct cw_index_typedef *all = index->typedefs.items;
	size_t low =
		cw_search_first(i, 0, index->typedefs.num, all[i].key < key);

	if (low < index->typedefs.num && all[low].key == key)
		return &all[low];
	return NULL;
}

static void slots_fill(struct cw_index *index)
{
	index->num_slots = 16;
	while (index->num_slots < index->entries.num)
		index->num_slots *= 2;
	index->slots = cw_alloc(index->num_slots * sizeof(*index->slots));
	memset(index->slots, 0xff, index->num_slots * sizeof(*index->slots));

	/* From the end, so that chains are in the file's order. */
	for (size_t i = index->entries.num; i-- > 0;) {
		struct cw_index_entry *entry = &index->entries.items[i];
		uint32_t *slot;
		if (!entry->name)
			continue;
		slot = &index->slots[entry->hash & (index->num_slots - 1)];
		entry->next = *slot;
		*slot = i;
	}
}

static bool entries_are_sorted(const struct cw_index *index)
{
	for (size_t i = 1; i < index->entries.num; i++)
		if (index->entries.items[i - 1].key >=
		    index->entries.items[i].key)
			return false;
	return true;
}

static uint64_t section_pages(const struct cw_index *index, bool is_info)
{
	const struct cw_section *section =
		cw_library_units(index->library, is_info);

	return section ? (section->size >> PAGE_BITS) + 1 : 0;
}

/* The page of a key; that number of them or more: there is none. */
static uint64_t page_of(const struct cw_index *index, uint64_t key)
{
	uint64_t page = (key & ~CW_KEY_TYPES) >> PAGE_BITS;

	return key & CW_KEY_TYPES ? index->first_types_page + page : page;
}

static void pages_fill(struct cw_index *index)
{
	uint64_t page = 0;

	index->first_types_page = section_pages(index, true);
	index->num_pages =
		index->first_types_page + section_pages(index, false);
	index->pages = cw_alloc((index->num_pages + 1) * sizeof(*index->pages));
	for (size_t i = 0; i < index->entries.num; i++) {
		uint64_t last = page_of(index, index->entries.items[i].key);
		while (page <= last && page < index->num_pages)
			index->pages[page++] = i;
	}
	while (page <= index->num_pages)
		index->pages[page++] = index->entries.num;
}

struct cw_error *cw_index_init(struct cw_index *index,
			       struct cw_library *library,
			       struct cw_arena *arena,
			       struct cw_progress *progress)
{
	*index = (struct cw_index){.library = library, .arena = arena};
	*cw_array_push(&index->scopes) = (struct cw_scope){.name = ""};

	struct cw_error *err = cw_index_walk(index, progress);
	if (!entries_are_sorted(index))
		qsort(index->entries.items, index->entries.num,
		      sizeof(*index->entries.items), compare_entries);
	if (index->functions.num)
		qsort(index->functions.items, index->functions.num,
		      sizeof(*index->functions.items), compare_functions);
	if (index->declared.num)
		qsort(index->declared.items, index->declared.num,
		      sizeof(*index->declared.items), compare_pairs);
	pages_fill(index);
	cw_signed_scopes_name(index);
	typedefs_keep_naming(index);
	if (index->go_types.num)
		qsort(index->go_types.items, index->go_types.num,
		      sizeof(*index->go_types.items), compare_go_types);
	slots_fill(index);
	return err;
}

void cw_index_deinit(struct cw_index *index)
{
	cw_array_deinit(&index->entries);
	cw_array_deinit(&index->variables);
	cw_array_deinit(&index->functions);
	cw_array_deinit(&index->scopes);
	cw_array_deinit(&index->typedefs);
	cw_array_deinit(&index->go_types);
	cw_array_deinit(&index->declared);
	cw_array_deinit(&index->skeletons);
	free(index->slots);
	free(index->pages);
	index->slots = index->pages = NULL;
}

const struct cw_index_entry *cw_index_at(const struct cw_index *index,
					 uint64_t key)
{
	const struct cw_index_entry *all = index->entries.items;
	size_t low = 0, high = index->entries.num;

	if (index->pages) {
		uint64_t page = page_of(index, key);
		if (page >= index->num_pages)
			return NULL;
		low = index->pages[page];
		high = index->pages[page + 1];
	}
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (all[middle].key == key)
			return &all[middle];
		if (all[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool cw_index_note_type(struct cw_index *index, uint64_t key, uint32_t type)
{
	struct cw_index_entry *entry =
		(struct cw_index_entry *)cw_index_at(index, key);

	if (entry)
		entry->type = type;
	return entry;
}

uint32_t cw_index_hash(const char *scope, const char *name)
{
	cw_cleanup_text struct cw_text text = {0};

	if (!scope[0])
		return cw_hash_bytes(name, strlen(name));
	cw_text_add(&text, scope);
	cw_text_add(&text, "::");
	cw_text_add(&text, name);
	return cw_hash_bytes(text.chars, text.length);
}

bool cw_index_entry_is(struct cw_index *index,
		       const struct cw_index_entry *entry, const char *name)
{
	const char *scope = cw_index_scope(index, entry->scope);
	size_t length = strlen(scope);

	if (length == 0)
		return strcmp(entry->name, name) == 0;
	return strncmp(scope, name, length) == 0 &&
	       strncmp(name + length, "::", 2) == 0 &&
	       strcmp(entry->name, name + length + 2) == 0;
}

const struct cw_index_entry *cw_index_named(struct cw_index *index,
					    const char *name,
					    const struct cw_index_entry *entry)
{
	uint32_t hash = cw_hash_bytes(name, strlen(name));
	uint32_t at = entry ? entry->next
			    : index->slots[hash & (index->num_slots - 1)];

	for (; at != CW_NO_ENTRY; at = index->entries.items[at].next) {
		entry = &index->entries.items[at];
		if (entry->hash == hash &&
		    cw_index_entry_is(index, entry, name))
			return entry;
	}
	return NULL;
}

static const char *scoped_name(struct cw_index *index, uint32_t scope,
			       const char *name)
{
	const char *prefix = cw_index_scope(index, scope);

	if (!prefix[0])
		return name;
	return cw_arena_format(index->arena, "%s::%s", prefix, name);
}

const char *cw_index_name(struct cw_index *index,
			  const struct cw_index_entry *entry)
{
	if (entry->name)
		return scoped_name(index, entry->scope, entry->name);

	const struct cw_index_typedef *naming = typedef_find(index, entry->key);
	return naming ? scoped_name(index, naming->scope, naming->name) : NULL;
}

uint32_t cw_index_declared_in(const struct cw_index *index, uint64_t key)
{
	const struct cw_index_pair wanted = {.key = key};

	if (index->declared.num == 0)
		return 0;
	const struct cw_index_pair *pair =
		bsearch(&wanted, index->declared.items, index->declared.num,
			sizeof(wanted), compare_pairs);
	return pair ? pair->value : 0;
}

const struct cw_index_function *
cw_index_function_at(const struct cw_index *index, uint64_t address)
{
	size_t low = cw_search_first(i, 0, index->functions.num,
				     index->functions.items[i].low <= address);

	if (low == 0)
		return NULL;
	const struct cw_index_function *function =
		&index->functions.items[low - 1];
	return address < function->high ? function : NULL;
}

/* The DIE's own name, or that of the one it completes or stands for. */
static const char *function_own_name(struct cw_index *index, uint64_t key,
				     uint32_t scope)
{
	enum {
		MAX_HOPS = 4,
	};
	const char *plain = NULL;
	struct cw_library *library = index->library;

	for (int i = 0; i < MAX_HOPS && key; i++) {
		struct cw_die die;
		uint64_t next = 0;
		library = cw_library_of(library, &key);
		if (!cw_die_at(library, key, &die))
			break;
		const char *linkage = cw_die_linkage_name(&die);
		cw_cleanup_free char *full =
			linkage ? cw_demangle(linkage) : NULL;
		if (full)
			return cw_arena_strdup(index->arena, full);
		if (!plain)
			plain = cw_die_name(&die);
		if (!cw_die_reference(&die, DW_AT_abstract_origin, &next) &&
		    !cw_die_reference(&die, DW_AT_specification, &next))
			break;
		key = next;
	}
	return plain ? scoped_name(index, scope, plain) : NULL;
}

const char *cw_index_function_name(struct cw_index *index, uint64_t key,
				   uint32_t scope)
{
	return function_own_name(index, key, scope);
}

const char *cw_index_scope(struct cw_index *index, uint32_t number)
{
	struct cw_scope *scope = &index->scopes.items[number];

	if (scope->name)
		return scope->name;

	const char *name =
		function_own_name(index, scope->function, scope->parent);
	if (!name)
		name = "(unknown)";
	/* main() as opposed to a namespace main; demangled ones have it. */
	if (!strchr(name, '('))
		name = cw_arena_format(index->arena, "%s()", name);
	index->scopes.items[number].name = name;
	return name;
}

uint64_t cw_index_go_type(const struct cw_index *index, uint64_t offset)
{
	const struct cw_index_go_type wanted = {.offset = offset},
				      *found = NULL;

	if (index->go_types.num)
		found = bsearch(&wanted, index->go_types.items,
				index->go_types.num, sizeof(wanted),
				compare_go_types);
	return found ? found->key : 0;
}
