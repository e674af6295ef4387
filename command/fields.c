#include "command/fields.h"

#include <inttypes.h>
#include <string.h>

#include "object/value.h"
#include "object/virtual_base.h"

/* Members in members deeper than this are shown as a whole. */
#define MAX_DEPTH 12

/* Virtual bases of one object that are shown, each once. */
#define MAX_VIRTUAL_BASES 16

/* Elements of an array in an object that are shown. */
#define MAX_ELEMENTS 8

/* An object whose members are being walked. */
struct level {
	const struct cw_type *type; /* stripped: aggregate or array */
	uint64_t offset;
	size_t next;	    /* member or element */
	size_t name_length; /* of the path to the object */
	/* What its rule finds in it. */
	size_t next_part, end_part;
};

struct walk {
	struct cw_part_visitor visitor;
	const struct cw_name_context *context;
	cw_addr address; /* of the block */
	CW_ARRAY(struct cw_part) parts;
	struct level levels[MAX_DEPTH];
	unsigned depth;
	struct cw_text name;
	uint64_t num, max;
	cw_addr bases[MAX_VIRTUAL_BASES]; /* that were visited */
	unsigned num_bases;
	void (*each)(void *context, const struct cw_field *field);
	void *each_context;
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
		walk->each(walk->each_context, &field);
}

static bool is_text(const struct cw_type *array)
{
	const struct cw_type *element = cw_type_strip(array->target);

	return element->kind == CW_TYPE_BASE &&
	       element->encoding == CW_ENCODING_CHAR;
}

static bool has_inside(const struct cw_type *type)
{
	if (type->kind == CW_TYPE_ARRAY)
		return type->target && type->count > 0 && !is_text(type);
	return cw_type_is_aggregate(type);
}

/* A part in the object itself, up to as many elements as arrays show. */
static void part_add(struct cw_part_visitor *visitor,
		     const struct cw_part *part)
{
	struct walk *walk = (struct walk *)visitor;
	const struct level *level = &walk->levels[walk->depth - 1];
	cw_addr start = walk->address + level->offset;

	if (part->slot || !part->type || part->kind != CW_PART_OBJECTS ||
	    part->address < start || part->address - start >= level->type->size)
		return;
	uint64_t stride =
		part->stride ? part->stride : cw_type_strip(part->type)->size;
	for (uint64_t i = 0; i < part->count && i < MAX_ELEMENTS; i++) {
		struct cw_part one = *part;
		one.address += i * stride;
		one.first_index += i;
		*cw_array_push(&walk->parts) = one;
	}
}

static void find_parts(struct walk *walk)
{
	struct level *level = &walk->levels[walk->depth - 1];
	struct cw_rules *rules = walk->context->rules;

	level->next_part = level->end_part = walk->parts.num;
	if (!rules || !cw_type_is_aggregate(level->type))
		return;
	const struct cw_found_rule *found = cw_rules_find(rules, level->type);
	struct cw_object object = {
		.type = level->type,
		.address = walk->address + level->offset,
	};
	object.bytes = cw_target_bytes(walk->context->target, object.address,
				       level->type->size);
	if (!found || !object.bytes)
		return;
	found->rule->visit(&rules->context, found->plan, &object,
			   &walk->visitor);
	level->end_part = walk->parts.num;
}

/* Whether the object can be said in a few words. */
static bool has_words(const struct walk *walk, const struct cw_type *type,
		      uint64_t offset)
{
	cw_cleanup_text struct cw_text text = {0};

	return cw_value_add_object(walk->context, type, walk->address + offset,
				   &text);
}

/* One part of the innermost object: emitted, or entered. */
static void visit(struct walk *walk, const struct cw_type *type,
		  uint64_t offset, const struct cw_member *member)
{
	const struct cw_type *stripped = cw_type_strip(type);
	bool is_said = has_words(walk, stripped, offset);

	if (is_said || walk->depth == MAX_DEPTH || !has_inside(stripped))
		emit(walk, type, offset, member);
	/* What the block itself is has its members shown as well. */
	if ((is_said && walk->depth > 0) || walk->depth == MAX_DEPTH ||
	    !has_inside(stripped))
		return;
	walk->levels[walk->depth++] = (struct level){
		.type = stripped,
		.offset = offset,
		.name_length = walk->name.length,
	};
	find_parts(walk);

	const struct cw_member *members;
	const struct level *level = &walk->levels[walk->depth - 1];
	if (is_said || stripped->kind == CW_TYPE_ARRAY ||
	    level->next_part < level->end_part ||
	    cw_type_members(stripped, &members) > 0)
		return;
	walk->depth--;
	emit(walk, type, offset, member);
}

static void set_name(struct walk *walk, size_t length)
{
	walk->name.length = length;
	if (walk->name.chars)
		walk->name.chars[length] = '\0';
}

static bool step_element(struct walk *walk, struct level *level)
{
	const struct cw_type *element = level->type->target;

	if (level->next >= level->type->count || level->next >= MAX_ELEMENTS)
		return false;
	uint64_t i = level->next++;
	cw_text_addf(&walk->name, "[%" PRIu64 "]", i);
	visit(walk, element, level->offset + i * cw_type_strip(element)->size,
	      NULL);
	return true;
}

/* Storage that the rule says the content of, and bases without members. */
static bool is_hidden(const struct walk *walk, const struct level *level,
		      const struct cw_member *member)
{
	const struct cw_type *type = cw_type_strip(member->type);
	const struct cw_member *inner;
	cw_addr start = walk->address + level->offset + member->offset;

	if (member->is_base && cw_type_members(type, &inner) == 0)
		return true;
	for (size_t i = level->next_part; i < level->end_part; i++) {
		const struct cw_part *part = &walk->parts.items[i];
		if (part->address >= start &&
		    part->address - start < type->size &&
		    type->size <= cw_type_strip(part->type)->size + 8)
			return true;
	}
	return false;
}

static bool step_part(struct walk *walk, struct level *level)
{
	if (level->next_part >= level->end_part)
		return false;
	const struct cw_part part = walk->parts.items[level->next_part++];
	if (part.label)
		cw_text_addf(&walk->name, ".%s", part.label);
	if (part.is_element && part.count > 1)
		cw_text_addf(&walk->name, "[%" PRIu64 "]", part.first_index);
	visit(walk, part.type, part.address - walk->address, NULL);
	return true;
}

static void visit_virtual_base(struct walk *walk, const struct level *level,
			       const struct cw_member *member)
{
	cw_addr address;

	if (walk->num_bases == MAX_VIRTUAL_BASES ||
	    !cw_virtual_base_find(walk->context->target, member,
				  walk->address + level->offset, &address))
		return;
	for (unsigned i = 0; i < walk->num_bases; i++)
		if (walk->bases[i] == address)
			return;
	walk->bases[walk->num_bases++] = address;
	visit(walk, member->type, address - walk->address, member);
}

/* The next thing in the innermost object; false: it has no more. */
static bool step(struct walk *walk)
{
	struct level *level = &walk->levels[walk->depth - 1];

	set_name(walk, level->name_length);
	if (level->type->kind == CW_TYPE_ARRAY)
		return step_element(walk, level);

	const struct cw_member *members;
	size_t num = cw_type_members(level->type, &members);
	if (level->next >= num)
		return step_part(walk, level);
	const struct cw_member *member = &members[level->next++];
	if (member->is_virtual_base) {
		visit_virtual_base(walk, level, member);
		return true;
	}
	if (is_hidden(walk, level, member))
		return true;
	if (member->name && !member->is_base)
		cw_text_addf(&walk->name, ".%s", member->name);
	visit(walk, member->type, level->offset + member->offset, member);
	return true;
}

uint64_t cw_fields_walk(const struct cw_name_context *context,
			const struct cw_type *type, cw_addr address,
			uint64_t offset, uint64_t max,
			void (*each)(void *context,
				     const struct cw_field *field),
			void *each_context)
{
	struct walk walk = {
		.visitor.part = part_add,
		.context = context,
		.address = address,
		.max = max,
		.each = each,
		.each_context = each_context,
	};

	visit(&walk, type, offset, NULL);
	while (walk.depth > 0)
		if (walk.num >= max || !step(&walk))
			walk.depth--;
	cw_text_deinit(&walk.name);
	cw_array_deinit(&walk.parts);
	return walk.num;
}
