#include "command/fields.h"

#include <inttypes.h>
#include <string.h>

/* Members in members deeper than this are shown as a whole. */
#define MAX_DEPTH 12

/* Elements of an array in an object that are shown. */
#define MAX_ELEMENTS 8

/* An object whose members are being walked. */
struct level {
	const struct cw_type *type; /* stripped: aggregate or array */
	uint64_t offset;
	size_t next;	    /* member or element */
	size_t name_length; /* of the path to the object */
};

struct walk {
	struct level levels[MAX_DEPTH];
	unsigned depth;
	struct cw_text name;
	uint64_t num, max;
	void (*each)(void *context, const struct cw_field *field);
	void *context;
};

static void emit(struct walk *walk, const struct cw_type *type, uint64_t offset,
		 const struct cw_member *member)
{
	const char *name = walk->name.length ? walk->name.chars : "";
	struct cw_field field = {
		.offset = offset,
		.name = name[0] == '.' ? name + 1 : name,
		.type = type,
		.member = member,
	};

	if (walk->num++ < walk->max)
		walk->each(walk->context, &field);
}

static bool is_text(const struct cw_type *array)
{
	const struct cw_type *element = cw_type_strip(array->target);

	return element->kind == CW_TYPE_BASE &&
	       element->encoding == CW_ENCODING_CHAR;
}

static bool has_parts(const struct cw_type *type)
{
	if (type->kind == CW_TYPE_ARRAY)
		return type->target && type->count > 0 && !is_text(type);
	const struct cw_member *members;
	return cw_type_is_aggregate(type) &&
	       cw_type_members(type, &members) > 0;
}

/* One part of the innermost object: emitted, or entered. */
static void visit(struct walk *walk, const struct cw_type *type,
		  uint64_t offset, const struct cw_member *member)
{
	const struct cw_type *stripped = cw_type_strip(type);

	if (walk->depth < MAX_DEPTH && has_parts(stripped))
		walk->levels[walk->depth++] = (struct level){
			.type = stripped,
			.offset = offset,
			.name_length = walk->name.length,
		};
	else
		emit(walk, type, offset, member);
}

static void set_name(struct walk *walk, size_t length)
{
	walk->name.length = length;
	if (walk->name.chars)
		walk->name.chars[length] = '\0';
}

/* The next part of the innermost object; false: it has no more. */
static bool step(struct walk *walk)
{
	struct level *level = &walk->levels[walk->depth - 1];

	set_name(walk, level->name_length);
	if (level->type->kind == CW_TYPE_ARRAY) {
		const struct cw_type *element = level->type->target;
		if (level->next >= level->type->count ||
		    level->next >= MAX_ELEMENTS)
			return false;
		uint64_t i = level->next++;
		cw_text_addf(&walk->name, "[%" PRIu64 "]", i);
		visit(walk, element,
		      level->offset + i * cw_type_strip(element)->size, NULL);
		return true;
	}
	const struct cw_member *members;
	size_t num = cw_type_members(level->type, &members);
	if (level->next >= num)
		return false;
	const struct cw_member *member = &members[level->next++];
	if (member->is_virtual_base)
		return true;
	if (member->name && !member->is_base)
		cw_text_addf(&walk->name, ".%s", member->name);
	visit(walk, member->type, level->offset + member->offset, member);
	return true;
}

uint64_t
cw_fields_walk(const struct cw_type *type, uint64_t offset, uint64_t max,
	       void (*each)(void *context, const struct cw_field *field),
	       void *context)
{
	struct walk walk = {.max = max, .each = each, .context = context};

	visit(&walk, type, offset, NULL);
	while (walk.depth > 0)
		if (walk.num >= max || !step(&walk))
			walk.depth--;
	cw_text_deinit(&walk.name);
	return walk.num;
}
