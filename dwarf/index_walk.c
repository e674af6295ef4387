#include "dwarf/index_walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "dwarf/address_list.h"
#include "dwarf/debug.h"
#include "dwarf/location.h"
#include "dwarf/scan.h"

enum {
	MAX_DEPTH = 64,
	NO_SCOPE = UINT32_MAX,
};

/* What encloses the DIEs that are being looked at. */
struct level {
	uint64_t key;
	const char *name;
	uint32_t scope; /* of the children; NO_SCOPE: made when needed */
	/* Where it was declared; NO_SCOPE: in what is around it. */
	uint32_t outer;
	uint64_t signed_type;
	unsigned tag;
};

struct walk {
	struct cw_index *index;
	struct cw_library *library;
	struct cw_unit_head head;
	struct cw_scan scan;
	struct cw_abbrev_table abbrevs;
	struct level levels[MAX_DEPTH];
	unsigned depth;
	uint64_t unit; /* key of its DIE */
	bool is_c;     /* nothing is nested in types */
};

/* The scope of the children of level @depth, with all around it. */
static uint32_t level_scope(struct walk *walk, unsigned depth)
{
	struct cw_index *index = walk->index;
	unsigned first = depth;

	while (walk->levels[first].scope == NO_SCOPE)
		first--;
	for (unsigned i = first + 1; i <= depth; i++) {
		struct level *level = &walk->levels[i];
		struct cw_scope scope = {
			.parent = level->outer != NO_SCOPE ? level->outer
							   : level[-1].scope,
			.signed_type = level->signed_type,
		};
		if (level->tag == DW_TAG_subprogram) {
			scope.function = level->key;
		} else {
			const char *prefix =
				cw_index_scope(index, scope.parent);
			const char *name = level->name;
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
static uint32_t type_scope(struct walk *walk,
			   const struct cw_scan_values *values, unsigned tag)
{
	if (values->specification && tag != DW_TAG_base_type &&
	    tag != DW_TAG_typedef) {
		const struct cw_index_entry *entry =
			cw_index_at(walk->index, values->specification);
		if (entry)
			return entry->scope;
	}
	return current_scope(walk);
}

static void type_visit(struct walk *walk, const struct cw_scan_values *values,
		       unsigned tag, uint64_t key)
{
	struct cw_index *index = walk->index;
	uint32_t scope = type_scope(walk, values, tag);
	struct cw_index_entry entry = {
		.key = key,
		.name = values->name,
		.scope = scope,
		.next = CW_NO_ENTRY,
		.tag = tag,
		.is_declaration = values->is_declaration,
	};

	if (entry.name)
		entry.hash =
			cw_index_hash(cw_index_scope(index, scope), entry.name);
	*cw_array_push(&index->entries) = entry;

	if (tag == DW_TAG_typedef && entry.name && values->type) {
		uint32_t order = index->typedefs.num;
		*cw_array_push(&index->typedefs) = (struct cw_index_typedef){
			values->type, entry.name, scope, order};
	}
}

static bool is_in_class(const struct walk *walk)
{
	unsigned tag = walk->levels[walk->depth - 1].tag;

	return tag == DW_TAG_class_type || tag == DW_TAG_structure_type ||
	       tag == DW_TAG_union_type;
}

static void variable_visit(struct walk *walk,
			   const struct cw_scan_values *values, uint64_t key)
{
	struct cw_index *index = walk->index;
	struct cw_location location;

	if (values->place && cw_location_read(&walk->head, values->place,
					      values->place_size, &location)) {
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
	    (values->is_declaration || values->is_external))
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

static void pieces_visit(struct walk *walk, uint64_t key)
{
	struct cw_address_list pieces = {0};
	struct cw_unit_entry entry = {0};
	struct cw_unit_code code = {0};
	struct cw_die die;

	if (!cw_die_at(walk->library, key, &die) ||
	    !cw_unit_entry_read(&die, &entry, &code))
		return;
	cw_code_ranges_read(&walk->head, &code, &pieces);
	cw_array_foreach(piece, &pieces)
		function_add(walk, key, piece->start, piece->end);
	cw_array_deinit(&pieces);
}

static void function_visit(struct walk *walk, const struct cw_abbrev *abbrev,
			   const struct cw_scan_values *values, uint64_t key)
{
	uint64_t high = values->high;

	if (abbrev->has_ranges) {
		pieces_visit(walk, key);
		return;
	}
	if (values->high_is_size)
		high += values->low;
	if (values->has_low && values->has_high && values->low != 0 &&
	    high > values->low)
		function_add(walk, key, values->low, high);
}

/* Takes note of the DIE; whether its children are of interest. */
static bool die_visit(struct walk *walk, const struct cw_abbrev *abbrev,
		      const struct cw_scan_values *values, uint64_t key)
{
	if (values->go_type)
		*cw_array_push(&walk->index->go_types) =
			(struct cw_index_go_type){values->go_type, key};
	switch (abbrev->tag) {
	case DW_TAG_base_type:
	case DW_TAG_unspecified_type:
	case DW_TAG_typedef:
	case DW_TAG_enumeration_type:
		type_visit(walk, values, abbrev->tag, key);
		return false;
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
	case DW_TAG_interface_type:
		type_visit(walk, values, abbrev->tag, key);
		return !walk->is_c;
	case DW_TAG_variable:
	case DW_TAG_member:
		variable_visit(walk, values, key);
		return false;
	case DW_TAG_subprogram:
		function_visit(walk, abbrev, values, key);
		return true;
	case DW_TAG_namespace:
	case DW_TAG_module:
	case DW_TAG_lexical_block:
	case DW_TAG_variant_part:
		return true;
	}
	return false;
}

/* Whether a DIE may be of interest; most are not even looked at. */
static bool is_wanted(const struct walk *walk, const struct cw_abbrev *abbrev)
{
	if (abbrev->has_go_type)
		return true;
	switch (abbrev->tag) {
	case DW_TAG_base_type:
	case DW_TAG_unspecified_type:
	case DW_TAG_typedef:
	case DW_TAG_enumeration_type:
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
	case DW_TAG_interface_type:
	case DW_TAG_namespace:
	case DW_TAG_module:
	case DW_TAG_lexical_block:
	case DW_TAG_variant_part:
		return true;
	case DW_TAG_member:
		return !walk->is_c &&
		       (abbrev->has_external || abbrev->has_declaration);
	case DW_TAG_variable:
		return abbrev->has_location || abbrev->has_external ||
		       abbrev->has_declaration;
	case DW_TAG_subprogram:
		/* Methods are declared in great numbers; a local class is in
		 * the definition, which may well be in the class too. */
		return !(abbrev->has_declaration && is_in_class(walk));
	}
	return false;
}

static void level_open(struct walk *walk, const struct cw_abbrev *abbrev,
		       const struct cw_scan_values *values, uint64_t key)
{
	bool is_transparent = abbrev->tag == DW_TAG_lexical_block ||
			      abbrev->tag == DW_TAG_variant_part;
	const struct cw_index_entry *declared =
		values->specification
			? cw_index_at(walk->index, values->specification)
			: NULL;
	struct level level = {
		.key = key,
		.name = values->name,
		.outer = declared ? declared->scope : NO_SCOPE,
		.signed_type = values->signed_type,
		.scope = is_transparent ? current_scope(walk) : NO_SCOPE,
		.tag = is_transparent ? walk->levels[walk->depth - 1].tag
				      : abbrev->tag,
	};

	walk->levels[walk->depth++] = level;
}

/* Looks at the next DIE; whether its children are to be looked at. */
static bool die_next(struct walk *walk, const struct cw_abbrev *abbrev,
		     uint64_t key, uint64_t *ret_sibling)
{
	struct cw_scan_values values;

	cw_scan_values_read(&walk->scan, abbrev, &values);
	*ret_sibling = values.sibling;
	if (walk->scan.cursor.is_bad ||
	    !die_visit(walk, abbrev, &values, key) || !abbrev->has_children)
		return false;
	if (walk->depth == MAX_DEPTH) {
		walk->index->num_too_deep++;
		return false;
	}
	level_open(walk, abbrev, &values, key);
	return true;
}

/* All DIEs below the unit's, which is level 0. */
static void unit_walk(struct walk *walk)
{
	struct cw_scan *scan = &walk->scan;
	uint64_t ignored = 0; /* levels below one that is of no interest */

	while (walk->depth > 0 && cw_cursor_left(&scan->cursor) > 0) {
		uint64_t key = cw_scan_key(scan), sibling = 0;
		const struct cw_abbrev *abbrev = cw_scan_abbrev(scan);
		bool is_looked_into = false;
		if (scan->cursor.is_bad)
			break;
		if (!abbrev) {
			if (ignored > 0)
				ignored--;
			else
				walk->depth--;
			continue;
		}
		if (ignored == 0 && is_wanted(walk, abbrev))
			is_looked_into = die_next(walk, abbrev, key, &sibling);
		else
			sibling = cw_scan_values_skip(scan, abbrev);
		if (scan->cursor.is_bad)
			break;
		if (abbrev->has_children && !is_looked_into &&
		    !cw_scan_go(scan, sibling))
			ignored++;
	}
	if (scan->cursor.is_bad)
		walk->library->num_errors++;
}

/* A unit that says that its debug info is elsewhere; or the one there. */
static void split_visit(struct walk *walk, const struct cw_scan_values *values)
{
	uint64_t id = values->split_id ? values->split_id : walk->head.id;

	if (walk->library->is_split) {
		if (!walk->head.is_type_unit)
			walk->index->split_id = id;
		return;
	}
	if (values->split_name)
		*cw_array_push(&walk->index->skeletons) =
			(struct cw_index_skeleton){
				.unit = walk->unit,
				.id = id,
				.name = values->split_name,
				.directory = values->directory,
				.address_base = walk->head.address_base,
			};
}

static void unit_visit(struct walk *walk)
{
	struct cw_scan_values values;

	walk->unit = walk->head.die | walk->head.key_flag;
	walk->index->num_units++;
	if (!cw_abbrev_table_read(&walk->abbrevs,
				  cw_head_abbrevs(walk->library),
				  walk->head.abbrevs, walk->head.format) ||
	    !cw_scan_init(&walk->scan, &walk->head, &walk->abbrevs, &values)) {
		walk->library->num_errors++;
		return;
	}
	walk->is_c = cw_language_is_c(walk->head.language);
	walk->levels[0] = (struct level){.key = walk->unit, .outer = NO_SCOPE};
	walk->depth = 1;
	split_visit(walk, &values);
	unit_walk(walk);
}

static struct cw_error *section_walk(struct walk *walk, bool is_info,
				     struct cw_progress *progress)
{
	const struct cw_section *section =
		cw_library_units(walk->library, is_info);
	struct cw_error *err = NULL;
	uint64_t offset = 0;

	if (!section)
		return NULL;
	cw_progress_begin(progress, "reading debug info", section->size);
	while (!err &&
	       cw_unit_head_read(&walk->head, walk->library, is_info, offset)) {
		if (!walk->head.is_bad)
			unit_visit(walk);
		offset = walk->head.end;
		err = cw_progress_step(progress, offset);
	}
	return err;
}

/* The types of type units are known before anything refers to them. */
static void signatures_note(struct cw_library *library)
{
	for (int is_info = 0; is_info < 2; is_info++) {
		struct cw_unit_head head;
		uint64_t offset = 0;
		while (cw_unit_head_read(&head, library, is_info, offset)) {
			if (head.is_type_unit && !head.is_bad)
				cw_library_note_signature(
					library, head.signature, head.type);
			offset = head.end;
		}
	}
}

struct cw_error *cw_index_walk(struct cw_index *index,
			       struct cw_progress *progress)
{
	cw_cleanup_free struct walk *walk = cw_alloc(sizeof(*walk));

	walk->index = index;
	walk->library = index->library;
	signatures_note(walk->library);
	struct cw_error *err = section_walk(walk, true, progress);
	if (!err)
		err = section_walk(walk, false, progress);
	cw_abbrev_table_deinit(&walk->abbrevs);
	return err;
}
