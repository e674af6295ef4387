#include "code/ahead.h"

#include "base/array.h"
#include "base/map.h"
#include "base/memory.h"
#include "code/frame_use.h"
#include "code/landing_pads.h"
#include "code/twice.h"

enum {
	MOST_FUNCTION_BYTES = 64 << 10,
	MOST_STEPS = 1 << 18, /* instructions on all paths */
	MOST_PARTS = 16,      /* a function and its cold parts */
	MOST_INSTRUCTION_BYTES = 15,
	RETPOLINE_BYTES = 64,
};

#define CALLER_SAVED (0xffff & ~CW_PRESERVED_REGISTERS)

/*
 * What is followed are the registers, or words of the function's frame: bits.
 * A path is an address to go on from, with those not written on the way.
 */
struct path {
	cw_addr at;
	uint64_t pending;
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
	struct cw_map visited; /* numbers of what follows, by address */
	CW_ARRAY(uint64_t) pending;
	struct part parts[MOST_PARTS];
	unsigned num_parts;
	uint64_t swept; /* what any instruction may read */
	unsigned num_steps;
	bool is_of_frame; /* words are followed, not registers */
	bool is_unknown, returns;
	uint64_t read, passed;
};

static void go(struct walker *walker, cw_addr at, uint64_t pending,
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
		  uint64_t pending)
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

/* Its frame is gone then. */
static void leave(struct walker *walker, uint64_t pending)
{
	walker->returns = true;
	if (walker->is_of_frame)
		return;
	/* Of the others some are results, and the caller may know that the
	 * function leaves more of them alone (-fipa-ra). */
	walker->read |= pending & CALLER_SAVED;
	walker->passed |= pending & CW_PRESERVED_REGISTERS;
}

/* A jump out of all parts known so far. */
static bool jump_out(struct walker *walker, cw_addr from, cw_addr to,
		     uint64_t pending)
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
		 uint64_t pending)
{
	if (!part_at(walker, to))
		return jump_out(walker, from, to, pending);
	go(walker, to, pending, false);
	return true;
}

static bool jump_indirectly(struct walker *walker, cw_addr from,
			    uint64_t pending)
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
		   const struct cw_instruction *instruction, uint64_t pending,
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

/* Whether the instruction has an outcome that is behind it. */
static bool goes_on_behind(const struct cw_instruction *instruction)
{
	return instruction->kind != CW_INSTRUCTION_RETURN &&
	       instruction->kind != CW_INSTRUCTION_JUMP &&
	       instruction->kind != CW_INSTRUCTION_STOP;
}

static bool frame_use(struct walker *walker,
		      const struct cw_instruction *instruction,
		      struct cw_frame_use *ret)
{
	struct cw_cfi_row row, next;
	bool has_next =
		goes_on_behind(instruction) &&
		cw_cfi_row(walker->debug,
			   instruction->address + instruction->size, &next);

	return cw_cfi_row(walker->debug, instruction->address, &row) &&
	       cw_frame_use_read(instruction, &row, has_next ? &next : NULL,
				 ret);
}

/* What it reads, and what holds something else then. */
static bool instruction_use(struct walker *walker,
			    const struct cw_instruction *instruction,
			    uint64_t *ret_read, uint64_t *ret_gone)
{
	struct cw_frame_use use;

	if (walker->is_of_frame) {
		if (!frame_use(walker, instruction, &use))
			return false;
		*ret_read = use.read;
		*ret_gone = use.read | use.written;
		return true;
	}
	*ret_read = instruction->mentioned & ~instruction->replaced;
	if (instruction->kind == CW_INSTRUCTION_CALL)
		*ret_read |= CALLER_SAVED;
	*ret_gone = instruction->mentioned | *ret_read;
	return true;
}

/* Whether there is something new to follow from there. */
static bool visit(struct walker *walker, struct path *path)
{
	uint32_t number = walker->pending.num;
	bool is_new;

	number = *cw_map_place(&walker->visited, path->at, number);
	is_new = number == walker->pending.num;
	if (is_new)
		*cw_array_push(&walker->pending) = 0;
	uint64_t *known = &walker->pending.items[number];
	path->pending &= ~*known & ~walker->read;
	*known |= path->pending;
	return path->pending != 0 || (is_new && !walker->returns);
}

/* One path, until it ends or joins one that was walked. */
static bool walk(struct walker *walker, struct path path)
{
	for (;;) {
		const struct part *part = part_at(walker, path.at);
		struct cw_instruction instruction;
		uint64_t read, gone;
		bool goes_on;

		if (!part)
			return path.is_after_call;
		if (!visit(walker, &path))
			return true;
		if (++walker->num_steps > MOST_STEPS ||
		    !decode(walker, path.at, part->end, &instruction) ||
		    !instruction_use(walker, &instruction, &read, &gone))
			return false;
		walker->read |= read & path.pending;
		path.pending &= ~gone;
		if (!follow(walker, &instruction, path.pending, &goes_on))
			return false;
		if (!goes_on)
			return true;
		path.is_after_call = instruction.kind == CW_INSTRUCTION_CALL;
		path.at += instruction.size;
	}
}

static void walk_all(struct walker *walker, cw_addr pc, uint64_t all)
{
	go(walker, pc, all, true);
	while (!walker->is_unknown && walker->paths.num > 0)
		walker->is_unknown =
			!walk(walker, walker->paths.items[--walker->paths.num]);
}

static bool is_twice(struct walker *walker,
		     const struct cw_instruction *instruction)
{
	return instruction->kind == CW_INSTRUCTION_CALL &&
	       cw_returns_twice(walker->target, walker->decoder, instruction);
}

/* The function may go on from another call than the one it is in. */
static bool comes_back(struct walker *walker, cw_addr from, cw_addr to)
{
	struct cw_instruction instruction;

	for (cw_addr at = from; at < to; at += instruction.size) {
		if (!decode(walker, at, to, &instruction))
			return false;
		if (is_twice(walker, &instruction))
			return true;
	}
	return false;
}

static void walker_init(struct walker *walker, struct cw_debug *debug,
			struct cw_decoder *decoder,
			const struct cw_cfi_row *row, uint64_t all)
{
	*walker = (struct walker){
		.debug = debug,
		.target = cw_debug_target(debug),
		.decoder = decoder,
	};
	cw_map_init(&walker->visited);
	walker->is_unknown = !enter(walker, row, all);
}

static void walker_deinit(struct walker *walker)
{
	cw_map_deinit(&walker->visited);
	cw_array_deinit(&walker->pending);
	cw_array_deinit(&walker->paths);
}

void cw_ahead_read(struct cw_debug *debug, struct cw_decoder *decoder,
		   cw_addr pc, const struct cw_cfi_row *row,
		   struct cw_ahead *ret)
{
	const uint16_t all = 0xffff & ~(1 << CW_FRAME_RSP);
	struct walker walker;

	walker_init(&walker, debug, decoder, row, all);
	walker.is_unknown =
		walker.is_unknown ||
		comes_back(&walker, row->function_start, row->function_end);
	walk_all(&walker, pc, all);
	*ret = (struct cw_ahead){
		.is_unknown = walker.is_unknown,
		.read = walker.read | 1 << CW_FRAME_RSP,
		.passed = walker.passed,
		.returns = walker.returns,
	};
	walker_deinit(&walker);
}

/* Its jumps to cold parts of the function lead there, too. */
static bool enter_parts(struct walker *walker,
			const struct cw_instruction *instruction)
{
	cw_addr to = instruction->operands[0].number;
	struct cw_cfi_row row;

	if ((instruction->kind != CW_INSTRUCTION_JUMP &&
	     instruction->kind != CW_INSTRUCTION_BRANCH) ||
	    instruction->operands[0].kind != CW_OPERAND_NUMBER ||
	    part_at(walker, to))
		return true;
	if (!cw_cfi_row(walker->debug, to, &row))
		return false;
	return is_at_return(&row) ? to == row.function_start
				  : enter(walker, &row, 0);
}

/* All code of the function; false: an address in the frame gets elsewhere. */
static bool scan(struct walker *walker, uint64_t *ret_loaded)
{
	for (unsigned i = 0; i < walker->num_parts; i++) {
		struct cw_instruction instruction;
		struct cw_frame_use use;
		cw_addr end = walker->parts[i].end;

		for (cw_addr at = walker->parts[i].start; at < end;
		     at += instruction.size) {
			if (++walker->num_steps > MOST_STEPS ||
			    !decode(walker, at, end, &instruction) ||
			    !frame_use(walker, &instruction, &use) ||
			    is_twice(walker, &instruction) ||
			    !enter_parts(walker, &instruction))
				return false;
			*ret_loaded |= use.loaded;
		}
	}
	return true;
}

uint64_t cw_ahead_dead_words(struct cw_debug *debug, struct cw_decoder *decoder,
			     cw_addr pc, const struct cw_cfi_row *row)
{
	struct cw_cfi_row entry;
	struct walker walker;
	uint64_t loaded = 0;

	/* A cold part does not tell what the rest does; a call that does not
	 * come back may be the last of a function. */
	if (pc >= row->function_end ||
	    !cw_cfi_row(debug, row->function_start, &entry) ||
	    !is_at_return(&entry))
		return 0;
	walker_init(&walker, debug, decoder, row, 0);
	walker.is_of_frame = true;
	walker.is_unknown = walker.is_unknown || !scan(&walker, &loaded);
	if (!walker.is_unknown) {
		/* From anew: the landing pads with all that is followed. */
		walker.paths.num = 0;
		walker.num_parts = 0;
		walker.is_unknown = !enter(&walker, row, loaded);
		walk_all(&walker, pc, loaded);
	}
	walker_deinit(&walker);
	return walker.is_unknown ? 0 : loaded & ~walker.read;
}
