#include "code/liveness.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "code/ahead.h"
#include "code/barrier.h"
#include "code/frame_use.h"
#include "dwarf/frame_variable.h"

enum {
	/* What frames further out hold is not judged, and so counts as live:
	 * a root too many, none too few. */
	MOST_FRAMES = 10000,
	SYSCALL_BYTES = 2,
	WORD = 8,
	ALL = 0xffff,
};

/* What the code at one pc says, whoever is there. */
struct site {
	uint16_t named; /* registers that variables are in, if looked for */
	bool is_named;	/* they were */
	struct cw_ahead ahead;
	uint64_t dead_words; /* of its frame, if looked for */
	bool has_dead_words; /* they were */
	uint16_t needed;     /* registers that unwinding needs */
	bool is_usable;	     /* has rules that place registers plainly */
	bool is_barrier;     /* a thread in here is none of ours to judge */
};

struct cw_liveness {
	struct cw_target *target;
	struct cw_debug *debug;
	struct cw_decoder *decoder;
	struct cw_map numbers; /* of sites, by pc and kind of frame */
	CW_ARRAY(struct site) sites;
};

struct cw_error *cw_liveness_create(struct cw_target *target,
				    struct cw_debug *debug,
				    struct cw_liveness **ret)
{
	struct cw_decoder *decoder;
	struct cw_error *err = cw_decoder_create(&decoder);

	if (err)
		return err;
	struct cw_liveness *liveness = cw_alloc(sizeof(*liveness));
	liveness->target = target;
	liveness->debug = debug;
	liveness->decoder = decoder;
	cw_map_init(&liveness->numbers);
	*ret = liveness;
	return NULL;
}

void cw_liveness_destroy(struct cw_liveness *liveness)
{
	if (!liveness)
		return;
	cw_decoder_destroy(liveness->decoder);
	cw_map_deinit(&liveness->numbers);
	cw_array_deinit(&liveness->sites);
	free(liveness);
}

/* Whether each register is in its own place or a slot of the stack. */
static bool has_plain_rules(const struct cw_cfi_row *row)
{
	if (row->is_signal_trampoline || row->cfa.kind != CW_CFI_REGISTER)
		return false;
	for (unsigned reg = 0; reg < CW_FRAME_PC; reg++)
		if (CW_PRESERVED_REGISTERS >> reg & 1 &&
		    row->regs[reg].kind != CW_CFI_SAME &&
		    row->regs[reg].kind != CW_CFI_OFFSET)
			return false;
	return true;
}

static struct site site_read(struct cw_liveness *liveness, cw_addr pc,
			     cw_addr lookup_pc)
{
	struct site site = {0};
	struct cw_cfi_row row;

	site.is_barrier = cw_barrier_is_at(liveness->target, lookup_pc);
	if (site.is_barrier || !cw_cfi_row(liveness->debug, lookup_pc, &row) ||
	    !has_plain_rules(&row))
		return site;
	site.is_usable = true;
	site.needed = 1 << row.cfa.reg;
	cw_ahead_read(liveness->debug, liveness->decoder, pc, &row,
		      &site.ahead);
	return site;
}

/* Borrowed until the next site is asked for. */
static struct site *site_at(struct cw_liveness *liveness, cw_addr pc,
			    bool is_interrupted)
{
	uint64_t key = pc << 1 | is_interrupted;
	uint32_t number;

	if (cw_map_get(&liveness->numbers, key, &number))
		return &liveness->sites.items[number];
	struct site site =
		site_read(liveness, pc, is_interrupted ? pc : pc - 1);
	cw_map_set(&liveness->numbers, key, liveness->sites.num);
	struct site *place = cw_array_push(&liveness->sites);
	*place = site;
	return place;
}

/*
 * Where the thread goes on.  One that waits in a system call may make it again
 * when it is continued, and the kernel reads the arguments anew.
 */
static struct site innermost_site(struct cw_liveness *liveness,
				  const struct cw_thread *thread)
{
	static const unsigned char syscall[SYSCALL_BYTES] = {0x0f, 0x05};
	cw_addr pc = thread->regs[CW_REG_RIP];
	struct site site = *site_at(liveness, pc, true);
	const void *before = cw_target_bytes(liveness->target,
					     pc - SYSCALL_BYTES, SYSCALL_BYTES);

	if ((int64_t)thread->regs[CW_REG_ORIG_RAX] < 0 || !before ||
	    memcmp(before, syscall, SYSCALL_BYTES) != 0)
		return site;
	struct site again = *site_at(liveness, pc - SYSCALL_BYTES, true);
	site.is_usable &= again.is_usable;
	site.needed |= again.needed;
	site.ahead.is_unknown |= again.ahead.is_unknown;
	site.ahead.read |= again.ahead.read;
	site.ahead.passed |= again.ahead.passed;
	return site;
}

/*
 * By frame, the registers whose values there may be read, by it or by those
 * outside.  Returns how many frames are known; false: no claim at all.
 */
static bool find_live(struct cw_liveness *liveness,
		      const struct cw_thread *thread,
		      const struct cw_stack *stack, uint16_t *live,
		      size_t *ret_num)
{
	const struct cw_frame *frames = stack->frames.items;
	cw_cleanup_free struct cw_ahead *ahead =
		cw_alloc(stack->frames.num * sizeof(*ahead));
	size_t num = stack->frames.num - 1; /* not the outermost */

	for (size_t i = 0; i < stack->frames.num; i++) {
		struct site site = i == 0 ? innermost_site(liveness, thread)
					  : *site_at(liveness, frames[i].pc,
						     frames[i].is_interrupted);

		if (site.is_barrier)
			return false;
		live[i] = site.needed;
		ahead[i] = site.ahead;
		if (!site.is_usable && i < num)
			num = i;
		if (!site.ahead.returns && !site.ahead.is_unknown &&
		    i + 1 < num)
			num = i + 1;
	}
	live[num] = ALL;
	for (size_t i = num; i-- > 0;)
		live[i] |= ahead[i].is_unknown
				   ? ALL
				   : ahead[i].read |
					     (ahead[i].passed & live[i + 1]);
	*ret_num = num;
	return true;
}

static void name_register(void *context,
			  const struct cw_frame_variable *variable)
{
	uint16_t *named = context;

	for (unsigned i = 0; i < variable->place.num_pieces; i++) {
		const struct cw_place_piece *piece = &variable->place.pieces[i];
		if (piece->kind == CW_PIECE_REGISTER &&
		    piece->value < CW_FRAME_PC)
			*named |= 1 << piece->value;
	}
}

/* What is looked for in a thread. */
struct search {
	struct cw_liveness *liveness;
	const struct cw_stack *stack;
	const uint16_t *live; /* by frame */
	size_t num;	      /* of frames that are known */
	bool (*wants)(void *context, uint64_t value);
	void *context;
	struct cw_dead_words *ret;
};

/*
 * Whether a variable in scope is in the register, read again or not: a person
 * sees it there.  What is in which register depends on the pc alone.
 */
static bool is_named(const struct search *search, size_t frame, unsigned reg)
{
	const struct cw_frame *at = &search->stack->frames.items[frame];
	struct site *site =
		site_at(search->liveness, at->pc, at->is_interrupted);
	const struct cw_frame_site variables = {
		.debug = search->liveness->debug,
		.target = search->liveness->target,
		.stack = search->stack,
		.frame = frame,
	};

	if (!site->is_named) {
		cw_cleanup_error struct cw_error *err = cw_frame_variables(
			&variables, name_register, &site->named);
		if (err)
			site->named = ALL;
		site->is_named = true;
	}
	return site->named >> reg & 1;
}

/* The value that @reg has in the frames [from, to) is read no more. */
static void claim(const struct search *search, size_t from, size_t to,
		  unsigned reg)
{
	const struct cw_frame *frames = search->stack->frames.items;

	if (search->wants &&
	    !search->wants(search->context, frames[from].regs[reg]))
		return;
	for (size_t i = from; i < to; i++)
		if (is_named(search, i, reg))
			return;
	*cw_array_push(&search->ret->items) = (struct cw_dead_word){
		.slot = frames[from].saved_at[reg],
		.reg = reg,
		.owner = cw_frame_lookup_pc(&frames[to - 1]),
	};
}

/* The places of one callee-saved register, from the innermost frame out. */
static void find_places(const struct search *search, unsigned reg)
{
	const struct cw_stack *stack = search->stack;
	const struct cw_frame *frames = stack->frames.items;

	for (size_t i = 0, end; i < search->num; i = end) {
		bool is_live = false;

		for (end = i;
		     end < stack->frames.num &&
		     cw_frame_knows(&frames[end], reg) &&
		     frames[end].saved_at[reg] == frames[i].saved_at[reg];
		     end++)
			is_live |= end >= search->num ||
				   search->live[end] >> reg & 1;
		if (end == i)
			end = i + 1; /* it is not known there */
		else if (!is_live)
			claim(search, i, end, reg);
	}
}

/* A word of a frame, and whether a variable in scope lies over it. */
struct covered {
	cw_addr slot;
	bool is_so;
};

static void cover(void *context, const struct cw_frame_variable *variable)
{
	struct covered *covered = context;

	uint64_t whole =
		variable->local->type ? variable->local->type->size : WORD;

	for (unsigned i = 0; i < variable->place.num_pieces; i++) {
		const struct cw_place_piece *piece = &variable->place.pieces[i];
		uint64_t size = piece->size ? piece->size : whole;
		covered->is_so |= piece->kind == CW_PIECE_MEMORY &&
				  piece->value < covered->slot + WORD &&
				  covered->slot < piece->value + size;
	}
}

static bool is_covered(const struct search *search, size_t frame, cw_addr slot)
{
	const struct cw_frame_site variables = {
		.debug = search->liveness->debug,
		.target = search->liveness->target,
		.stack = search->stack,
		.frame = frame,
	};
	struct covered covered = {slot, false};
	cw_cleanup_error struct cw_error *err =
		cw_frame_variables(&variables, cover, &covered);

	return err || covered.is_so;
}

/* Words that registers were saved in are told by register. */
static bool is_saved(const struct cw_frame *caller, cw_addr slot)
{
	for (unsigned reg = 0; reg < CW_NUM_FRAME_REGS; reg++)
		if (cw_frame_knows(caller, reg) &&
		    caller->saved_at[reg] == slot)
			return true;
	return false;
}

static uint64_t dead_words_of(struct cw_liveness *liveness,
			      const struct cw_frame *frame)
{
	struct site *site = site_at(liveness, frame->pc, frame->is_interrupted);
	struct cw_cfi_row row;

	if (!site->has_dead_words &&
	    cw_cfi_row(liveness->debug, cw_frame_lookup_pc(frame), &row))
		site->dead_words = cw_ahead_dead_words(
			liveness->debug, liveness->decoder, frame->pc, &row);
	site->has_dead_words = true;
	return site->dead_words;
}

/* The words of a frame's own, from its rsp up to the return address. */
static void find_slots(const struct search *search, size_t number)
{
	const struct cw_frame *frames = search->stack->frames.items;
	const struct cw_frame *frame = &frames[number];
	cw_addr end = frame->cfa - WORD;
	uint64_t value;

	if (frame->regs[CW_FRAME_RSP] % WORD || frame->cfa % WORD ||
	    frame->regs[CW_FRAME_RSP] > end)
		return;
	for (cw_addr slot = end; slot > frame->regs[CW_FRAME_RSP];) {
		slot -= WORD;
		uint64_t bit = cw_frame_word_bit(slot - frame->cfa);
		if (bit == 0)
			return;
		if (!cw_target_read_word(search->liveness->target, slot,
					 &value) ||
		    (search->wants && !search->wants(search->context, value)))
			continue;
		if ((dead_words_of(search->liveness, frame) & bit) == 0 ||
		    is_saved(&frames[number + 1], slot) ||
		    is_covered(search, number, slot))
			continue;
		*cw_array_push(&search->ret->items) = (struct cw_dead_word){
			.slot = slot,
			.reg = CW_NO_REGISTER,
			.owner = cw_frame_lookup_pc(frame),
		};
	}
}

static void find_words(const struct search *search)
{
	for (unsigned reg = 0; reg < CW_FRAME_PC; reg++) {
		if (CW_PRESERVED_REGISTERS >> reg & 1)
			find_places(search, reg);
		else if (reg != CW_FRAME_RSP && search->num > 0 &&
			 !(search->live[0] >> reg & 1))
			claim(search, 0, 1, reg);
	}
	for (size_t i = 0; i < search->num; i++)
		find_slots(search, i);
}

/*
 * Signals that a thread brings upon itself.  In a core all threads have the
 * signal that ended the process; the one that it was for comes first.
 */
static bool has_crashed(const struct cw_target *target,
			const struct cw_thread *thread)
{
	static const int signals[] = {4, 6, 7, 8, 11, 31}; /* ILL … SYS */

	if (target->kind == CW_TARGET_CORE && thread != target->threads.items)
		return false;
	for (size_t i = 0; i < cw_num_elements(signals); i++)
		if (thread->signal == signals[i])
			return true;
	return false;
}

void cw_liveness_thread(struct cw_liveness *liveness,
			const struct cw_thread *thread,
			bool (*wants)(void *context, uint64_t value),
			void *context, struct cw_dead_words *ret)
{
	struct cw_stack stack;
	struct search search = {
		.liveness = liveness,
		.stack = &stack,
		.wants = wants,
		.context = context,
		.ret = ret,
	};

	if (has_crashed(liveness->target, thread))
		return;
	cw_stack_init(&stack, liveness->debug, liveness->target, thread,
		      MOST_FRAMES);
	cw_cleanup_free uint16_t *live =
		cw_alloc(stack.frames.num * sizeof(*live));
	search.live = live;
	if (find_live(liveness, thread, &stack, live, &search.num))
		find_words(&search);
	cw_stack_deinit(&stack);
}

void cw_dead_words_deinit(struct cw_dead_words *words)
{
	cw_array_deinit(&words->items);
}
