#include "code/miner.h"

#include <string.h>

#include "base/memory.h"

enum {
	RBP = 6,
	RSP = 7,
	IN_MEMORY = CW_NUM_REGISTERS, /* number of that list of homes */
	MAX_RANGE = 1 << 22,	      /* bytes of code in one piece */
	MAX_WAITING = 1 << 10,
	MAX_ACTIVE = 1 << 12,
	FIRST_CAPACITY = 1 << 11,
};

struct cw_error *cw_miner_init(struct cw_miner *miner, struct cw_debug *debug)
{
	*miner = (struct cw_miner){
		.debug = debug,
		.target = cw_debug_target(debug),
	};
	cw_routines_init(&miner->routines);
	cw_spots_init(&miner->spots);
	cw_origins_init(&miner->origins);
	cw_tally_init(&miner->tally);
	struct cw_error *err = cw_decoder_create(&miner->decoder);
	if (err)
		return err;
	cw_callees_init(&miner->callees, debug, &miner->routines,
			miner->decoder);
	miner->waiting_capacity = FIRST_CAPACITY;
	miner->waiting = cw_alloc(FIRST_CAPACITY * sizeof(struct cw_waiting));
	return NULL;
}

void cw_miner_trim(struct cw_miner *miner)
{
	cw_routines_deinit(&miner->routines);
	cw_tally_deinit(&miner->tally);
	cw_callees_deinit(&miner->callees);
	cw_decoder_destroy(miner->decoder);
	miner->decoder = NULL;
	cw_array_deinit(&miner->sites);
	for (size_t i = 0; i < cw_num_elements(miner->active); i++)
		cw_array_deinit(&miner->active[i]);
	cw_array_foreach(state, &miner->states) free(*state);
	cw_array_deinit(&miner->states);
	cw_array_deinit(&miner->free_states);
	free(miner->waiting);
	miner->waiting = NULL;
	cw_array_deinit(&miner->waiting_slots);
}

void cw_miner_deinit(struct cw_miner *miner)
{
	cw_miner_trim(miner);
	cw_spots_deinit(&miner->spots);
	cw_origins_deinit(&miner->origins);
}

/* --- States that wait. */

static struct cw_waiting *waiting_at(struct cw_miner *miner, cw_addr address)
{
	uint32_t last = miner->waiting_capacity - 1;
	uint32_t i = cw_hash_mix(address) & last;

	while (miner->waiting[i].address &&
	       miner->waiting[i].address != address)
		i = (i + 1) & last;
	return &miner->waiting[i];
}

static uint32_t state_take(struct cw_miner *miner)
{
	if (miner->free_states.num)
		return miner->free_states.items[--miner->free_states.num];
	if (miner->states.num >= MAX_WAITING)
		return 0;
	*cw_array_push(&miner->states) = cw_alloc(sizeof(struct cw_machine));
	return miner->states.num;
}

/* In this piece of the code, or in one that comes later. */
static bool is_ahead(const struct cw_miner *miner, cw_addr address)
{
	const struct cw_routine *routine = miner->routine;
	const struct cw_code_range *ranges =
		miner->routines.ranges.items + routine->first_range;

	for (uint32_t i = miner->range; i < routine->num_ranges; i++)
		if (address >= ranges[i].start && address < ranges[i].end)
			return i > miner->range || address > miner->pc;
	return false;
}

void cw_miner_wait(struct cw_miner *miner, cw_addr address)
{
	/* Where it has been already: a loop. */
	if (!is_ahead(miner, address))
		return;
	struct cw_waiting *found = waiting_at(miner, address);
	if (found->address) {
		if (found->state)
			cw_machine_join(miner->states.items[found->state - 1],
					&miner->machine);
		return;
	}
	if (miner->waiting_slots.num * 2 >= miner->waiting_capacity)
		return;
	uint32_t state = state_take(miner);
	if (!state)
		return;
	*found = (struct cw_waiting){.address = address, .state = state};
	*cw_array_push(&miner->waiting_slots) = found - miner->waiting;
	cw_machine_copy(miner->states.items[state - 1], &miner->machine);
}

/* Joins what waits at pc; false: nothing does. */
static bool waiting_arrive(struct cw_miner *miner)
{
	if (miner->waiting_slots.num == 0)
		return false;
	struct cw_waiting *found = waiting_at(miner, miner->pc);
	if (!found->state)
		return false;
	struct cw_machine *state = miner->states.items[found->state - 1];
	if (miner->is_live)
		cw_machine_join(&miner->machine, state);
	else
		cw_machine_copy(&miner->machine, state);
	*cw_array_push(&miner->free_states) = found->state;
	found->state = 0;
	return true;
}

static void waiting_clear(struct cw_miner *miner)
{
	cw_array_foreach(slot, &miner->waiting_slots)
	{
		struct cw_waiting *waiting = &miner->waiting[*slot];
		if (waiting->state)
			*cw_array_push(&miner->free_states) = waiting->state;
		*waiting = (struct cw_waiting){0};
	}
	miner->waiting_slots.num = 0;
}

/* --- Homes of variables. */

bool cw_miner_home_slot(const struct cw_miner *miner,
			const struct cw_home *home, int32_t *ret)
{
	*ret = home->offset;
	if (home->kind == CW_HOME_FRAME)
		return true;
	if (home->kind != CW_HOME_BASED ||
	    !cw_word_is(&miner->machine.regs[home->reg], CW_FACT_STACK, ret))
		return false;
	*ret += home->offset;
	return true;
}

void cw_miner_slot_types(struct cw_miner *miner, int32_t slot,
			 struct cw_word *value)
{
	for (size_t i = 0; i < miner->active[IN_MEMORY].num; i++) {
		const struct cw_home *home =
			&miner->routines.homes
				 .items[miner->active[IN_MEMORY].items[i]];
		int32_t found;
		if (!home->is_object && home->type->kind != CW_TYPE_VOID &&
		    cw_miner_home_slot(miner, home, &found) && found == slot)
			cw_word_add(value,
				    cw_miner_type_fact(miner, home->type, 0));
	}
}

/* The word of the machine that a variable is, or is a sum of. */
static struct cw_word *home_value(struct cw_miner *miner,
				  const struct cw_home *home)
{
	int32_t slot;

	if (home->kind == CW_HOME_REGISTER || home->kind == CW_HOME_SUM)
		return &miner->machine.regs[home->reg];
	return cw_miner_home_slot(miner, home, &slot)
		       ? cw_machine_slot(&miner->machine, slot)
		       : NULL;
}

/* A value has become that of a variable. */
static void home_meet(struct cw_miner *miner, const struct cw_home *home,
		      bool is_new)
{
	struct cw_word *value = home_value(miner, home);
	int32_t offset = home->kind == CW_HOME_SUM ? home->offset : 0;

	if (!value || home->is_object || home->type->kind == CW_TYPE_VOID)
		return;
	if (is_new)
		cw_miner_meet(miner, value, offset, home->type);
	cw_word_add(value, cw_miner_type_fact(miner, home->type, -offset));
}

/* A variable that lies in a field of an object, or in another variable. */
static void home_meet_place(struct cw_miner *miner, const struct cw_home *home)
{
	struct cw_operand place = {
		.kind = CW_OPERAND_MEMORY,
		.base = CW_NO_REGISTER,
		.index = CW_NO_REGISTER,
		.number = home->address,
	};
	int32_t slot;

	if (home->is_object || home->type->kind == CW_TYPE_VOID)
		return;
	if (home->kind == CW_HOME_BASED &&
	    !cw_miner_home_slot(miner, home, &slot)) {
		place.base = home->reg;
		place.number = home->offset;
	} else if (home->kind != CW_HOME_STATIC) {
		return;
	}
	cw_miner_meet_place(miner, &place, home->type);
}

static bool is_at(const struct cw_home *home, cw_addr pc)
{
	return pc >= home->start && pc < home->end;
}

static void homes_end(struct cw_miner *miner)
{
	cw_addr earliest = UINT64_MAX;

	for (unsigned i = 0; i <= IN_MEMORY; i++) {
		size_t kept = 0;
		for (size_t j = 0; j < miner->active[i].num; j++) {
			uint32_t number = miner->active[i].items[j];
			cw_addr end = miner->routines.homes.items[number].end;
			if (end <= miner->pc)
				continue;
			miner->active[i].items[kept++] = number;
			if (end < earliest)
				earliest = end;
		}
		miner->active[i].num = kept;
	}
	miner->earliest_end = earliest;
}

/* Takes up the variables that live at pc. */
static void homes_begin(struct cw_miner *miner)
{
	const struct cw_routine *routine = miner->routine;
	uint32_t end = routine->first_home + routine->num_homes;

	if (miner->earliest_end <= miner->pc)
		homes_end(miner);
	while (miner->next_home < end) {
		const struct cw_home *home =
			&miner->routines.homes.items[miner->next_home];
		if (home->start > miner->pc)
			break;
		unsigned list = home->kind == CW_HOME_REGISTER ||
						home->kind == CW_HOME_SUM
					? home->reg
					: IN_MEMORY;
		if (is_at(home, miner->pc) &&
		    miner->active[list].num < MAX_ACTIVE) {
			*cw_array_push(&miner->active[list]) = miner->next_home;
			if (home->end < miner->earliest_end)
				miner->earliest_end = home->end;
			home_meet(miner, home, true);
			home_meet_place(miner, home);
		}
		miner->next_home++;
	}
}

/* Variables in a list: has what they are changed, or is it not known? */
static void homes_again(struct cw_miner *miner, unsigned list, cw_addr pc,
			bool is_new)
{
	for (size_t i = 0; i < miner->active[list].num; i++) {
		const struct cw_home *home =
			&miner->routines.homes
				 .items[miner->active[list].items[i]];
		if (is_at(home, pc))
			home_meet(miner, home, is_new);
	}
}

/* Variables that the instruction has changed, and that live on. */
static void homes_changed(struct cw_miner *miner)
{
	for (unsigned i = 0; i < CW_NUM_REGISTERS && miner->written >> i; i++)
		if (miner->written >> i & 1)
			homes_again(miner, i, miner->next_pc, true);
	if (!miner->has_written_slot)
		return;
	for (size_t i = 0; i < miner->active[IN_MEMORY].num; i++) {
		const struct cw_home *home =
			&miner->routines.homes
				 .items[miner->active[IN_MEMORY].items[i]];
		int32_t slot;
		if (is_at(home, miner->next_pc) &&
		    cw_miner_home_slot(miner, home, &slot) &&
		    slot == miner->written_slot)
			home_meet(miner, home, true);
	}
}

/* --- Ways. */

static void frame_restore(struct cw_miner *miner, uint8_t reg, unsigned which)
{
	struct cw_fact fact = {
		.kind = CW_FACT_STACK,
		.delta = miner->frame[which],
	};

	miner->machine.regs[reg].num = 0;
	if (miner->has_frame[which])
		cw_word_add(&miner->machine.regs[reg], fact);
}

/* Nobody known comes here: only the frame and the variables are known. */
static void start_anew(struct cw_miner *miner)
{
	cw_machine_forget(&miner->machine);
	frame_restore(miner, RSP, 0);
	frame_restore(miner, RBP, 1);
	for (unsigned i = 0; i < CW_NUM_REGISTERS; i++)
		homes_again(miner, i, miner->pc, false);
}

static void arrive(struct cw_miner *miner)
{
	if (!waiting_arrive(miner) && !miner->is_live)
		start_anew(miner);
	if (!miner->is_live)
		miner->tested = CW_NO_REGISTER;
	miner->is_live = true;
	homes_begin(miner);
}

static void range_read(struct cw_miner *miner,
		       const struct cw_code_range *range)
{
	uint64_t size = range->end - range->start;
	const unsigned char *bytes =
		size <= MAX_RANGE
			? cw_target_bytes(miner->target, range->start, size)
			: NULL;

	miner->next_home = miner->routine->first_home;
	miner->earliest_end = UINT64_MAX;
	for (unsigned i = 0; i <= IN_MEMORY; i++)
		miner->active[i].num = 0;
	miner->pc = range->start;
	while (bytes && miner->pc < range->end) {
		struct cw_instruction instruction;
		uint64_t at = miner->pc - range->start;
		if (!cw_decoder_read(miner->decoder, bytes + at, size - at,
				     miner->pc, &instruction))
			break;
		miner->next_pc = miner->pc + instruction.size;
		arrive(miner);
		miner->written = 0;
		miner->has_written_slot = false;
		cw_miner_step(miner, &instruction);
		if (miner->is_live)
			homes_changed(miner);
		miner->count.num_instructions++;
		miner->pc = miner->next_pc;
	}
	miner->count.code_size += miner->pc - range->start;
	miner->count.undecoded_size += range->end - miner->pc;
}

/* Parameters come from the callers. */
static void enter(struct cw_miner *miner)
{
	const struct cw_signature *signature = &miner->routine->signature;

	cw_machine_enter(&miner->machine);
	miner->is_live = true;
	for (unsigned i = 0; i < CW_NUM_ARGUMENTS; i++) {
		struct cw_origin origin = {
			.kind = CW_ORIGIN_PARAMETER,
			.key = miner->routine->entry,
			.number = i,
			.declared = signature->parameters[i],
		};
		if (origin.declared)
			cw_word_add(
				&miner->machine.regs[cw_argument_registers[i]],
				cw_miner_origin_fact(
					miner, cw_origin_note(&miner->origins,
							      origin)));
	}
}

static uint64_t range_size(const struct cw_miner *miner, uint32_t number)
{
	const struct cw_code_range *range =
		&miner->routines.ranges
			 .items[miner->routine->first_range + number];

	return range->end - range->start;
}

void cw_miner_read(struct cw_miner *miner, const struct cw_routine *routine)
{
	struct cw_origin origin = {
		.kind = CW_ORIGIN_RESULT,
		.key = routine->entry,
		.declared = routine->signature.result,
	};

	miner->routine = routine;
	miner->module = cw_module_at(miner->target, routine->entry);
	if (!miner->module) {
		for (uint32_t i = 0; i < routine->num_ranges; i++)
			miner->count.undecoded_size += range_size(miner, i);
		return;
	}
	miner->pc = routine->entry;
	miner->has_frame[0] = miner->has_frame[1] = false;
	miner->result_origin =
		origin.declared ? cw_origin_note(&miner->origins, origin) : 0;
	cw_tally_next_function(&miner->tally);
	enter(miner);
	for (uint32_t i = 0; i < routine->num_ranges; i++) {
		miner->range = i;
		range_read(miner, &miner->routines.ranges
					   .items[routine->first_range + i]);
		miner->is_live = false;
	}
	waiting_clear(miner);
	miner->count.num_functions++;
}
