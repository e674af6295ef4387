#include "dwarf/outline_walk.h"

#include "base/memory.h"
#include "dwarf/prototype.h"

enum {
	MAX_DEPTH = 4096,
};

void cw_outline_walk_init(struct cw_outline_walk *walk,
			  struct cw_function_reader *reader,
			  const struct cw_outline_visitor *visitor)
{
	*walk = (struct cw_outline_walk){.reader = reader, .visitor = visitor};
	cw_map_init(&walk->seen);
	cw_map_init(&walk->story_numbers);
}

void cw_outline_walk_deinit(struct cw_outline_walk *walk)
{
	cw_extract_plans_deinit(&walk->plans);
	cw_map_deinit(&walk->seen);
	cw_map_deinit(&walk->story_numbers);
	cw_array_deinit(&walk->stories);
	cw_array_deinit(&walk->levels);
	cw_array_deinit(&walk->later);
	cw_array_deinit(&walk->addresses);
	cw_array_deinit(&walk->ranges);
	cw_array_deinit(&walk->locals);
	cw_array_deinit(&walk->sorted);
	cw_array_deinit(&walk->places);
}

/* Locals of outer scopes first; the order is kept of those equally deep. */
static void locals_sort(struct cw_outline_walk *walk)
{
	cw_cleanup_free uint32_t *next =
		cw_alloc((walk->max_depth + 2) * sizeof(*next));

	cw_array_reserve(&walk->sorted, walk->locals.num);
	cw_array_foreach(local, &walk->locals) next[local->depth + 1]++;
	for (uint32_t i = 0; i <= walk->max_depth; i++)
		next[i + 1] += next[i];
	cw_array_foreach(local, &walk->locals)
		walk->sorted.items[next[local->depth]++] = *local;
}

/* The function whose DIEs are behind us. */
static struct cw_error *function_visit(struct cw_outline_walk *walk)
{
	const struct cw_outline_visitor *visitor = walk->visitor;
	struct cw_outline *outline = &walk->outline;
	const struct cw_outline_level *level =
		&walk->levels.items[walk->function_level];

	outline->locals = walk->locals.items;
	if (walk->max_depth) {
		locals_sort(walk);
		outline->locals = walk->sorted.items;
	}
	outline->num_locals = walk->locals.num;
	outline->places = walk->places.items;
	outline->ranges = walk->ranges.items + level->first_range;
	outline->num_ranges = level->num_ranges;
	return visitor->visit(visitor->context, outline);
}

/* Takes note of a function that others may be described by. */
static void declaration_note(struct cw_outline_walk *walk,
			     const struct cw_extract_plan *plan,
			     const struct cw_extract *function,
			     const struct cw_unit_code *code, uint64_t key)
{
	const char *name =
		code->linkage_name ? code->linkage_name : function->name;

	/* Without these, one of old C says nothing. */
	if (walk->unit->is_c && !plan->abbrev->has_children &&
	    !function->type && !(function->flags & CW_ENTRY_PROTOTYPED))
		return;
	if (name && function->flags & CW_ENTRY_EXTERNAL)
		cw_declaration_note(walk->reader, name, key);
}

/* Where the DIEs in a function are; one that is to be read has its ranges in
 * @level then. */
static enum cw_outline_place place_in(struct cw_outline_walk *walk,
				      const struct cw_unit_code *code,
				      struct cw_outline_level *level)
{
	uint64_t bias = walk->reader->module->bias;

	if (!cw_unit_code_is_there(code))
		return CW_OUTLINE_BESIDE;
	walk->addresses.num = 0;
	cw_code_ranges_read(walk->unit->head, code, &walk->addresses);
	if (walk->addresses.num == 0)
		return CW_OUTLINE_DROPPED;
	if (!walk->visitor)
		return CW_OUTLINE_BESIDE;
	uint32_t *is_seen = cw_map_place(&walk->seen,
					 walk->addresses.items[0].start, false);
	if (*is_seen)
		return CW_OUTLINE_BESIDE;
	*is_seen = true;
	walk->ranges.num = 0;
	cw_array_foreach(range, &walk->addresses) *
		cw_array_push(&walk->ranges) =
		(struct cw_code_range){range->start + bias, range->end + bias};
	level->has_ranges = true;
	level->num_ranges = walk->ranges.num;
	return CW_OUTLINE_INSIDE;
}

static void function_begin(struct cw_outline_walk *walk,
			   const struct cw_extract *function)
{
	walk->locals.num = walk->places.num = 0;
	walk->max_depth = 0;
	walk->function_level = walk->levels.num;
	walk->outline = (struct cw_outline){
		.module = walk->reader->module,
		.entry = walk->ranges.items[0].start,
	};
	if (function->value.kind == CW_VALUE_BYTES) {
		walk->outline.frame_base = function->value.bytes;
		walk->outline.frame_base_size = function->value.size;
	}
	cw_outline_result_read(walk, function);
}

/* Goes to the DIEs below the one whose values were read. */
static void level_enter(struct cw_outline_walk *walk,
			const struct cw_outline_level *level)
{
	if (walk->levels.num < MAX_DEPTH) {
		*cw_array_push(&walk->levels) = *level;
		return;
	}
	/* Its values are behind us: what is below has to be passed over. */
	walk->reader->scopes->units->num_too_deep++;
	walk->scan.cursor.at = level->values;
	cw_scan_skip(&walk->scan, level->plan->abbrev);
}

static struct cw_error *function_enter(struct cw_outline_walk *walk,
				       struct cw_outline_level *level,
				       uint64_t key)
{
	struct cw_extract function;
	struct cw_unit_code code = {0};

	cw_extract_read(&walk->plans, level->plan, &walk->scan.cursor,
			&function, &code);
	if (!walk->unit->is_noted)
		declaration_note(walk, level->plan, &function, &code, key);
	level->place = place_in(walk, &code, level);
	if (level->place == CW_OUTLINE_INSIDE && walk->levels.num < MAX_DEPTH) {
		function_begin(walk, &function);
		level_enter(walk, level);
		if (level->plan->abbrev->has_children)
			return NULL;
		struct cw_error *err = function_visit(walk);
		walk->levels.num--;
		return err;
	}
	if (level->plan->abbrev->has_children)
		level_enter(walk, level);
	return NULL;
}

static void local_visit(struct cw_outline_walk *walk,
			const struct cw_extract_plan *plan)
{
	const struct cw_outline_level *around =
		&walk->levels.items[walk->levels.num - 1];
	const unsigned char *values = walk->scan.cursor.at;
	struct cw_extract local;

	cw_extract_read(&walk->plans, plan, &walk->scan.cursor, &local, NULL);
	if (walk->scan.cursor.is_bad)
		return;
	cw_outline_local_add(walk, &local,
			     around->depth == 0 &&
				     plan->abbrev->tag ==
					     DW_TAG_formal_parameter);
	if (plan->abbrev->has_children) {
		walk->scan.cursor.at = values;
		cw_scan_skip(&walk->scan, plan->abbrev);
	}
}

/* Whether what is below such a DIE is of interest. */
static bool wants_below(enum cw_outline_place place, enum cw_extract_role role)
{
	switch (role) {
	case CW_EXTRACT_NAMESPACE:
		return place == CW_OUTLINE_OUTSIDE;
	case CW_EXTRACT_RECORD:
		/* Methods of local classes may be defined in place. */
		return place == CW_OUTLINE_BESIDE ||
		       place == CW_OUTLINE_DROPPED;
	case CW_EXTRACT_BLOCK:
	case CW_EXTRACT_INLINED:
		return place == CW_OUTLINE_INSIDE || place == CW_OUTLINE_BESIDE;
	case CW_EXTRACT_PACK:
		return place == CW_OUTLINE_INSIDE;
	default:
		return false;
	}
}

/* The next DIE, whose plan it is. */
static struct cw_error *die_visit(struct cw_outline_walk *walk,
				  const struct cw_extract_plan *plan,
				  uint64_t key)
{
	const struct cw_outline_level *around =
		&walk->levels.items[walk->levels.num - 1];
	enum cw_outline_place place = around->place;
	struct cw_outline_level level = {
		.place = place,
		.role = plan->role,
		.depth = around->depth,
		.plan = plan,
		.values = walk->scan.cursor.at,
	};

	if (plan->role == CW_EXTRACT_LOCAL && place == CW_OUTLINE_INSIDE) {
		local_visit(walk, plan);
		return NULL;
	}
	if (plan->role == CW_EXTRACT_FUNCTION &&
	    (place == CW_OUTLINE_OUTSIDE || place == CW_OUTLINE_BESIDE)) {
		level.depth = 0;
		return function_enter(walk, &level, key);
	}
	if (place == CW_OUTLINE_INSIDE && (plan->role == CW_EXTRACT_FUNCTION ||
					   plan->role == CW_EXTRACT_RECORD))
		*cw_array_push(&walk->later) = walk->unit->head->section + key;
	bool has_children = plan->abbrev->has_children;
	if (has_children && !wants_below(place, plan->role)) {
		cw_scan_skip(&walk->scan, plan->abbrev);
		return NULL;
	}
	if (plan->abbrev->size != CW_SIZE_VARIES)
		cw_cursor_bytes(&walk->scan.cursor, plan->abbrev->size);
	else
		cw_scan_values_skip(&walk->scan, plan->abbrev);
	if (!has_children)
		return NULL;
	if (plan->role == CW_EXTRACT_RECORD)
		level.place = CW_OUTLINE_BESIDE;
	if (plan->role != CW_EXTRACT_PACK)
		level.depth++;
	level_enter(walk, &level);
	return NULL;
}

static struct cw_error *level_leave(struct cw_outline_walk *walk)
{
	size_t last = walk->levels.num - 1;
	struct cw_error *err = NULL;

	if (walk->levels.items[last].place == CW_OUTLINE_INSIDE &&
	    last == walk->function_level)
		err = function_visit(walk);
	walk->levels.num = last;
	return err;
}

/* From the cursor on, to where the levels end that were entered. */
static struct cw_error *levels_walk(struct cw_outline_walk *walk, bool is_one)
{
	struct cw_cursor *cursor = &walk->scan.cursor;
	struct cw_error *err = NULL;

	while (walk->levels.num && cw_cursor_left(cursor) > 0 && !err) {
		uint64_t key = cw_scan_key(&walk->scan);
		const struct cw_extract_plan *plan =
			cw_extract_plan_next(&walk->plans, cursor);
		if (cursor->is_bad)
			break;
		err = plan ? die_visit(walk, plan, key) : level_leave(walk);
		if (is_one && walk->levels.num == 1)
			return err;
	}
	walk->unit->head->library->num_errors += cursor->is_bad;
	/* More are left when the file is damaged. */
	while (walk->levels.num && !err)
		err = level_leave(walk);
	return err;
}

static void levels_begin(struct cw_outline_walk *walk, const unsigned char *at,
			 enum cw_outline_place place)
{
	walk->levels.num = 0;
	*cw_array_push(&walk->levels) =
		(struct cw_outline_level){.place = place};
	walk->scan.cursor.at = at;
	walk->scan.cursor.is_bad = false;
	walk->function_level = SIZE_MAX;
}

struct cw_error *cw_outline_walk_unit(struct cw_outline_walk *walk,
				      struct cw_unit *unit)
{
	struct cw_library *library = &walk->reader->file->library;
	struct cw_die die, child;

	if (!cw_die_at(library, unit->key, &die))
		return NULL;
	unit->is_c = cw_language_is_c(unit->head->language);
	walk->unit = unit;
	if (!cw_die_child(&die, &child))
		return NULL;
	walk->scan = cw_die_scan(&child);
	cw_extract_plans_use(&walk->plans, die.unit);
	cw_map_clear(&walk->story_numbers);
	walk->stories.num = walk->later.num = 0;
	levels_begin(walk, walk->scan.cursor.at, CW_OUTLINE_OUTSIDE);
	struct cw_error *err = levels_walk(walk, false);
	for (size_t i = 0; i < walk->later.num && !err; i++) {
		levels_begin(walk, walk->later.items[i], CW_OUTLINE_BESIDE);
		err = levels_walk(walk, true);
	}
	unit->is_noted |= !err;
	return err;
}
