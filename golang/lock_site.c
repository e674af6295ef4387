#include "golang/lock_private.h"

#include <string.h>

enum { MAX_CODE = 1 << 16 };

static int32_t inlined_number(const struct cw_go *go,
			      const struct cw_go_function *function,
			      cw_addr place)
{
	return cw_go_place_value(go, function, CW_GO_INLINE_INDEX, place);
}

/* Those of the package that the call is inlined with. */
static void find_inlined(const struct cw_go *go,
			 const struct cw_go_function *function,
			 struct cw_go_lock_site *site)
{
	struct cw_go_inlined inlined;
	cw_addr place = site->place;

	while (site->depth < CW_GO_LOCK_DEPTH) {
		int32_t number = inlined_number(go, function, place);

		if (number < 0 ||
		    !cw_go_inlined_at(go, function, number, &inlined) ||
		    !cw_go_lock_row(inlined.name))
			return;
		site->inlined[site->depth++] = number;
		place = inlined.caller;
	}
}

typedef void visit_instruction(struct cw_go_lock_sites *sites, void *context,
			       const struct cw_instruction *instruction);

static void each_instruction(struct cw_go_lock_sites *sites, cw_addr entry,
			     cw_addr end, visit_instruction *visit,
			     void *context)
{
	uint64_t size = end - entry < MAX_CODE ? end - entry : MAX_CODE;
	const unsigned char *bytes =
		cw_target_bytes(sites->go->target, entry, size);

	for (uint64_t at = 0; bytes && at < size;) {
		struct cw_instruction instruction;

		if (!cw_decoder_read(sites->decoder, bytes + at, size - at,
				     entry + at, &instruction) ||
		    instruction.size == 0)
			return;
		visit(sites, context, &instruction);
		at += instruction.size;
	}
}

static const struct cw_go_lock_row *
called_by(const struct cw_go *go, const struct cw_instruction *instruction)
{
	struct cw_go_function callee;
	cw_addr entry = instruction->operands[0].number;

	return (instruction->kind == CW_INSTRUCTION_CALL ||
		instruction->kind == CW_INSTRUCTION_JUMP) &&
			       instruction->operands[0].kind ==
				       CW_OPERAND_NUMBER &&
			       cw_go_function_at(go, entry, &callee) &&
			       callee.entry == entry
		       ? cw_go_lock_row(callee.name)
		       : NULL;
}

static void note_given(struct cw_go_lock_sites *sites, void *context,
		       const struct cw_instruction *instruction)
{
	uint32_t *locks = context;
	const struct cw_go_lock_row *row = called_by(sites->go, instruction);

	if (row && row->deed == CW_GO_GIVES)
		*locks |= 1u << row->lock;
}

/* Bits: locks that a function's own code releases. */
static uint32_t given_by(struct cw_go_lock_sites *sites, cw_addr entry)
{
	struct cw_go_function function;
	uint32_t locks = 0;
	cw_addr end;

	if (cw_map_get(&sites->given, entry, &locks))
		return locks;
	if (cw_go_function_with_end(sites->go, entry, &function, &end) &&
	    function.entry == entry && !cw_go_lock_row(function.name))
		each_instruction(sites, entry, end, note_given, &locks);
	cw_map_set(&sites->given, entry, locks);
	return locks;
}

struct reading {
	const struct cw_go_function *function;
	struct cw_go_lock_body body;
	bool has_inlined;
};

/* Its place is the one that frames have. */
static struct cw_go_lock_site *
add_site(struct cw_go_lock_sites *sites, struct reading *reading,
	 const struct cw_instruction *instruction)
{
	struct cw_go_lock_site *site = cw_array_push(&sites->items);
	cw_addr place = instruction->address + instruction->size - 1;

	*site = (struct cw_go_lock_site){.start = place, .place = place};
	reading->body.num++;
	return site;
}

static bool is_within(const struct cw_go_lock_sites *sites,
		      const struct cw_go_function *function, int32_t number,
		      const struct cw_go_lock_site *site)
{
	struct cw_go_inlined inlined;

	for (unsigned i = 0; i < 2 * CW_GO_LOCK_DEPTH && number >= 0; i++) {
		for (unsigned j = 0; j < site->depth; j++)
			if (site->inlined[j] == number)
				return true;
		if (!cw_go_inlined_at(sites->go, function, number, &inlined))
			return false;
		number = inlined_number(sites->go, function, inlined.caller);
	}
	return false;
}

static bool is_atomic(const struct cw_go *go,
		      const struct cw_instruction *instruction)
{
	enum { LOCK_PREFIX = 0xf0 };
	const unsigned char *byte =
		cw_target_bytes(go->target, instruction->address, 1);

	return byte && *byte == LOCK_PREFIX;
}

static void note_start(struct cw_go_lock_sites *sites, void *context,
		       const struct cw_instruction *instruction)
{
	struct reading *reading = context;
	cw_addr place = instruction->address + instruction->size - 1;
	int32_t number = inlined_number(sites->go, reading->function, place);
	bool is_the_atomic = number >= 0 && is_atomic(sites->go, instruction);

	for (uint32_t i = 0; number >= 0 && i < reading->body.num; i++) {
		struct cw_go_lock_site *site =
			&sites->items.items[reading->body.first + i];
		bool may_be_first = site->deed == CW_GO_TAKES &&
				    !site->has_atomic && place < site->start;

		if ((!is_the_atomic && !may_be_first) ||
		    !is_within(sites, reading->function, number, site))
			continue;
		site->start = place;
		site->has_atomic |= is_the_atomic;
	}
}

/* A function that releases, which is to be deferred; or data. */
static void note_mention(struct cw_go_lock_sites *sites,
			 struct reading *reading,
			 const struct cw_instruction *instruction,
			 cw_addr mentioned)
{
	const struct cw_go *go = sites->go;
	struct cw_go_function function;
	cw_addr entry = mentioned;

	if (mentioned >= go->variables && mentioned < go->variables_end) {
		struct cw_go_lock_site *site =
			add_site(sites, reading, instruction);
		site->mentioned = mentioned;
		return;
	}
	/* A function without captured variables has its value in the data. */
	if (!cw_go_function_at(go, entry, &function) &&
	    !cw_target_read_word(go->target, mentioned, &entry))
		return;
	uint32_t locks = cw_go_function_at(go, entry, &function) &&
					 function.entry == entry
				 ? given_by(sites, entry)
				 : 0;
	for (unsigned lock = 1; reading->function->deferred && locks >> lock;
	     lock++) {
		if (!(locks >> lock & 1))
			continue;
		struct cw_go_lock_site *site =
			add_site(sites, reading, instruction);
		site->deed = CW_GO_GIVES;
		site->lock = lock;
		site->is_deferred = true;
	}
}

static void note_site(struct cw_go_lock_sites *sites, void *context,
		      const struct cw_instruction *instruction)
{
	struct reading *reading = context;
	const struct cw_go_lock_row *row = called_by(sites->go, instruction);

	if (row && row->deed != CW_GO_WAITS) {
		struct cw_go_lock_site *site =
			add_site(sites, reading, instruction);
		site->deed = row->deed;
		site->lock = row->lock;
		find_inlined(sites->go, reading->function, site);
		reading->has_inlined |= site->depth > 0;
	}
	for (size_t i = 0; i < 2; i++) {
		const struct cw_operand *operand = &instruction->operands[i];

		if (operand->kind == CW_OPERAND_MEMORY &&
		    operand->base == CW_NO_REGISTER &&
		    operand->index == CW_NO_REGISTER)
			note_mention(sites, reading, instruction,
				     operand->number);
	}
}

struct cw_go_lock_body
cw_go_lock_sites_of(struct cw_go_lock_sites *sites,
		    const struct cw_go_function *function)
{
	struct reading reading = {.function = function};
	struct cw_go_function same;
	bool has_lock = false;
	uint32_t number;
	cw_addr end;

	if (cw_map_get(&sites->numbers, function->entry, &number))
		return sites->bodies.items[number];
	reading.body.first = sites->items.num;
	if (cw_go_function_with_end(sites->go, function->entry, &same, &end))
		each_instruction(sites, function->entry, end, note_site,
				 &reading);
	for (uint32_t i = 0; i < reading.body.num; i++)
		has_lock |=
			sites->items.items[reading.body.first + i].lock != 0;
	if (!has_lock) {
		sites->items.num = reading.body.first;
		reading.body.num = 0;
	}
	if (reading.has_inlined)
		each_instruction(sites, function->entry, end, note_start,
				 &reading);
	cw_map_set(&sites->numbers, function->entry, sites->bodies.num);
	*cw_array_push(&sites->bodies) = reading.body;
	return reading.body;
}

struct cw_error *cw_go_lock_sites_init(struct cw_go_lock_sites *sites,
				       const struct cw_go *go)
{
	*sites = (struct cw_go_lock_sites){.go = go};
	cw_map_init(&sites->numbers);
	cw_map_init(&sites->given);
	return cw_decoder_create(&sites->decoder);
}

void cw_go_lock_sites_deinit(struct cw_go_lock_sites *sites)
{
	cw_decoder_destroy(sites->decoder);
	cw_map_deinit(&sites->numbers);
	cw_map_deinit(&sites->given);
	cw_array_deinit(&sites->bodies);
	cw_array_deinit(&sites->items);
}
