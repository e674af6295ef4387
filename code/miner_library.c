#include <string.h>

#include "base/memory.h"
#include "code/miner.h"

enum {
	/* Numbers of a call's things. */
	NEW_CONTAINER = 1,
	CALLBACK,
	KEY_CALLBACK,
	VALUE_CALLBACK,
};

/* A call of a library's function, and the containers that it may be given. */
struct library_call {
	const struct cw_library_call *what;
	struct cw_word containers;  /* facts of origins */
	const struct cw_type *type; /* that it is of, or NULL */
};

static const struct cw_word *argument(const struct cw_miner *miner,
				      unsigned number)
{
	return &miner->machine.regs[cw_argument_registers[number]];
}

static void origins_add(struct cw_word *ret, const struct cw_word *value)
{
	for (uint32_t i = 0; i < value->num; i++) {
		struct cw_fact fact = value->facts[i];
		if ((fact.kind != CW_FACT_ORIGIN &&
		     fact.kind != CW_FACT_NODE) ||
		    fact.delta || fact.is_indexed)
			continue;
		fact.kind = CW_FACT_NODE;
		cw_word_add(ret, fact);
	}
}

static uint32_t thing_origin(struct cw_miner *miner, unsigned number,
			     const struct cw_type *declared)
{
	struct cw_origin origin = {
		.kind = CW_ORIGIN_SITE,
		.number = number,
		.key = miner->next_pc,
		.declared = declared,
	};

	return cw_origin_note(&miner->origins, origin);
}

/* The first word of the container's own type, as all of them have it. */
static uint32_t first_word(struct cw_miner *miner, const struct cw_type *type)
{
	const struct cw_spot *spot =
		type ? cw_spot_at(&miner->spots, type, 0) : NULL;

	if (!spot || !spot->is_pointer || spot->num_levels == 0)
		return 0;
	struct cw_origin origin = {
		.kind = CW_ORIGIN_FIELD,
		.key = (uint64_t)spot->levels[0].type->id << 32,
		.declared = spot->pointee,
	};
	return cw_origin_note(&miner->origins, origin);
}

static uint32_t element_of(struct cw_miner *miner, uint32_t array)
{
	struct cw_origin origin = {.kind = CW_ORIGIN_ELEMENT, .key = array};

	return cw_origin_note(&miner->origins, origin);
}

/* Where the containers have what @letter stands for: origins, as facts. */
static void places_of(struct cw_miner *miner, const struct library_call *call,
		      char letter, struct cw_word *ret)
{
	unsigned number = letter == 'v' ? CW_HELD_VALUE : CW_HELD_KEY;
	bool is_array = letter == 'a';

	ret->num = 0;
	if (!strchr("kvea", letter))
		return;
	for (uint32_t i = 0; i < call->containers.num; i++) {
		uint32_t held = cw_miner_held(
			miner, call->containers.facts[i].number, number, NULL);
		if (is_array)
			held = element_of(miner, held);
		cw_word_add(ret, cw_miner_origin_fact(miner, held));
	}
	uint32_t any = letter == 'k' || letter == 'v'
			       ? cw_miner_held(miner, 0, number, NULL)
			       : first_word(miner, call->type);
	if (any && is_array)
		any = element_of(miner, any);
	if (any)
		cw_word_add(ret, cw_miner_origin_fact(miner, any));
}

static void put_all(struct cw_miner *miner, const struct cw_word *value,
		    const struct cw_word *places)
{
	for (uint32_t i = 0; value->num && i < places->num; i++)
		cw_miner_put(miner, value, places->facts[i].number, NULL);
}

static void callback_parameter(struct cw_miner *miner, uint32_t through,
			       unsigned number, const struct cw_word *value)
{
	struct cw_origin parameter = {
		.kind = CW_ORIGIN_CALLED_PARAMETER,
		.number = number,
		.key = through,
	};

	if (value->num)
		cw_miner_put(miner, value,
			     cw_origin_note(&miner->origins, parameter), NULL);
}

/* The function is called with what is in the containers. */
static void callback(struct cw_miner *miner, const struct library_call *call,
		     const struct cw_word *function, unsigned thing,
		     const char *letters)
{
	uint32_t through = thing_origin(miner, thing, NULL);
	const char *data = strchr(call->what->arguments, 'd');
	struct cw_word places;

	cw_miner_put(miner, function, through, NULL);
	for (unsigned i = 0; letters[i]; i++) {
		places_of(miner, call, letters[i], &places);
		if (letters[i] != 'd')
			callback_parameter(miner, through, i, &places);
		else if (data)
			callback_parameter(
				miner, through, i,
				argument(miner, data - call->what->arguments));
	}
}

/* The argument is the address of a slot, in which @value is from now on. */
static void leave_behind(struct cw_miner *miner, const struct cw_word *address,
			 const struct cw_word *value,
			 struct cw_left_behind *ret)
{
	struct cw_word types = {0};
	int32_t slot;

	if (ret->num == cw_num_elements(ret->items) ||
	    !cw_word_is(address, CW_FACT_STACK, &slot))
		return;
	ret->items[ret->num].slot = slot;
	ret->items[ret->num++].value = *value;
	cw_miner_slot_types(miner, slot, &types);
	for (uint32_t i = 0; i < types.num; i++)
		if (types.facts[i].kind == CW_FACT_TYPE &&
		    types.facts[i].delta == 0)
			cw_miner_meet(miner, value, 0,
				      cw_debug_type(miner->debug,
						    types.facts[i].number));
}

static void argument_look(struct cw_miner *miner,
			  const struct library_call *call, unsigned number,
			  struct cw_left_behind *ret)
{
	const struct cw_word *value = argument(miner, number);
	char letter = call->what->arguments[number];
	struct cw_word places;

	switch (letter) {
	case 'K':
	case 'V':
		places_of(miner, call, letter == 'K' ? 'k' : 'v', &places);
		leave_behind(miner, value, &places, ret);
		break;
	case 'i':
		leave_behind(miner, value, &call->containers, ret);
		break;
	case 'f':
		if (call->what->callback)
			callback(miner, call, value, CALLBACK,
				 call->what->callback);
		break;
	case 'p':
	case 'q':
		callback(miner, call, value,
			 letter == 'p' ? KEY_CALLBACK : VALUE_CALLBACK,
			 letter == 'p' ? "kk" : "v");
		break;
	default:
		places_of(miner, call, letter, &places);
		put_all(miner, value, &places);
	}
}

/* What the call is given for a container, or an iterator is for. */
static void containers_find(struct cw_miner *miner,
			    const struct cw_callee *callee,
			    struct library_call *call)
{
	for (unsigned i = 0; call->what->arguments[i]; i++) {
		char letter = call->what->arguments[i];
		const struct cw_word *value = argument(miner, i);
		int32_t slot;
		if (letter == 'i' && cw_word_is(value, CW_FACT_STACK, &slot))
			value = cw_machine_slot(&miner->machine, slot);
		else if (letter != 'c')
			continue;
		if (letter == 'c')
			call->type = callee->signature.parameters[i];
		if (value)
			origins_add(&call->containers, value);
	}
	/* The iterator begins anew. */
	if (strcmp(call->what->arguments, "ic") == 0) {
		call->containers.num = 0;
		origins_add(&call->containers, argument(miner, 1));
	}
}

void cw_miner_library_call(struct cw_miner *miner,
			   const struct cw_callee *callee,
			   struct cw_word *result, struct cw_left_behind *ret)
{
	struct library_call call = {.what = callee->library};
	struct cw_word places;

	containers_find(miner, callee, &call);
	if (call.what->result == 'c') {
		uint32_t made = thing_origin(miner, NEW_CONTAINER,
					     callee->signature.result);
		struct cw_fact fact = cw_miner_origin_fact(miner, made);
		if (!call.type)
			call.type = callee->signature.result;
		cw_word_add(result, fact);
		cw_word_add_all(result, &call.containers);
		fact.kind = CW_FACT_NODE;
		cw_word_add(&call.containers, fact);
	}
	for (unsigned i = 0; call.what->arguments[i]; i++)
		argument_look(miner, &call, i, ret);
	places_of(miner, &call, call.what->result, &places);
	cw_word_add_all(result, &places);
}
