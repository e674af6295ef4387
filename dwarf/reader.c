#include "dwarf/reader.h"

#include <string.h>

#include "base/memory.h"
#include "dwarf/record.h"

enum {
	MAX_CHAIN = 256,
	MAX_DIMENSIONS = 16,
	MAX_DEFINITIONS = 16,
	POINTER_SIZE = 8,
};

/* What a DIE's tag says of the type. */
struct tag_row {
	unsigned tag;
	enum cw_type_kind kind;
	const char *qualifier;
	bool has_target; /* DW_AT_type is wanted, void when it is not there */
};

static const struct tag_row tag_rows[] = {
	{DW_TAG_base_type, CW_TYPE_BASE, NULL, false},
	{DW_TAG_unspecified_type, CW_TYPE_BASE, NULL, false},
	{DW_TAG_structure_type, CW_TYPE_STRUCT, NULL, false},
	{DW_TAG_interface_type, CW_TYPE_STRUCT, NULL, false},
	{DW_TAG_class_type, CW_TYPE_CLASS, NULL, false},
	{DW_TAG_union_type, CW_TYPE_UNION, NULL, false},
	{DW_TAG_enumeration_type, CW_TYPE_ENUM, NULL, true},
	{DW_TAG_pointer_type, CW_TYPE_POINTER, NULL, true},
	{DW_TAG_reference_type, CW_TYPE_REFERENCE, "&", true},
	{DW_TAG_rvalue_reference_type, CW_TYPE_REFERENCE, "&&", true},
	{DW_TAG_ptr_to_member_type, CW_TYPE_MEMBER_POINTER, NULL, true},
	{DW_TAG_array_type, CW_TYPE_ARRAY, NULL, true},
	{DW_TAG_typedef, CW_TYPE_TYPEDEF, NULL, true},
	{DW_TAG_template_alias, CW_TYPE_TYPEDEF, NULL, true},
	{DW_TAG_const_type, CW_TYPE_QUALIFIED, "const", true},
	{DW_TAG_volatile_type, CW_TYPE_QUALIFIED, "volatile", true},
	{DW_TAG_restrict_type, CW_TYPE_QUALIFIED, "restrict", true},
	{DW_TAG_atomic_type, CW_TYPE_QUALIFIED, "_Atomic", true},
	{DW_TAG_immutable_type, CW_TYPE_QUALIFIED, "immutable", true},
	{DW_TAG_packed_type, CW_TYPE_QUALIFIED, "packed", true},
	{DW_TAG_shared_type, CW_TYPE_QUALIFIED, "shared", true},
	{DW_TAG_subroutine_type, CW_TYPE_FUNCTION, NULL, true},
};

static const struct tag_row *tag_row_find(unsigned tag)
{
	for (size_t i = 0; i < cw_num_elements(tag_rows); i++)
		if (tag_rows[i].tag == tag)
			return &tag_rows[i];
	return NULL;
}

static enum cw_encoding encoding_of(uint64_t encoding, uint64_t size)
{
	switch (encoding) {
	case DW_ATE_boolean:
		return CW_ENCODING_BOOL;
	case DW_ATE_signed:
		return CW_ENCODING_SIGNED;
	case DW_ATE_unsigned:
	case DW_ATE_address:
		return CW_ENCODING_UNSIGNED;
	case DW_ATE_signed_char:
	case DW_ATE_unsigned_char:
		return CW_ENCODING_CHAR;
	case DW_ATE_UTF:
		return size == 1 ? CW_ENCODING_CHAR : CW_ENCODING_UTF;
	case DW_ATE_float:
	case DW_ATE_complex_float:
		return CW_ENCODING_FLOAT;
	}
	return CW_ENCODING_NONE;
}

/* A struct, class, union or enum whose @target is known. */
static const struct cw_type *
compound_read(struct cw_type_store *store, struct cw_debug_file *file,
	      const struct cw_die *die, uint64_t key, const struct tag_row *row,
	      const struct cw_type *target)
{
	struct cw_type_record draft = {
		.type.kind = row->kind,
		.type.target = target,
		.store = store,
		.file = file,
		.key = key,
	};
	const struct cw_index_entry *entry = cw_index_at(&file->index, key);
	uint64_t size = 0;

	if (!entry)
		draft.type.name = cw_die_name(die);
	draft.type.is_declaration = cw_die_flag(die, DW_AT_declaration);
	if (cw_die_number(die, DW_AT_byte_size, &size))
		draft.type.size = size;
	cw_record_read_attributes(&draft, die);
	if (!draft.type.is_declaration)
		cw_record_read_children(&draft, die);
	return cw_type_store_enter(store, &draft, entry);
}

static bool kinds_agree(unsigned left, unsigned right)
{
	if (left == right)
		return true;
	return left != DW_TAG_union_type && right != DW_TAG_union_type &&
	       left != DW_TAG_enumeration_type &&
	       right != DW_TAG_enumeration_type;
}

bool cw_tag_is_aggregate(unsigned tag)
{
	return tag == DW_TAG_structure_type || tag == DW_TAG_class_type ||
	       tag == DW_TAG_union_type || tag == DW_TAG_interface_type;
}

/*
 * The definition of that name in @file; NULL when there is none, or several
 * that differ.
 */
static const struct cw_type *definition_find(struct cw_type_store *store,
					     struct cw_debug_file *file,
					     const char *name, unsigned tag)
{
	const struct cw_type *found = NULL;
	const struct cw_index_entry *entry = NULL;
	unsigned num = 0;

	while ((entry = cw_index_named(&file->index, name, entry))) {
		if (entry->is_declaration || !cw_tag_is_aggregate(entry->tag) ||
		    !kinds_agree(entry->tag, tag))
			continue;
		const struct cw_type *type =
			cw_type_store_known(store, file, entry->key);
		if (!type) {
			struct cw_die die;
			if (!cw_die_at(&file->library, entry->key, &die))
				continue;
			type = compound_read(store, file, &die, entry->key,
					     tag_row_find(entry->tag), NULL);
			cw_type_store_note(file, entry->key, type);
		}
		if (found && found != type)
			return NULL;
		found = type;
		if (++num == MAX_DEFINITIONS)
			break;
	}
	return found;
}

static const struct cw_type *aggregate_read(struct cw_type_store *store,
					    struct cw_debug_file *file,
					    const struct cw_die *die,
					    uint64_t key,
					    const struct tag_row *row)
{
	const struct cw_type *declared =
		compound_read(store, file, die, key, row, NULL);

	if (!declared->is_declaration || !declared->name)
		return declared;
	struct cw_type_record *record = (struct cw_type_record *)declared;
	if (record->sought_in != file) {
		record->found_there =
			definition_find(store, file, declared->name, row->tag);
		record->sought_in = file;
	}
	return record->found_there ? record->found_there : declared;
}

static uint64_t array_size(const struct cw_type *element, uint64_t count)
{
	uint64_t size;

	if (__builtin_mul_overflow(element->size, count, &size))
		return 0;
	return size;
}

/* Number of elements that a subrange says; 0: none that is fixed. */
static uint64_t subrange_count(const struct cw_die *die)
{
	uint64_t count, upper, lower = 0;

	if (cw_die_number(die, DW_AT_count, &count))
		return (int64_t)count < 0 ? 0 : count;
	if (!cw_die_number(die, DW_AT_upper_bound, &upper))
		return 0;
	cw_die_number(die, DW_AT_lower_bound, &lower);
	return (int64_t)upper < (int64_t)lower ? 0 : upper - lower + 1;
}

static const struct cw_type *array_read(struct cw_type_store *store,
					struct cw_debug_file *file,
					const struct cw_die *die,
					const struct cw_type *element)
{
	uint64_t counts[MAX_DIMENSIONS];
	unsigned num = 0;
	struct cw_die child;

	if (cw_die_child(die, &child)) {
		do {
			if (cw_die_tag(&child) == DW_TAG_subrange_type)
				counts[num++] = subrange_count(&child);
		} while (num < MAX_DIMENSIONS && cw_die_next(&child));
	}
	if (num == 0)
		counts[num++] = 0;
	while (num-- > 0) {
		struct cw_type_record draft = {
			.type.kind = CW_TYPE_ARRAY,
			.type.target = element,
			.type.count = counts[num],
			.type.size = array_size(element, counts[num]),
		};
		element = cw_type_store_enter(store, &draft, NULL);
	}
	return element;
}

/* Those of Rust; compilers of C++ name the pointer to a vtable's functions. */
static const char *pointer_name(const struct cw_die *die)
{
	const char *name = cw_die_name(die);

	return name && strcmp(name, "__vtbl_ptr_type") == 0 ? NULL : name;
}

/* Types that are made of one other, @target. */
static const struct cw_type *
derived_read(struct cw_type_store *store, struct cw_debug_file *file,
	     const struct cw_die *die, uint64_t key, const struct tag_row *row,
	     const struct cw_type *target)
{
	struct cw_type_record draft = {
		.type.kind = row->kind,
		.type.target = target,
		.type.qualifier = row->qualifier,
		.store = store,
		.file = file,
		.key = key,
	};
	const struct cw_index_entry *entry = NULL;
	uint64_t size;

	switch (row->kind) {
	case CW_TYPE_ARRAY:
		return array_read(store, file, die, target);
	case CW_TYPE_TYPEDEF:
		entry = cw_index_at(&file->index, key);
		if (entry && !entry->name)
			entry = NULL;
		if (!entry)
			draft.type.name = cw_die_name(die);
		draft.type.size = target->size;
		break;
	case CW_TYPE_QUALIFIED:
		draft.type.size = target->size;
		break;
	case CW_TYPE_FUNCTION:
		/* Go's has a size: a value of it is a pointer to a closure. */
		if (!cw_die_number(die, DW_AT_byte_size, &size))
			break;
		draft.type.kind = CW_TYPE_POINTER;
		draft.type.name = cw_die_name(die);
		draft.type.target = store->void_type;
		draft.type.size = size;
		break;
	default:
		draft.type.size = POINTER_SIZE;
		draft.type.name = pointer_name(die);
		if (row->kind == CW_TYPE_MEMBER_POINTER)
			cw_record_read_attributes(&draft, die);
		if (row->kind == CW_TYPE_MEMBER_POINTER &&
		    target->kind == CW_TYPE_FUNCTION)
			draft.type.size = 2 * POINTER_SIZE;
		if (cw_die_number(die, DW_AT_byte_size, &size))
			draft.type.size = size;
	}
	return cw_type_store_enter(store, &draft, entry);
}

static const struct cw_type *base_read(struct cw_type_store *store,
				       const struct cw_die *die)
{
	struct cw_type_record draft = {.type.kind = CW_TYPE_BASE};
	uint64_t encoding = 0, size = 0;

	draft.type.name = cw_die_name(die);
	cw_die_number(die, DW_AT_byte_size, &size);
	cw_die_number(die, DW_AT_encoding, &encoding);
	draft.type.size = size;
	draft.type.encoding = encoding_of(encoding, size);
	return cw_type_store_enter(store, &draft, NULL);
}

/* A declaration that says by signature which type unit has the definition. */
static const struct cw_type *signed_read(struct cw_type_store *store,
					 struct cw_debug_file *file,
					 const struct cw_die *die,
					 bool may_want, uint64_t *ret_wanted)
{
	uint64_t key;

	if (!cw_die_reference(die, DW_AT_signature, &key))
		return store->unknown_type;
	const struct cw_type *type = cw_type_store_known(store, file, key);
	if (!type && !may_want)
		return store->unknown_type;
	*ret_wanted = key;
	return type;
}

/*
 * The type of one DIE; NULL when the type it is made of must be known first:
 * its key is then in @ret_wanted.
 */
static const struct cw_type *die_read(struct cw_type_store *store,
				      struct cw_debug_file *file, uint64_t key,
				      bool may_want, uint64_t *ret_wanted)
{
	struct cw_die die;
	uint64_t target_key = 0;

	if (!cw_die_at(&file->library, key, &die))
		return store->unknown_type;
	const struct tag_row *row = tag_row_find(cw_die_tag(&die));
	if (!row)
		return store->unknown_type;
	if (row->kind == CW_TYPE_BASE)
		return base_read(store, &die);
	if (cw_die_has(&die, DW_AT_signature))
		return signed_read(store, file, &die, may_want, ret_wanted);
	if (!row->has_target)
		return aggregate_read(store, file, &die, key, row);

	bool has_type = cw_die_has(&die, DW_AT_type);
	const struct cw_type *target = store->void_type;
	if (has_type && !cw_die_reference(&die, DW_AT_type, &target_key))
		target = store->unknown_type;
	else if (has_type)
		target = cw_type_store_known(store, file, target_key);
	if (!target) {
		*ret_wanted = target_key;
		if (may_want)
			return NULL;
		target = store->unknown_type;
	}
	if (row->kind == CW_TYPE_ENUM)
		return compound_read(store, file, &die, key, row,
				     has_type ? target : NULL);
	return derived_read(store, file, &die, key, row, target);
}

/* A DIE that must be known before another. */
struct pending {
	struct cw_debug_file *file;
	uint64_t key;
};

static bool is_pending(const struct pending *chain, unsigned num,
		       const struct pending *wanted)
{
	for (unsigned i = 0; i < num; i++)
		if (chain[i].key == wanted->key &&
		    chain[i].file == wanted->file)
			return true;
	return false;
}

const struct cw_type *cw_reader_type(struct cw_type_store *store,
				     struct cw_debug_file *file, uint64_t key)
{
	struct pending chain[MAX_CHAIN];
	unsigned num = 1;
	const struct cw_type *type = cw_type_store_known(store, file, key);

	chain[0].file = cw_debug_file_at(file, &key);
	chain[0].key = key;
	/* Only structs and classes may lead back to themselves; they are known
	 * before their members are resolved.  Any other ring is damage. */
	while (!type) {
		struct pending *last = &chain[num - 1], wanted = {0};
		const struct cw_type *made = die_read(
			store, last->file, last->key, true, &wanted.key);
		if (!made)
			wanted.file = cw_debug_file_at(last->file, &wanted.key);
		if (!made &&
		    (num == MAX_CHAIN || is_pending(chain, num, &wanted))) {
			last->file->library.num_errors++;
			made = die_read(store, last->file, last->key, false,
					&wanted.key);
		}
		if (!made) {
			chain[num++] = wanted;
			continue;
		}
		if (made == store->unknown_type)
			store->num_unknown++;
		num--;
		cw_type_store_note(last->file, last->key, made);
		if (num == 0)
			type = made;
	}
	return type;
}

const struct cw_type *cw_reader_type_of(struct cw_type_store *store,
					struct cw_debug_file *file,
					const struct cw_die *die)
{
	uint64_t key;

	if (!cw_die_has(die, DW_AT_type))
		return store->void_type;
	if (!cw_die_reference(die, DW_AT_type, &key))
		return store->unknown_type;
	return cw_reader_type(store, file, key);
}

static unsigned tag_of_kind(enum cw_type_kind kind)
{
	for (size_t i = 0; i < cw_num_elements(tag_rows); i++)
		if (tag_rows[i].kind == kind)
			return tag_rows[i].tag;
	return 0;
}

const struct cw_type *cw_reader_complete(const struct cw_type *type)
{
	struct cw_type_record *record = (struct cw_type_record *)type;
	struct cw_type_store *store = record->store;

	if (!type->name || record->num_files_searched == store->files.num)
		return record->definition ? record->definition : type;
	record->num_files_searched = store->files.num;

	const struct cw_type *found = NULL;
	for (size_t i = 0; i < store->files.num; i++) {
		const struct cw_type *here =
			definition_find(store, store->files.items[i],
					type->name, tag_of_kind(type->kind));
		if (here && found && here != found)
			return type;
		if (here)
			found = here;
	}
	record->definition = found;
	return found ? found : type;
}
