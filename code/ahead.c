#include "code/ahead.h"

#include "base/array.h"
#include "base/map.h"
#include "base/memory.h"
#include "code/landing_pads.h"

enum {
	MOST_FUNCTION_BYTES = 64 << 10,
	MOST_STEPS = 1 << 18, /* instructions on all paths */
	MOST_PARTS = 16,      /* a function and its cold parts */
	MOST_INSTRUCTION_BYTES = 15,
	RETPOLINE_BYTES = 64,
};

#define CALLER_SAVED (0xffff & ~CW_PRESERVED_REGISTERS)

/* An address to go on from, with the registers not written on the way. */
struct path {
	cw_addr at;
	uint16_t pending;
	bool is_after_call; /* falling off the function's end is no surprise */
};

/* A function, or a cold part of it. */
struct part {
	cw_addr start, end;
};

struct walker {
	struct cw_debug *debug;
	const struct cw_target *target;
	struct cw_decoder *decoder;
	CW_ARRAY(struct path) paths;
	struct cw_map visited; /* registers, by address */
	struct part parts[MOST_PARTS];
	unsigned num_parts;
	uint16_t swept; /* registers that any instruction may read */
	unsigned num_steps;
	struct cw_ahead *ahead;
};

static void give_up(struct walker *walker)
{
	walker->ahead->is_unknown = true;
}

static void go(struct walker *walker, cw_addr at, uint16_t pending,
	       bool is_after_call)
{
	*cw_array_push(&walker->paths) =
		(struct path){at, pending, is_after_call};
}

static struct part *part_at(struct walker *walker, cw_addr at)
{
	for (unsigned i = 0; i < walker->num_parts; i++)
		if (at >= walker->parts[i].start && at < walker->parts[i].end)
			return &walker->parts[i];
	return NULL;
}

static bool decode(struct walker *walker, cw_addr at, cw_addr end,
		   struct cw_instruction *ret)
{
	uint64_t size = end - at < MOST_INSTRUCTION_BYTES
				? end - at
				: MOST_INSTRUCTION_BYTES;
	const void *bytes = cw_target_bytes(walker->target, at, size);

	return bytes && cw_decoder_read(walker->decoder, bytes, size, at, ret);
}

/* Any instruction of the part may be the next. */
static bool sweep(struct walker *walker, unsigned number)
{
	const struct part *part = &walker->parts[number];
	struct cw_instruction instruction;

	for (cw_addr at = part->start; at < part->end; at += instruction.size) {
		if (!decode(walker, at, part->end, &instruction))
			return false;
		go(walker, at, walker->swept, true);
		if (++walker->num_steps > MOST_STEPS)
			return false;
	}
	return true;
}

/* Goes into a function or a part of it, and so to all its landing pads. */
static bool enter(struct walker *walker, const struct cw_cfi_row *row,
		  uint16_t pending)
{
	struct cw_landing_pads pads = {0};

	if (walker->num_parts == MOST_PARTS || row->is_signal_trampoline ||
	    row->function_end <= row->function_start ||
	    row->function_end - row->function_start > MOST_FUNCTION_BYTES)
		return false;
	walker->parts[walker->num_parts++] =
		(struct part){row->function_start, row->function_end};
	if (walker->swept && !sweep(walker, walker->num_parts - 1))
		return false;
	bool is_read = cw_landing_pads_read(walker->target, row, &pads);
	cw_array_foreach(pad, &pads.items)
	{
		go(walker, *pad, pending, false);
	}
	cw_landing_pads_deinit(&pads);
	return is_read;
}

/* The return address is at rsp: as at the entry, and before a return. */
static bool is_at_return(const struct cw_cfi_row *row)
{
	return row->cfa.kind == CW_CFI_REGISTER &&
	       row->cfa.reg == CW_FRAME_RSP && row->cfa.offset == 8;
}

static bool is_at_return_here(struct walker *walker, cw_addr at)
{
	struct cw_cfi_row row;

	return cw_cfi_row(walker->debug, at, &row) && is_at_return(&row);
}

/*
 * A retpoline: begins with a call whose return address is then overwritten, so
 * that its return is a jump to anywhere.
 */
static bool is_retpoline(struct walker *walker, cw_addr at)
{
	struct cw_instruction first;

	return decode(walker, at, at + MOST_INSTRUCTION_BYTES, &first) &&
	       first.kind == CW_INSTRUCTION_CALL &&
	       first.operands[0].kind == CW_OPERAND_NUMBER &&
	       (cw_addr)first.operands[0].number - at < RETPOLINE_BYTES;
}

static void leave(struct walker *walker, uint16_t pending)
{
	/* Of the others some are results, and the caller may know that the
	 * function leaves more of them alone (-fipa-ra). */
	walker->ahead->read |= pending & CALLER_SAVED;
	walker->ahead->passed |= pending & CW_PRESERVED_REGISTERS;
	walker->ahead->returns = true;
}

/* A jump out of all parts known so far. */
static bool jump_out(struct walker *walker, cw_addr from, cw_addr to,
		     uint16_t pending)
{
	struct cw_cfi_row row;
	bool is_tail_call = is_at_return_here(walker, from);

	if (!cw_cfi_row(walker->debug, to, &row) ||
	    row.cfa.kind != CW_CFI_REGISTER ||
	    (to == row.function_start && is_at_return(&row))) {
		if (!is_tail_call || is_retpoline(walker, to))
			return false;
		leave(walker, pending);
		return true;
	}
	if (!enter(walker, &row, pending))
		return false;
	go(walker, to, pending, false);
	return true;
}

static bool jump(struct walker *walker, cw_addr from, cw_addr to,
		 uint16_t pending)
{
	if (!part_at(walker, to))
		return jump_out(walker, from, to, pending);
	go(walker, to, pending, false);
	return true;
}

static bool jump_indirectly(struct walker *walker, cw_addr from,
			    uint16_t pending)
{
	if (is_at_return_here(walker, from)) {
		leave(walker, pending);
		return true;
	}
	if ((pending & ~walker->swept) == 0)
		return true;
	walker->swept |= pending;
	for (unsigned i = 0; i < walker->num_parts; i++)
		if (!sweep(walker, i))
			return false;
	return true;
}

/* Where the instruction leads; *ret_goes_on: to the next one, too. */
static bool follow(struct walker *walker,
		   const struct cw_instruction *instruction, uint16_t pending,
		   bool *ret_goes_on)
{
	const struct cw_operand *to = &instruction->operands[0];
	bool is_direct = to->kind == CW_OPERAND_NUMBER;

	*ret_goes_on = false;
	switch (instruction->kind) {
	case CW_INSTRUCTION_RETURN:
		if (!is_at_return_here(walker, instruction->address))
			return false;
		leave(walker, pending);
		return true;
	case CW_INSTRUCTION_STOP:
		return true;
	case CW_INSTRUCTION_STRANGE:
		return false;
	case CW_INSTRUCTION_JUMP:
		if (is_direct)
			return jump(walker, instruction->address, to->number,
				    pending);
		return jump_indirectly(walker, instruction->address, pending);
	case CW_INSTRUCTION_BRANCH:
		*ret_goes_on = true;
		return is_direct &&
		       jump(walker, instruction->address, to->number, pending);
	default:
		*ret_goes_on = true;
		return true;
	}
}

/* One path, until it ends or joins one that was walked. */
static bool walk(struct walker *walker, struct path path)
{
	for (;;) {
		const struct part *part = part_at(walker, path.at);
		struct cw_instruction instruction;
		bool goes_on;

		if (!part)
			return path.is_after_call;
		uint32_t *visited = cw_map_place(&walker->visited, path.at, 0);
		path.pending &= ~*visited & ~walker->ahead->read;
		if (path.pending == 0 && (*visited || walker->ahead->returns))
			return true;
		*visited |= path.pending | 1 << 16;
		if (++walker->num_steps > MOST_STEPS ||
		    !decode(walker, path.at, part->end, &instruction))
			return false;

		uint16_t read = instruction.mentioned & ~instruction.replaced;
		if (instruction.kind == CW_INSTRUCTION_CALL)
			read |= CALLER_SAVED;
		walker->ahead->read |= read & path.pending;
		path.pending &= ~instruction.mentioned & ~read;
		if (!follow(walker, &instruction, path.pending, &goes_on))
			return false;
		if (!goes_on)
			return true;
		path.is_after_call = instruction.kind == CW_INSTRUCTION_CALL;
		path.at += instruction.size;
	}
}

void cw_ahead_read(struct cw_debug *debug, struct cw_decoder *decoder,
		   cw_addr pc, const struct cw_cfi_row *row,
		   struct cw_ahead *ret)
{
	const uint16_t all = 0xffff & ~(1 << CW_FRAME_RSP);
	struct walker walker = {
		.debug = debug,
		.target = cw_debug_target(debug),
		.decoder = decoder,
		.ahead = ret,
	};

	*ret = (struct cw_ahead){.read = 1 << CW_FRAME_RSP};
	cw_map_init(&walker.visited);
	if (!enter(&walker, row, all))
		give_up(&walker);
	go(&walker, pc, all, true);
	while (!ret->is_unknown && walker.paths.num > 0)
		if (!walk(&walker, walker.paths.items[--walker.paths.num]))
			give_up(&walker);
	cw_map_deinit(&walker.visited);
	cw_array_deinit(&walker.paths);
}
