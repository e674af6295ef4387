/*
 * Tables of operations: variables that hold the addresses of functions.
 */
#include "code/closure.h"

enum {
	WORD = 8,
	MAX_WORDS = 1 << 22, /* of a module's variables, looked at */
};

static void word_note(struct cw_miner *miner, const struct cw_spot *spot,
		      cw_addr address)
{
	uint64_t word;

	if (!spot->is_pointer || !spot->pointee ||
	    spot->pointee->kind != CW_TYPE_FUNCTION ||
	    !cw_target_read_word(miner->target, address, &word))
		return;
	const struct cw_routine *routine =
		cw_routine_at(&miner->routines, word);
	if (!routine)
		return;
	for (uint32_t i = 0; i < spot->num_levels; i++) {
		uint32_t origin = cw_origin_find(
			&miner->origins, CW_ORIGIN_FIELD,
			(uint64_t)spot->levels[i].type->id << 32 |
				spot->levels[i].offset,
			0);
		if (origin)
			cw_tally_pair(&miner->tally, CW_TALLY_CODE, origin,
				      routine - miner->routines.all.items,
				      address);
	}
}

/* Returns how many words it looked at. */
static uint64_t variable_note(struct cw_miner *miner,
			      const struct cw_variable *variable,
			      uint64_t max_words)
{
	const struct cw_type *type = cw_type_strip(variable->type);
	uint64_t size = type->size, words = 0;

	while (type->kind == CW_TYPE_ARRAY && type->target)
		type = cw_type_strip(type->target);
	if (!cw_type_is_aggregate(type) || type->size < WORD)
		return 0;
	for (uint64_t at = 0; at + type->size <= size; at += type->size) {
		for (uint64_t i = 0; i + WORD <= type->size; i += WORD) {
			const struct cw_spot *spot =
				cw_spot_at(&miner->spots, type, i);
			if (++words > max_words)
				return words;
			if (spot)
				word_note(miner, spot,
					  variable->address + at + i);
		}
	}
	return words;
}

void cw_closure_add_tables(struct cw_miner *miner, struct cw_module *module)
{
	const struct cw_variable *variables;
	size_t num;
	uint64_t left = MAX_WORDS;
	cw_cleanup_error struct cw_error *err =
		cw_debug_variables(miner->debug, module, &variables, &num);

	cw_tally_next_function(&miner->tally);
	for (size_t i = 0; !err && i < num && left; i++) {
		if (variables[i].is_tls)
			continue;
		uint64_t words = variable_note(miner, &variables[i], left);
		left -= words < left ? words : left;
	}
}
