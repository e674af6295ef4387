#include "object/uthash.h"

#include <string.h>

#include "base/memory.h"
#include "object/place.h"
#include "object/spread.h"

enum { BEFORE, BEHIND };

bool cw_uthash_is_table(const struct cw_type *type)
{
	return type->kind == CW_TYPE_STRUCT && type->name &&
	       strcmp(type->name, "UT_hash_table") == 0;
}

static bool is_word(const struct cw_place *place)
{
	return place->type->size == 8 && place->bit_size == 0;
}

static void prepare(struct cw_uthash *plan, const struct cw_type *table)
{
	static const char *const names[] = {"tbl", "prev", "next"};
	struct cw_place tail, offset, places[cw_num_elements(names)];

	*plan = (struct cw_uthash){.table = table};
	if (!cw_place_find(table, "tail", &tail) ||
	    !cw_place_find(table, "hho", &offset) || !is_word(&offset))
		return;
	const struct cw_type *handle = cw_place_target(&tail);
	if (!handle ||
	    !cw_places_find(handle, names, cw_num_elements(names), places))
		return;
	for (size_t i = 0; i < cw_num_elements(names); i++)
		if (!is_word(&places[i]))
			return;
	plan->handle = handle;
	plan->handle_offset = offset.offset;
	plan->owner = places[0].offset;
	plan->links[BEFORE] = places[1].offset;
	plan->links[BEHIND] = places[2].offset;
}

static bool holds(const struct cw_target *target, cw_addr address,
		  uint64_t wanted)
{
	uint64_t word;

	return cw_target_read_word(target, address, &word) && word == wanted;
}

void cw_uthash_follow(struct cw_spread *spread, const struct cw_layout *layout,
		      const struct cw_slot *slot, cw_addr slot_address,
		      cw_addr table)
{
	const struct cw_target *target = spread->typing->target;
	struct cw_uthash *plan = &spread->uthash;
	cw_addr object = slot_address - slot->offset;

	if (plan->table != slot->target)
		prepare(plan, slot->target);
	if (!plan->handle || slot->offset < plan->owner)
		return;
	uint64_t offset = slot->offset - plan->owner;
	if (layout->type == plan->handle ||
	    !cw_type_holds(layout->type, plan->handle, offset) ||
	    !holds(target, table + plan->handle_offset, offset))
		return;
	for (unsigned i = BEFORE; i <= BEHIND; i++) {
		cw_addr link = object + offset + plan->links[i];
		cw_addr back = offset + plan->links[BEHIND - i];
		uint64_t other;
		if (!cw_target_read_word(target, link, &other) || other == 0 ||
		    !holds(target, other + slot->offset, table) ||
		    !holds(target, other + back, object))
			continue;
		struct cw_claim claim = {
			.type = layout->type,
			.id = layout->type->id,
			.address = other,
			.live = CW_ALL_LIVE,
			.holder = link,
			.confidence = spread->confidence < CW_CONFIDENCE_DERIVED
					      ? spread->confidence
					      : CW_CONFIDENCE_DERIVED,
			.provenance = CW_PROVENANCE_RULE,
			.is_local = spread->is_local,
		};
		cw_spread_claim(spread, &claim);
	}
}
