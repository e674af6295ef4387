#include "object/field_path.h"

#include <inttypes.h>

#include "object/lock_type.h"
#include "object/value.h"
#include "object/virtual_base.h"

enum {
	/* Members within members: types are input. */
	MAX_DEPTH = 64,
};

/* A place in an object: the innermost part of it that is there. */
struct place {
	const struct cw_type *type;
	const struct cw_type *declared; /* with the names that typedefs give */
	uint64_t offset;		/* into the type */
	bool is_known; /* false: padding, or beyond what the type says */
};

static void index_add(struct cw_text *text, uint64_t index)
{
	cw_text_addf(text, "[%" PRIu64 "]", index);
}

static void offset_add(struct cw_text *text, uint64_t offset)
{
	cw_text_addf(text, "+0x%" PRIx64, offset);
}

/* A class without data, such as std::allocator: as a base it takes no room. */
static bool is_empty(const struct cw_type *type)
{
	for (unsigned depth = 0; depth < MAX_DEPTH; depth++) {
		const struct cw_member *members;
		if (type->size != 1 || !cw_type_is_aggregate(type))
			return false;

		size_t num = cw_type_members(type, &members);
		if (num == 0)
			return true;
		if (num > 1 || !members[0].is_base)
			return false;
		type = cw_type_strip(members[0].type);
		if (!type)
			return false;
	}
	return false;
}

/*
 * The member that holds @offset: of several the one that begins last (a base
 * seems to have the virtual bases that the object has elsewhere), and of these
 * (a union) the first.
 */
static const struct cw_member *member_at(const struct cw_type *type,
					 uint64_t offset)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);
	const struct cw_member *flexible = NULL, *last = NULL;

	for (size_t i = 0; i < num; i++) {
		const struct cw_type *inner = cw_type_strip(members[i].type);
		if (!inner || members[i].is_virtual_base ||
		    offset < members[i].offset)
			continue;
		if (members[i].is_base && is_empty(inner))
			continue;
		if (offset - members[i].offset < inner->size &&
		    (!last || members[i].offset > last->offset))
			last = &members[i];
		if (inner->kind == CW_TYPE_ARRAY && inner->count == 0 &&
		    i == num - 1)
			flexible = &members[i];
	}
	return last ? last : flexible;
}

/* One step inwards; false: this is the innermost. */
static bool place_enter(struct place *place, struct cw_text *text)
{
	const struct cw_type *type = place->type;

	if (type->kind == CW_TYPE_ARRAY) {
		const struct cw_type *element = cw_type_strip(type->target);
		if (!element || element->size == 0)
			return false;
		if (text)
			index_add(text, place->offset / element->size);
		place->offset %= element->size;
		place->type = element;
		place->declared = type->target;
		return true;
	}
	if (!cw_type_is_aggregate(type))
		return false;

	const struct cw_member *member = member_at(type, place->offset);
	if (!member) {
		place->is_known = false;
		return false;
	}
	if (text && member->name)
		cw_text_addf(text, ".%s", member->name);
	place->offset -= member->offset;
	place->type = cw_type_strip(member->type);
	place->declared = member->type;
	return true;
}

/* Adds the path of what is at @offset of @type, within its size. */
static struct place place_find(const struct cw_type *type, uint64_t offset,
			       struct cw_text *text)
{
	struct place place = {
		.type = cw_type_strip(type),
		.offset = offset,
		.is_known = true,
	};

	for (unsigned depth = 0; depth < MAX_DEPTH; depth++)
		if (!place_enter(&place, text))
			break;
	return place;
}

const struct cw_type *cw_type_scalar_at(const struct cw_type *type,
					uint64_t offset)
{
	type = cw_type_strip(type);
	if (!type || type->size == 0 || offset >= type->size)
		return NULL;

	struct place place = place_find(type, offset, NULL);
	if (!place.is_known || place.offset != 0 ||
	    cw_type_is_aggregate(place.type) ||
	    place.type->kind == CW_TYPE_ARRAY)
		return NULL;
	return place.type;
}

static bool has_flexible_end(const struct cw_type *type)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	if (num == 0)
		return false;
	const struct cw_type *last = cw_type_strip(members[num - 1].type);
	return last && last->kind == CW_TYPE_ARRAY && last->count == 0;
}

/* A place in an object in memory, looked for among the parts of a library's
 * object. */
struct part_search {
	struct cw_part_visitor visitor;
	bool wants_element; /* any one in the object, not the place's */
	cw_addr address;    /* of the place */
	struct cw_part part;
	bool is_found;
	bool is_link; /* the place is the word that refers to the part */
};

static void part_check(struct cw_part_visitor *visitor,
		       const struct cw_part *part)
{
	struct part_search *search = (struct part_search *)visitor;
	uint64_t stride = part->stride;

	if (search->is_found)
		return;
	if (search->wants_element) {
		search->is_found = !part->slot && part->type &&
				   (part->is_element || part->is_map_entry);
	} else if (part->slot) {
		search->is_found = search->is_link =
			part->slot == search->address;
	} else if (part->type && part->count > 0) {
		stride = stride ? stride : part->type->size;
		search->is_found =
			search->address >= part->address &&
			stride <= UINT64_MAX / part->count &&
			search->address - part->address < stride * part->count;
	}
	if (search->is_found)
		search->part = *part;
}

/* A named object that is walked into: rules, place and what was found. */
struct walk {
	struct cw_rules *rules;
	cw_addr object;
	struct place place;
	uint64_t first_index;
	enum cw_lock_type lock; /* of the one it is in */
	struct cw_text *text;
	struct cw_field_path *ret;
};

/* Key and value of a map's entry; bases take no part in it. */
static bool entry_members(const struct cw_type *entry,
			  const struct cw_member *ret[2])
{
	const struct cw_member *members;
	size_t num = cw_type_members(entry, &members), found = 0;

	for (size_t i = 0; i < num; i++) {
		if (members[i].is_base)
			continue;
		if (found == 2)
			return false;
		ret[found++] = &members[i];
	}
	return found == 2;
}

static void key_add(struct walk *walk, const struct cw_member *key)
{
	const struct cw_name_context context = {
		.target = walk->rules->context.target,
		.debug = walk->rules->context.debug,
		.rules = walk->rules,
	};
	cw_cleanup_text struct cw_text text = {0};

	if (key && cw_value_add_key(&context, key->type,
				    walk->object + key->offset, &text))
		cw_text_addf(walk->text, "[%s]", text.chars);
	else
		cw_text_add(walk->text, "[...]");
	walk->ret->has_key = true;
}

/* Into the value of a map's entry; the key keeps its name. */
static void entry_enter(struct walk *walk, const struct cw_type *entry,
			uint64_t offset)
{
	const struct cw_member *members[2];
	bool has_both = entry_members(entry, members);

	key_add(walk, has_both ? members[0] : NULL);
	walk->place.type = walk->place.declared = entry;
	walk->place.offset = offset;
	if (!has_both || offset < members[1]->offset ||
	    members[1]->offset < members[0]->offset)
		return;
	walk->object += members[1]->offset;
	walk->place.offset -= members[1]->offset;
	walk->place.type = cw_type_strip(members[1]->type);
	walk->place.declared = members[1]->type;
}

static void part_enter(struct walk *walk, const struct cw_part *part)
{
	const struct cw_type *type = cw_type_strip(part->type);
	uint64_t stride = part->stride ? part->stride : type->size;
	uint64_t offset = walk->object + walk->place.offset - part->address;
	uint64_t index = stride ? offset / stride : 0;

	walk->object = part->address + index * stride;
	offset -= index * stride;
	if (part->label)
		cw_text_addf(walk->text, ".%s", part->label);
	if (part->is_map_entry) {
		entry_enter(walk, type, offset);
	} else {
		if (part->is_element || part->count > 1)
			index_add(walk->text, walk->first_index +
						      part->first_index +
						      index);
		walk->place.type = type;
		walk->place.declared = part->type;
		walk->place.offset = offset;
	}
	walk->ret->is_element |= part->is_element || part->is_map_entry;
}

static void link_found(struct walk *walk, const struct cw_part *part)
{
	struct cw_field_path *ret = walk->ret;

	ret->end = part->label				 ? CW_FIELD_LABELLED
		   : part->is_element || part->count > 1 ? CW_FIELD_ELEMENTS
							 : CW_FIELD_LINK;
	ret->label = part->label;
	ret->ownership = part->ownership;
	ret->first_index = part->first_index;
}

static bool object_search(const struct walk *walk,
			  const struct cw_found_rule *found,
			  struct part_search *search)
{
	struct cw_object object = {
		.type = walk->place.type,
		.address = walk->object,
	};

	object.bytes = cw_target_bytes(walk->rules->context.target,
				       object.address, object.type->size);
	if (object.bytes)
		found->rule->visit(&walk->rules->context, found->plan, &object,
				   &search->visitor);
	return search->is_found;
}

enum rule_outcome {
	RULE_NONE,    /* go on with the members */
	RULE_ENTERED, /* go on with the part */
	RULE_LINK,    /* this was it */
};

static enum rule_outcome rule_follow(struct walk *walk)
{
	const struct cw_type *type = walk->place.type;

	if (!walk->rules || !cw_type_is_aggregate(type))
		return RULE_NONE;
	const struct cw_found_rule *found = cw_rules_find(walk->rules, type);
	if (!found)
		return RULE_NONE;

	struct part_search search = {
		.visitor.part = part_check,
		.address = walk->object + walk->place.offset,
	};
	if (!object_search(walk, found, &search))
		return RULE_NONE;
	if (search.is_link) {
		link_found(walk, &search.part);
		return RULE_LINK;
	}
	part_enter(walk, &search.part);
	return RULE_ENTERED;
}

/* Into a virtual base, when no other member is at the place. */
static bool virtual_base_enter(struct walk *walk)
{
	const struct cw_type *type = walk->place.type;
	cw_addr address = walk->object + walk->place.offset;
	const struct cw_member *members;

	if (!walk->rules || !cw_type_is_aggregate(type) ||
	    member_at(type, walk->place.offset))
		return false;
	size_t num = cw_type_members(type, &members);
	for (size_t i = 0; i < num; i++) {
		const struct cw_type *base = cw_type_strip(members[i].type);
		cw_addr start;
		if (!base ||
		    !cw_virtual_base_find(walk->rules->context.target,
					  &members[i], walk->object, &start) ||
		    address < start || address - start >= base->size)
			continue;
		walk->object = start;
		walk->place = (struct place){
			.type = base,
			.declared = members[i].type,
			.offset = address - start,
			.is_known = true,
		};
		return true;
	}
	return false;
}

/* The outermost lock, but for one that is what another one guards. */
static void lock_note(struct walk *walk)
{
	enum cw_lock_type lock = cw_lock_type_of(walk->place.declared);

	if (lock == CW_LOCK_TYPE_NONE || walk->lock == CW_LOCK_TYPE_PLAIN)
		return;
	walk->lock = lock;
	walk->ret->is_in_lock = true;
	walk->ret->lock_length = walk->text->length;
}

static void walk_in(struct walk *walk)
{
	struct place *place = &walk->place;

	for (unsigned depth = 0; depth < MAX_DEPTH; depth++) {
		uint64_t offset = place->offset;

		lock_note(walk);
		switch (rule_follow(walk)) {
		case RULE_LINK:
			return;
		case RULE_ENTERED:
			continue;
		case RULE_NONE:
			break;
		}
		if (virtual_base_enter(walk))
			continue;
		if (!place_enter(place, walk->text))
			break;
		walk->object += offset - place->offset;
	}
	if (!place->is_known || place->offset != 0)
		offset_add(walk->text, place->offset);
}

void cw_field_path_add_at(struct cw_rules *rules, const struct cw_type *type,
			  cw_addr address, uint64_t offset,
			  uint64_t first_index, struct cw_text *text,
			  struct cw_field_path *ret)
{
	const struct cw_type *declared = type;

	type = type ? cw_type_strip(type) : NULL;
	*ret = (struct cw_field_path){.end = CW_FIELD_PLAIN};
	if (!type || type->size == 0) {
		offset_add(text, offset);
		return;
	}
	if (offset >= type->size && !has_flexible_end(type)) {
		index_add(text, offset / type->size);
		address += offset / type->size * type->size;
		offset %= type->size;
	}

	struct walk walk = {
		.rules = rules,
		.object = address,
		.place = {.type = type,
			  .declared = declared,
			  .offset = offset,
			  .is_known = true},
		.first_index = first_index,
		.text = text,
		.ret = ret,
	};
	walk_in(&walk);
}

void cw_field_path_add(const struct cw_type *type, uint64_t offset,
		       struct cw_text *text)
{
	struct cw_field_path path;

	cw_field_path_add_at(NULL, type, 0, offset, 0, text, &path);
}

void cw_field_path_add_block(struct cw_typing *typing,
			     const struct cw_block *block, uint64_t offset,
			     uint64_t first_index, struct cw_text *text,
			     struct cw_field_path *ret)
{
	struct cw_typed_block typed;

	*ret = (struct cw_field_path){.end = CW_FIELD_PLAIN};
	if (!typing || !cw_typing_of(typing, block, &typed) || !typed.type) {
		offset_add(text, offset);
		return;
	}
	const struct cw_type *type = cw_type_strip(typed.type);
	if (offset < typed.header || type->size == 0) {
		offset_add(text, offset);
		return;
	}
	offset -= typed.header;
	cw_addr address = block->address + typed.header;
	/* One pointer that a pointer leads to reads as an array of one. */
	bool is_indexed = typed.count > 1 || typed.is_scattered ||
			  (type->kind == CW_TYPE_POINTER && offset == 0);
	if (is_indexed) {
		index_add(text, first_index + offset / type->size);
		address += offset / type->size * type->size;
		offset %= type->size;
	} else if (offset >= type->size && !has_flexible_end(type)) {
		/* Behind the object in a larger block: not a second one. */
		offset_add(text, offset);
		return;
	}
	cw_field_path_add_at(cw_typing_rules(typing), type, address, offset,
			     first_index, text, ret);
	ret->is_indexed = is_indexed;
}

bool cw_field_path_add_element(struct cw_typing *typing,
			       const struct cw_block *block, uint64_t index,
			       struct cw_text *text)
{
	struct cw_typed_block typed;

	if (!typing || !cw_typing_of(typing, block, &typed) || !typed.type)
		return false;

	struct cw_field_path path = {0};
	struct walk walk = {
		.rules = cw_typing_rules(typing),
		.object = block->address,
		.place = {.type = cw_type_strip(typed.type)},
		.first_index = index,
		.text = text,
		.ret = &path,
	};
	struct part_search search = {
		.visitor.part = part_check,
		.wants_element = true,
	};
	const struct cw_found_rule *found =
		cw_rules_find(walk.rules, walk.place.type);
	if (!found || !object_search(&walk, found, &search))
		return false;
	walk.place.offset = search.part.address - walk.object;
	part_enter(&walk, &search.part);
	return true;
}
