#include "dwarf/index_walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "dwarf/address_list.h"
#include "dwarf/debug.h"
#include "dwarf/location.h"

enum {
	MAX_DEPTH = 64,
	NO_SCOPE = UINT32_MAX,
};

/* What encloses the DIEs that are being looked at. */
struct level {
	Dwarf_Die die;
	uint64_t key;
	uint32_t scope; /* of the children; NO_SCOPE: made when needed */
	unsigned tag;
};

struct walk {
	struct cw_index *index;
	struct cw_library *library;
	struct level levels[MAX_DEPTH];
	unsigned depth;
	uint64_t last_key; /* DIEs come in order, or the file is damaged */
	uint64_t unit;
	bool is_c; /* nothing is nested in types */
};

static void level_close(struct walk *walk)
{
	cw_die_free(walk->levels[--walk->depth].die);
}

/* The scope of the children of level @depth, with all around it. */
static uint32_t level_scope(struct walk *walk, unsigned depth)
{
	struct cw_index *index = walk->index;
	unsigned first = depth;

	while (walk->levels[first].scope == NO_SCOPE)
		first--;
	for (unsigned i = first + 1; i <= depth; i++) {
		struct level *level = &walk->levels[i];
		struct cw_scope scope = {.parent = level[-1].scope};
		if (level->tag == DW_TAG_subprogram) {
			scope.function = level->key;
		} else {
			const char *prefix =
				cw_index_scope(index, scope.parent);
			const char *name =
				cw_die_name(walk->library, level->die);
			if (!name)
				name = level->tag == DW_TAG_namespace
					       ? "(anonymous namespace)"
					       : "(anonymous)";
			scope.name = prefix[0] ? cw_arena_format(index->arena,
								 "%s::%s",
								 prefix, name)
					       : name;
		}
		level->scope = index->scopes.num;
		*cw_array_push(&index->scopes) = scope;
	}
	return walk->levels[depth].scope;
}

static uint32_t current_scope(struct walk *walk)
{
	return level_scope(walk, walk->depth - 1);
}

/*
 * A class that is defined outside of what it was declared in has the scope of
 * the declaration.
 */
static uint32_t type_scope(struct walk *walk, Dwarf_Die die, unsigned tag)
{
	uint64_t declared;

	if (!walk->is_c && tag != DW_TAG_base_type && tag != DW_TAG_typedef &&
	    cw_die_reference(walk->library, die, DW_AT_specification,
			     &declared)) {
		const struct cw_index_entry *entry =
			cw_index_at(walk->index, declared);
		if (entry)
			return entry->scope;
	}
	return current_scope(walk);
}

static void type_visit(struct walk *walk, Dwarf_Die die, unsigned tag,
		       uint64_t key)
{
	struct cw_index *index = walk->index;
	uint32_t scope = type_scope(walk, die, tag);
	struct cw_index_entry entry = {
		.key = key,
		.name = cw_die_name(walk->library, die),
		.scope = scope,
		.next = CW_NO_ENTRY,
		.tag = tag,
	};

	if (tag != DW_TAG_base_type && tag != DW_TAG_typedef)
		entry.is_declaration =
			cw_die_flag(walk->library, die, DW_AT_declaration);
	if (entry.name)
		entry.hash =
			cw_index_hash(cw_index_scope(index, scope), entry.name);
	*cw_array_push(&index->entries) = entry;

	uint64_t target;
	if (tag == DW_TAG_typedef && entry.name &&
	    cw_die_reference(walk->library, die, DW_AT_type, &target)) {
		uint32_t order = index->typedefs.num;
		*cw_array_push(&index->typedefs) = (struct cw_index_typedef){
			target, entry.name, scope, order};
	}
}

static bool is_in_class(const struct walk *walk)
{
	unsigned tag = walk->levels[walk->depth - 1].tag;

	return tag == DW_TAG_class_type || tag == DW_TAG_structure_type ||
	       tag == DW_TAG_union_type;
}

static void variable_visit(struct walk *walk, Dwarf_Die die, uint64_t key)
{
	struct cw_index *index = walk->index;
	struct cw_location location;

	if (cw_location_read(walk->library, die, &location)) {
		*cw_array_push(&index->variables) = (struct cw_index_variable){
			.key = key,
			.address = location.address,
			.scope = current_scope(walk),
			.is_tls = location.is_tls,
			.is_split = location.is_split,
		};
		return;
	}
	if ((walk->levels[walk->depth - 1].tag == DW_TAG_namespace ||
	     is_in_class(walk)) &&
	    (cw_die_flag(walk->library, die, DW_AT_declaration) ||
	     cw_die_flag(walk->library, die, DW_AT_external)))
		*cw_array_push(&index->declared) =
			(struct cw_index_pair){key, current_scope(walk)};
}

/* The code of most is one piece; what is seldom run may be elsewhere. */
static void function_add(struct walk *walk, uint64_t key, uint64_t low,
			 uint64_t high)
{
	*cw_array_push(&walk->index->functions) = (struct cw_index_function){
		.low = low,
		.high = high,
		.key = key,
		.unit = walk->unit,
		.scope = current_scope(walk),
	};
}

static void function_visit(struct walk *walk, Dwarf_Die die, uint64_t key)
{
	struct cw_address_list pieces = {0};
	struct cw_unit_entry entry = {0};
	struct cw_unit_code code = {0};
	struct cw_unit unit;
	uint64_t low, high;

	if (!cw_die_has(walk->library, die, DW_AT_ranges)) {
		if (cw_die_has(walk->library, die, DW_AT_low_pc) &&
		    cw_die_range(walk->library, die, &low, &high) && low != 0)
			function_add(walk, key, low, high);
		return;
	}
	if (!cw_unit_read(walk->library, walk->levels[0].die, &unit) ||
	    !cw_unit_entry_read(walk->library, die, &entry, &code))
		return;
	cw_code_ranges_read(&unit, &code, &pieces);
	cw_array_foreach(piece, &pieces)
		function_add(walk, key, piece->start, piece->end);
	cw_array_deinit(&pieces);
}

/* Takes note of the DIE; whether its children are of interest. */
static bool die_visit(struct walk *walk, Dwarf_Die die, unsigned tag,
		      uint64_t key)
{
	switch (tag) {
	case DW_TAG_base_type:
	case DW_TAG_unspecified_type:
	case DW_TAG_typedef:
	case DW_TAG_enumeration_type:
		type_visit(walk, die, tag, key);
		return false;
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
	case DW_TAG_interface_type:
		type_visit(walk, die, tag, key);
		return !walk->is_c;
	case DW_TAG_variable:
	case DW_TAG_member:
		variable_visit(walk, die, key);
		return false;
	case DW_TAG_subprogram:
		/* Methods are declared in great numbers; a local class is in
		 * the definition, which may well be in the class too. */
		if (is_in_class(walk) &&
		    cw_die_flag(walk->library, die, DW_AT_declaration))
			return false;
		function_visit(walk, die, key);
		return true;
	case DW_TAG_namespace:
	case DW_TAG_module:
	case DW_TAG_lexical_block:
	case DW_TAG_variant_part:
		return true;
	}
	return false;
}

/* Members that are not static are the most numerous: not even looked at. */
static bool is_passed_over(const struct walk *walk, unsigned tag)
{
	return tag == DW_TAG_member && walk->is_c;
}

/* Opens the children of @die, which it takes. */
static bool children_open(struct walk *walk, Dwarf_Die die, unsigned tag,
			  uint64_t key, Dwarf_Die *ret)
{
	if (walk->depth == MAX_DEPTH) {
		walk->index->num_too_deep++;
		return false;
	}
	if (!cw_die_child(walk->library, die, ret))
		return false;

	bool is_transparent =
		tag == DW_TAG_lexical_block || tag == DW_TAG_variant_part;
	walk->levels[walk->depth] = (struct level){
		.die = die,
		.key = key,
		.scope = is_transparent ? current_scope(walk) : NO_SCOPE,
		.tag = is_transparent ? walk->levels[walk->depth - 1].tag : tag,
	};
	walk->depth++;
	return true;
}

/* All DIEs below the unit's, which is level 0. */
static void unit_walk(struct walk *walk)
{
	Dwarf_Die die;

	if (!cw_die_child(walk->library, walk->levels[0].die, &die))
		return;
	for (;;) {
		uint64_t key = cw_die_key(die);
		unsigned tag = cw_die_tag(die);
		Dwarf_Die child;

		if (key <= walk->last_key) {
			walk->library->num_errors++;
			cw_die_free(die);
			return;
		}
		walk->last_key = key;
		if (!is_passed_over(walk, tag) &&
		    die_visit(walk, die, tag, key) &&
		    children_open(walk, die, tag, key, &child)) {
			die = child;
			continue;
		}
		while (!cw_die_next(walk->library, &die)) {
			if (walk->depth == 1)
				return;
			die = walk->levels[--walk->depth].die;
		}
	}
}

static bool language_is_c(struct cw_library *library, Dwarf_Die unit)
{
	static const unsigned c_languages[] = {
		DW_LANG_C89, DW_LANG_C, DW_LANG_C99, DW_LANG_C11, 0x2c /* C17 */
	};
	uint64_t language = 0;

	cw_die_number(library, unit, DW_AT_language, &language);
	for (size_t i = 0; i < cw_num_elements(c_languages); i++)
		if (language == c_languages[i])
			return true;
	return false;
}

/* Unit @die says that its debug info is elsewhere. */
static void skeleton_visit(struct walk *walk, Dwarf_Die die, uint64_t key)
{
	struct cw_library *library = walk->library;
	struct cw_index_skeleton skeleton = {
		.unit = key,
		.id = library->unit_id,
		.name = cw_die_string(library, die, DW_AT_dwo_name),
		.directory = cw_die_string(library, die, DW_AT_comp_dir),
	};

	if (!skeleton.name)
		skeleton.name = cw_die_string(library, die, DW_AT_GNU_dwo_name);
	if (!skeleton.name)
		return;
	cw_die_number(library, die, DW_AT_GNU_dwo_id, &skeleton.id);
	if (!cw_die_offset(library, die, DW_AT_addr_base,
			   &skeleton.address_base))
		cw_die_offset(library, die, DW_AT_GNU_addr_base,
			      &skeleton.address_base);
	*cw_array_push(&walk->index->skeletons) = skeleton;
}

/* Of a .dwo file, whose type units have other ids. */
static void split_id_note(struct walk *walk, Dwarf_Die die)
{
	uint64_t id = walk->library->unit_id;

	if (cw_die_tag(die) != DW_TAG_compile_unit)
		return;
	cw_die_number(walk->library, die, DW_AT_GNU_dwo_id, &id);
	walk->index->split_id = id;
}

static struct cw_error *section_walk(struct walk *walk, bool is_info,
				     struct cw_progress *progress)
{
	struct cw_index *index = walk->index;
	const struct cw_section *section =
		cw_library_units(walk->library, is_info);
	struct cw_error *err = NULL;
	Dwarf_Die die;

	if (!section)
		return NULL;
	cw_progress_begin(progress, "reading debug info", section->size);
	walk->last_key = is_info ? 0 : CW_KEY_TYPES;
	while (cw_library_next_unit(walk->library, is_info, &die)) {
		uint64_t key = cw_die_key(die);
		if (key <= walk->last_key) {
			walk->library->num_errors++;
			cw_die_free(die);
			break;
		}
		walk->last_key = key;
		walk->unit = key;
		walk->is_c = language_is_c(walk->library, die);
		walk->levels[0] = (struct level){.die = die, .key = key};
		walk->depth = 1;
		index->num_units++;
		if (walk->library->is_split)
			split_id_note(walk, die);
		else
			skeleton_visit(walk, die, key);
		unit_walk(walk);
		while (walk->depth > 0)
			level_close(walk);
		if (!err)
			err = cw_progress_step(progress, key & ~CW_KEY_TYPES);
		if (err)
			break;
	}
	return err;
}

struct cw_error *cw_index_walk(struct cw_index *index,
			       struct cw_progress *progress)
{
	cw_cleanup_free struct walk *walk = cw_alloc(sizeof(*walk));

	walk->index = index;
	walk->library = index->library;
	cw_library_note_signatures(walk->library);
	struct cw_error *err = section_walk(walk, true, progress);
	if (!err)
		err = section_walk(walk, false, progress);
	return err;
}
