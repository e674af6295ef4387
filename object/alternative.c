#include "object/alternative.h"

#include <ctype.h>
#include <string.h>

/* A word of the name begins at @at: "NODE_IF", "NodeIf". */
static bool is_word(const char *name, size_t at)
{
	unsigned char c = name[at];

	if (at == 0 || !isalnum((unsigned char)name[at - 1]))
		return true;
	return isupper(c) && islower((unsigned char)name[at - 1]);
}

/* How many letters and digits of @member the @name ends in; 0: not all. */
static size_t length_at_end(const char *name, const char *member)
{
	size_t at = strlen(name), left = strlen(member), length = 0;

	while (left > 0) {
		unsigned char c = member[left - 1];
		if (!isalnum(c)) {
			left--;
			continue;
		}
		while (at > 0 && !isalnum((unsigned char)name[at - 1]))
			at--;
		if (at == 0 ||
		    tolower((unsigned char)name[at - 1]) != tolower(c))
			return 0;
		at--;
		left--;
		length++;
	}
	return is_word(name, at) ? length : 0;
}

/* The slot there that the value's name ends in; NULL: none, or several. */
static const struct cw_slot *slot_named(const struct cw_layout *layout,
					uint64_t offset, const char *name)
{
	const struct cw_slot *found = NULL;
	size_t longest = 0;

	for (uint32_t i = 0; i < layout->num_slots; i++) {
		const struct cw_slot *slot = &layout->slots[i];
		if (!slot->is_in_union || slot->offset != offset ||
		    !slot->alternative)
			continue;
		size_t length = length_at_end(name, slot->alternative);
		if (length > longest)
			found = slot;
		else if (length > 0 && length == longest &&
			 slot->target != found->target)
			found = NULL;
		if (length > longest)
			longest = length;
	}
	return found;
}

bool cw_alternatives_named(const struct cw_layout *layout, uint64_t offset,
			   const struct cw_tag *tag,
			   struct cw_alternatives *ret)
{
	const struct cw_enumerator *enumerators;
	const struct cw_slot *first = NULL;
	size_t num = tag->type->kind == CW_TYPE_ENUM
			     ? cw_type_enumerators(tag->type, &enumerators)
			     : 0;
	bool are_several = false;

	*ret = (struct cw_alternatives){0};
	for (size_t i = 0; i < num; i++) {
		const struct cw_enumerator *one = &enumerators[i];
		if (one->value < 0 || one->value >= CW_NUM_TAG_VALUES)
			continue;
		const struct cw_slot *slot =
			slot_named(layout, offset, one->name);
		if (!slot)
			continue;
		ret->targets[one->value] = slot->target;
		are_several |= first && slot != first;
		if (!first)
			first = slot;
	}
	return are_several;
}
