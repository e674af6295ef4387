#include "dwarf/outline_walk.h"

#include "base/memory.h"
#include "dwarf/entry_story.h"

static bool unit_has(const struct cw_unit *unit, uint64_t key)
{
	return key > unit->key && key < unit->head->end;
}

/* A function's or local's DIE in the unit; false: that key is of none. */
static bool here_read(struct cw_outline_walk *walk, uint64_t key,
		      struct cw_extract *ret)
{
	struct cw_cursor cursor = walk->scan.cursor;
	struct cw_unit_code code = {0};

	if (!unit_has(walk->unit, key))
		return false;
	cursor.at = walk->unit->head->section + key;
	const struct cw_extract_plan *plan =
		cw_extract_plan_next(&walk->plans, &cursor);
	if (!plan || (plan->role != CW_EXTRACT_LOCAL &&
		      plan->role != CW_EXTRACT_FUNCTION))
		return false;
	cw_extract_read(&walk->plans, plan, &cursor, ret, &code);
	return !cursor.is_bad;
}

static bool elsewhere_read(struct cw_outline_walk *walk, uint64_t key,
			   struct cw_extract *ret)
{
	const struct cw_unit_entry *entry =
		cw_units_entry(walk->reader->scopes->units, NULL, key);

	if (!entry)
		return false;
	*ret = (struct cw_extract){
		.type = entry->type,
		.origin = entry->origin,
		.flags = entry->flags,
	};
	return true;
}

static bool is_typed(const struct cw_extract *extract)
{
	return extract->type || extract->flags & CW_ENTRY_UNKNOWN_TYPE;
}

/*
 * What the DIE says together with those that it completes or is a copy of: the
 * first type that is said, and the last place of those in the unit.
 */
static void origins_add(struct cw_outline_walk *walk, uint64_t key,
			struct cw_extract *sum)
{
	for (int i = 1; i < CW_MAX_HOPS && key; i++) {
		struct cw_extract found;
		bool is_here = here_read(walk, key, &found);
		uint32_t not_taken = CW_ENTRY_UNKNOWN_TYPE | CW_ENTRY_CONSTANT;
		if (!is_here && !elsewhere_read(walk, key, &found))
			return;
		if (!is_typed(sum)) {
			sum->type = found.type;
			sum->flags |= found.flags & CW_ENTRY_UNKNOWN_TYPE;
		}
		sum->flags |= found.flags & ~not_taken;
		if (is_here) {
			sum->value = found.value;
			sum->flags &= ~CW_ENTRY_CONSTANT;
			sum->flags |= found.flags & CW_ENTRY_CONSTANT;
		}
		key = found.origin;
	}
}

/* The number of the story with that key; one that is new is all 0. */
static uint32_t story_place(struct cw_outline_walk *walk, uint64_t key,
			    bool *ret_is_new)
{
	uint32_t *number =
		cw_map_place(&walk->story_numbers, key, walk->stories.num);

	*ret_is_new = *number == walk->stories.num;
	if (*ret_is_new)
		*cw_array_push(&walk->stories) = (struct cw_outline_story){0};
	return *number;
}

/* What a type's key stands for. */
static uint32_t type_story(struct cw_outline_walk *walk, uint64_t key)
{
	const struct cw_function_reader *reader = walk->reader;
	bool is_new;
	uint32_t number = story_place(walk, key, &is_new);
	struct cw_outline_story *story = &walk->stories.items[number];

	if (!is_new)
		return number;
	story->type = cw_reader_type(cw_debug_types(reader->debug),
				     reader->file, key);
	story->is_wanted = walk->visitor->wants(story->type);
	return number;
}

/* Gives a story the type that was found. */
static void story_type_use(struct cw_outline_walk *walk,
			   const struct cw_extract *found,
			   struct cw_outline_story *story)
{
	if (found->type) {
		uint32_t number = type_story(walk, found->type);
		const struct cw_outline_story *of_type =
			&walk->stories.items[number];
		story->type = of_type->type;
		story->is_wanted = of_type->is_wanted;
	} else if (found->flags & CW_ENTRY_UNKNOWN_TYPE) {
		story->type = cw_debug_types(walk->reader->debug)->unknown_type;
		story->is_wanted = walk->visitor->wants(story->type);
	}
}

/* What a local says that others are copies of. */
static uint32_t origin_story(struct cw_outline_walk *walk, uint64_t key)
{
	struct cw_extract sum = {0};
	bool is_new;
	uint32_t number = story_place(walk, key, &is_new);

	if (!is_new)
		return number;
	origins_add(walk, key, &sum);
	struct cw_outline_story story = {
		.is_constant = sum.flags & CW_ENTRY_CONSTANT,
		.value = sum.value,
	};
	story_type_use(walk, &sum, &story);
	walk->stories.items[number] = story;
	return number;
}

static void ranges_read(struct cw_outline_walk *walk,
			struct cw_outline_level *level)
{
	uint64_t bias = walk->reader->module->bias;
	struct cw_cursor cursor = walk->scan.cursor;
	struct cw_unit_code code = {0};
	struct cw_extract extract;

	level->first_range = walk->ranges.num;
	cursor.at = level->values;
	cw_extract_read(&walk->plans, level->plan, &cursor, &extract, &code);
	walk->addresses.num = 0;
	cw_code_ranges_read(walk->unit->head, &code, &walk->addresses);
	cw_array_foreach(range, &walk->addresses) *
		cw_array_push(&walk->ranges) =
		(struct cw_code_range){range->start + bias, range->end + bias};
	level->num_ranges = walk->ranges.num - level->first_range;
}

/* The last level with its ranges: its own, or of a block that says nothing of
 * its code those of what is around it. */
static const struct cw_outline_level *ranges_need(struct cw_outline_walk *walk)
{
	size_t last = walk->levels.num - 1, around = last;
	struct cw_outline_level *all = walk->levels.items;

	for (;;) {
		if (!all[around].has_ranges)
			ranges_read(walk, &all[around]);
		all[around].has_ranges = true;
		if (all[around].num_ranges || around == walk->function_level ||
		    all[around].role == CW_EXTRACT_INLINED)
			break;
		around--;
	}
	all[last].first_range = all[around].first_range;
	all[last].num_ranges = all[around].num_ranges;
	return &all[last];
}

static void places_read(struct cw_outline_walk *walk,
			const struct cw_value *value)
{
	const unsigned char *expression;
	uint32_t size;

	if (!cw_local_places_read(walk->unit->head, value,
				  walk->reader->module->bias, &walk->addresses,
				  &walk->places, &expression, &size))
		return;
	/* Last, since it is for where the others are not. */
	const struct cw_outline_level *level = ranges_need(walk);
	cw_local_places_add(&walk->places,
			    walk->ranges.items + level->first_range,
			    level->num_ranges, expression, size);
}

void cw_outline_local_add(struct cw_outline_walk *walk,
			  const struct cw_extract *extract, bool is_parameter)
{
	struct cw_outline_story story = {0};

	if (extract->flags & CW_ENTRY_DECLARATION)
		return;
	if (extract->origin) {
		uint32_t number = origin_story(walk, extract->origin);
		story = walk->stories.items[number];
	}
	story_type_use(walk, extract, &story);
	if (!story.is_wanted && !is_parameter)
		return;
	if (extract->value.kind != CW_VALUE_NONE) {
		story.value = extract->value;
		story.is_constant = extract->flags & CW_ENTRY_CONSTANT;
	}
	struct cw_outline_local local = {
		.type = story.type ? story.type
				   : cw_debug_types(walk->reader->debug)
					     ->unknown_type,
		.first_place = walk->places.num,
		.depth = walk->levels.items[walk->levels.num - 1].depth,
		.is_parameter = is_parameter,
	};
	if (!story.is_constant && story.value.kind != CW_VALUE_NONE)
		places_read(walk, &story.value);
	local.num_places = walk->places.num - local.first_place;
	*cw_array_push(&walk->locals) = local;
	if (walk->max_depth < local.depth)
		walk->max_depth = local.depth;
}

void cw_outline_result_read(struct cw_outline_walk *walk,
			    const struct cw_extract *function)
{
	struct cw_extract sum = *function;
	struct cw_outline_story story = {0};

	origins_add(walk, function->origin, &sum);
	story_type_use(walk, &sum, &story);
	walk->outline.return_type = story.type;
	walk->outline.is_noreturn = sum.flags & CW_ENTRY_NORETURN;
}
