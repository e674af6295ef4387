#include "code/miner.h"

#include "target/symbol.h"

/* An operand's address, as far as it is known. */
struct base {
	const struct cw_word *value; /* NULL: number is the address itself */
	int64_t number;
	bool is_indexed;
};

static bool base_read(struct cw_miner *miner, const struct cw_operand *operand,
		      struct base *ret)
{
	const struct cw_word *regs = miner->machine.regs;
	bool has_base = operand->base != CW_NO_REGISTER;
	bool has_index = operand->index != CW_NO_REGISTER;

	if (operand->kind != CW_OPERAND_MEMORY)
		return false;
	*ret = (struct base){.number = operand->number,
			     .is_indexed = has_index};
	if (has_base)
		ret->value = &regs[operand->base];
	/* Which of two registers is the pointer. */
	if (has_base && has_index && ret->value->num == 0 &&
	    operand->scale == 1)
		ret->value = &regs[operand->index];
	if (!has_base && has_index && operand->number == 0)
		ret->value = &regs[operand->index];
	return true;
}

static void place_add(struct cw_operand_places *places, uint32_t origin,
		      const struct cw_type *declared)
{
	if (places->num < CW_MAX_PLACES)
		places->items[places->num++] = (struct cw_place_found){
			.origin = origin,
			.declared = declared,
		};
}

uint32_t cw_miner_held(struct cw_miner *miner, uint32_t origin, unsigned number,
		       const struct cw_type *declared)
{
	struct cw_origin held = {
		.kind = CW_ORIGIN_HELD,
		.number = number,
		.key = origin,
		.declared = declared,
	};

	return cw_origin_note(&miner->origins, held);
}

static bool is_held_itself(const struct cw_miner *miner, uint32_t origin)
{
	return miner->origins.all.items[origin].kind == CW_ORIGIN_HELD;
}

/* Anything, or an array of that. */
static bool is_open(const struct cw_type *pointee)
{
	const struct cw_type *element = cw_pointee_of(pointee);

	return cw_pointee_is_generic(element ? element : pointee);
}

/*
 * The word at @offset behind the pointer @base, which says little itself, may
 * say more of what just this pointer leads to.  A link is to another of that.
 */
static void held_add(struct cw_miner *miner, const struct base *base,
		     const struct cw_type *type, const struct cw_spot *spot,
		     struct cw_operand_places *places)
{
	bool is_link = spot->pointee == type;

	if (!spot->pointee || !(is_link || is_open(spot->pointee)))
		return;
	for (uint32_t i = 0; i < base->value->num; i++) {
		struct cw_fact fact = base->value->facts[i];
		int64_t offset = fact.delta + base->number;
		if ((fact.kind != CW_FACT_ORIGIN &&
		     fact.kind != CW_FACT_NODE) ||
		    fact.is_indexed || base->is_indexed || offset < 0 ||
		    offset % 8 != 0 || offset / 8 >= CW_ORIGIN_NUMBERS ||
		    is_held_itself(miner, fact.number))
			continue;
		if (is_link) {
			fact.kind = CW_FACT_NODE;
			fact.delta = 0;
			cw_word_add(&places->nodes, fact);
		} else {
			place_add(places,
				  cw_miner_held(miner, fact.number, offset / 8,
						spot->pointee),
				  spot->pointee);
		}
	}
}

/* A pointer at a spot of an aggregate. */
static void field_add(struct cw_miner *miner, const struct cw_spot *spot,
		      struct cw_operand_places *places)
{
	const struct cw_spot_level *level = &spot->levels[0];
	struct cw_origin origin = {
		.kind = CW_ORIGIN_FIELD,
		.key = (uint64_t)level->type->id << 32 | level->offset,
		.declared = spot->pointee,
	};

	place_add(places, cw_origin_note(&miner->origins, origin),
		  spot->pointee);
}

/* Words of the array that a `T **` points to. */
static void elements_add(struct cw_miner *miner, const struct cw_word *value,
			 const struct cw_type *pointee,
			 struct cw_operand_places *places)
{
	uint32_t num = places->num;

	for (uint32_t i = 0; i < value->num; i++) {
		struct cw_origin origin = {
			.kind = CW_ORIGIN_ELEMENT,
			.key = value->facts[i].number,
			.declared = pointee,
		};
		if (value->facts[i].kind == CW_FACT_ORIGIN)
			place_add(places,
				  cw_origin_note(&miner->origins, origin),
				  pointee);
	}
	if (places->num == num)
		place_add(places, 0, pointee);
}

bool cw_miner_variable(struct cw_debug *debug, const struct cw_module *module,
		       cw_addr address, const struct cw_variable **ret)
{
	const struct cw_variable *all;
	size_t num, low = 0;
	cw_cleanup_error struct cw_error *err = cw_debug_variables(
		debug, (struct cw_module *)module, &all, &num);

	if (err)
		return false;
	while (num > 0 && all[num - 1].is_tls)
		num--;
	while (low < num) {
		size_t middle = low + (num - low) / 2;
		if (all[middle].address <= address)
			low = middle + 1;
		else
			num = middle;
	}
	if (low == 0)
		return false;
	*ret = &all[low - 1];
	uint64_t size = cw_type_strip((*ret)->type)->size;
	return address - (*ret)->address < size || address == (*ret)->address;
}

/* The module whose variables @address may be among. */
static const struct cw_module *module_of(const struct cw_miner *miner,
					 cw_addr address)
{
	if (address >= miner->module->start && address < miner->module->end)
		return miner->module;
	return cw_module_at(miner->target, address);
}

/* Of a pointer, or an array of pointers. */
static uint32_t variable_origin(struct cw_miner *miner,
				const struct cw_variable *variable,
				const struct cw_type *pointee)
{
	struct cw_origin origin = {
		.kind = CW_ORIGIN_VARIABLE,
		.key = variable->address,
		.declared = pointee,
	};

	return cw_origin_note(&miner->origins, origin);
}

static void variable_places(struct cw_miner *miner, cw_addr address,
			    struct cw_operand_places *places)
{
	const struct cw_module *module = module_of(miner, address);
	const struct cw_variable *variable;

	if (!module ||
	    !cw_miner_variable(miner->debug, module, address, &variable))
		return;
	const struct cw_spot *spot =
		cw_spot_at(&miner->spots, cw_type_strip(variable->type),
			   address - variable->address);
	if (!spot || spot->is_beyond || !spot->is_pointer)
		return;
	if (spot->num_levels) {
		field_add(miner, spot, places);
		return;
	}
	place_add(places, variable_origin(miner, variable, spot->pointee),
		  spot->pointee);
}

/* Objects of the frame that lie around a slot. */
static void frame_places(struct cw_miner *miner, int32_t slot,
			 struct cw_operand_places *places)
{
	__typeof__(miner->active[0]) *active = &miner->active[CW_NUM_REGISTERS];

	for (size_t i = 0; i < active->num; i++) {
		const struct cw_home *home =
			&miner->routines.homes.items[active->items[i]];
		int32_t start;
		if (!home->is_object ||
		    !cw_miner_home_slot(miner, home, &start) || slot < start ||
		    (uint64_t)(slot - start) >= home->type->size)
			continue;
		const struct cw_spot *spot =
			cw_spot_at(&miner->spots, home->type, slot - start);
		if (spot && spot->is_pointer && spot->num_levels)
			field_add(miner, spot, places);
	}
}

/*
 * Where several types are known, one that is too small for the access is not
 * meant: a base type.
 */
static void type_places(struct cw_miner *miner, const struct base *base,
			bool wants_beyond, struct cw_operand_places *places)
{
	for (uint32_t i = 0; i < base->value->num; i++) {
		const struct cw_fact *fact = &base->value->facts[i];
		if (fact->kind == CW_FACT_PLACE && !wants_beyond)
			place_add(places, fact->number,
				  miner->origins.all.items[fact->number]
					  .declared);
		if (fact->kind != CW_FACT_TYPE)
			continue;
		const struct cw_type *type =
			cw_debug_type(miner->debug, fact->number);
		const struct cw_spot *spot = cw_spot_at(
			&miner->spots, type, fact->delta + base->number);
		if (!spot || !spot->is_pointer)
			continue;
		if (!spot->num_levels)
			elements_add(miner, base->value, spot->pointee, places);
		else if (spot->is_beyond == wants_beyond)
			field_add(miner, spot, places);
		if (spot->num_levels && !spot->is_beyond && !fact->is_indexed)
			held_add(miner, base, type, spot, places);
	}
}

/*
 * Words at computed places among the bytes that an object ends in: all of them
 * are one place, the first byte.
 */
static void byte_places(struct cw_miner *miner, const struct base *base,
			struct cw_operand_places *places)
{
	for (uint32_t i = 0; i < base->value->num; i++) {
		const struct cw_fact *fact = &base->value->facts[i];
		if (fact->kind != CW_FACT_TYPE)
			continue;
		const struct cw_type *type =
			cw_debug_type(miner->debug, fact->number);
		uint64_t bytes = cw_type_open_bytes(type);
		if (bytes == 0 || (!fact->is_indexed && !base->is_indexed &&
				   fact->delta + base->number < (int64_t)bytes))
			continue;
		struct cw_origin origin = {
			.kind = CW_ORIGIN_BYTES,
			.key = (uint64_t)type->id << 32 | bytes,
		};
		place_add(places, cw_origin_note(&miner->origins, origin),
			  NULL);
	}
}

void cw_miner_places(struct cw_miner *miner, const struct cw_operand *operand,
		     struct cw_operand_places *ret)
{
	struct base base;
	int32_t delta;

	ret->num = 0;
	ret->nodes.num = 0;
	ret->has_slot = false;
	if (!base_read(miner, operand, &base))
		return;
	if (!base.value) {
		variable_places(miner, base.number, ret);
		return;
	}
	if (cw_word_is(base.value, CW_FACT_STACK, &delta)) {
		ret->slot = delta + base.number;
		ret->has_slot = !base.is_indexed;
		frame_places(miner, ret->slot, ret);
		return;
	}
	type_places(miner, &base, false, ret);
	if (ret->num == 0)
		type_places(miner, &base, true, ret);
	if (ret->num == 0 && operand->size == 8)
		byte_places(miner, &base, ret);
}

/* The word of the GOT at @address, of another's variable or function. */
static bool slot_load(struct cw_miner *miner, const struct cw_operand *operand,
		      struct cw_word *ret)
{
	cw_addr address;

	if (operand->kind != CW_OPERAND_MEMORY ||
	    operand->base != CW_NO_REGISTER ||
	    operand->index != CW_NO_REGISTER ||
	    !cw_callee_slot_address(&miner->callees, operand->number, &address))
		return false;
	cw_miner_address(miner, address, ret);
	return true;
}

void cw_miner_load(struct cw_miner *miner, const struct cw_operand *operand,
		   struct cw_word *ret)
{
	struct cw_operand_places places;

	ret->num = 0;
	miner->count.num_loads++;
	if (slot_load(miner, operand, ret))
		return;
	cw_miner_places(miner, operand, &places);
	if (places.has_slot) {
		const struct cw_word *slot =
			cw_machine_slot(&miner->machine, places.slot);
		if (slot)
			*ret = *slot;
		cw_miner_slot_types(miner, places.slot, ret);
	}
	for (uint32_t i = 0; i < places.num; i++) {
		const struct cw_place_found *place = &places.items[i];
		if (place->origin)
			cw_word_add(ret,
				    cw_miner_origin_fact(miner, place->origin));
		if (place->declared && place->declared->kind != CW_TYPE_VOID &&
		    place->declared->kind != CW_TYPE_FUNCTION)
			cw_word_add(ret, cw_miner_type_fact(
						 miner, place->declared, 0));
	}
	cw_word_add_all(ret, &places.nodes);
}

void cw_miner_store(struct cw_miner *miner, const struct cw_operand *operand,
		    const struct cw_word *value)
{
	struct cw_operand_places places;

	miner->count.num_stores++;
	cw_miner_places(miner, operand, &places);
	if (places.has_slot) {
		cw_machine_set_slot(&miner->machine, places.slot, value);
		miner->has_written_slot = true;
		miner->written_slot = places.slot;
	}
	for (uint32_t i = 0; i < places.num; i++)
		if (places.items[i].origin)
			cw_miner_put(miner, value, places.items[i].origin,
				     places.items[i].declared);
}

void cw_miner_address(struct cw_miner *miner, cw_addr address,
		      struct cw_word *ret)
{
	const struct cw_routine *routine =
		cw_routine_at(&miner->routines, address);
	const struct cw_module *module = module_of(miner, address);
	const struct cw_variable *variable;

	if (routine) {
		struct cw_fact fact = {
			.kind = CW_FACT_CODE,
			.number = routine - miner->routines.all.items,
			.at = miner->pc,
		};
		cw_word_add(ret, fact);
		return;
	}
	if (!module ||
	    !cw_miner_variable(miner->debug, module, address, &variable))
		return;
	const struct cw_type *type = cw_type_strip(variable->type);
	uint64_t delta = address - variable->address;
	const struct cw_spot *spot = cw_spot_at(&miner->spots, type, delta);
	if (spot && spot->is_pointer && !spot->num_levels) {
		struct cw_fact fact = {
			.kind = CW_FACT_PLACE,
			.number =
				variable_origin(miner, variable, spot->pointee),
			.at = miner->pc,
		};
		cw_word_add(ret, fact);
	}
	if (type->kind == CW_TYPE_ARRAY && type->target) {
		type = cw_type_strip(type->target);
		delta = type->size ? delta % type->size : 0;
	}
	if (delta < CW_MAX_DELTA)
		cw_word_add(ret, cw_miner_type_fact(miner, type, delta));
}
