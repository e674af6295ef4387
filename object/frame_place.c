#include "object/frame_place.h"

#include <string.h>

#include "dwarf/frame_variable.h"
#include "dwarf/stacks.h"
#include "golang/frame.h"
#include "object/static_storage.h"

enum {
	/* Frames in a row that may have the same value of a register. */
	MAX_SHARED = 64,
	MAX_GO_FRAMES = 1 << 16,
};

/* What is looked for in the variables of a frame. */
struct search {
	struct cw_frame_site site;
	const struct cw_thread *thread;
	bool is_register;
	unsigned reg;
	cw_addr slot;
	bool is_found;
	struct cw_frame_place place;
};

static bool tls_address(void *context, const struct cw_module *module,
			uint64_t offset, cw_addr *ret)
{
	const struct search *search = context;

	if (!search->thread)
		return false;
	return cw_tls_address(search->site.target, module, search->thread,
			      offset, ret);
}

static const struct cw_frame *frame_of(const struct search *search)
{
	return &search->site.stack->frames.items[search->site.frame];
}

static void place_found(struct search *search,
			const struct cw_frame_variable *variable,
			uint64_t offset)
{
	search->is_found = true;
	search->place.local = variable->local;
	search->place.function =
		cw_local_function(variable->function, variable->local);
	search->place.address = variable->address;
	search->place.offset = offset;
}

static void variable_look(void *context,
			  const struct cw_frame_variable *variable)
{
	struct search *search = context;
	const struct cw_place *place = &variable->place;
	uint64_t size = cw_type_strip(variable->local->type)->size;
	uint64_t at = 0;

	if (search->is_found || !variable->local->name)
		return;
	for (unsigned i = 0; i < place->num_pieces && at < size; i++) {
		const struct cw_place_piece *piece = &place->pieces[i];
		uint64_t length = size - at;
		if (piece->size && piece->size < length)
			length = piece->size;
		if (search->is_register && piece->kind == CW_PIECE_REGISTER &&
		    piece->value == search->reg)
			place_found(search, variable, at);
		else if (!search->is_register &&
			 piece->kind == CW_PIECE_MEMORY &&
			 search->slot >= piece->value &&
			 search->slot - piece->value < length)
			place_found(search, variable,
				    at + search->slot - piece->value);
		if (search->is_found)
			return;
		at += length;
	}
}

/* Looks at the variables of the frame at @index. */
static bool frame_look(struct search *search, size_t index)
{
	search->site.frame = index;
	cw_cleanup_error struct cw_error *err =
		cw_frame_variables(&search->site, variable_look, search);

	if (search->is_found) {
		search->place.frame =
			cw_stack_number(search->site.stack, index);
		search->place.pc = cw_frame_lookup_pc(frame_of(search));
	}
	return search->is_found;
}

static void frame_only(struct search *search, size_t index)
{
	struct cw_frame_call call = {0};

	search->site.frame = index;
	cw_frame_calls(&search->site, &call, 1);
	search->place = (struct cw_frame_place){
		.frame = cw_stack_number(search->site.stack, index),
		.function = call.name,
		.pc = cw_frame_lookup_pc(frame_of(search)),
	};
}

/*
 * Looks for a local in the register @reg of the frames, from @index outwards,
 * that find its value at @saved_at.
 */
static bool register_look(struct search *search, size_t index, unsigned reg,
			  cw_addr saved_at)
{
	const struct cw_stack *stack = search->site.stack;

	search->is_register = true;
	search->reg = reg;
	for (size_t i = index; i < stack->frames.num && i < index + MAX_SHARED;
	     i++) {
		const struct cw_frame *frame = &stack->frames.items[i];
		if (!cw_frame_knows(frame, reg) ||
		    frame->saved_at[reg] != saved_at)
			break;
		if (frame_look(search, i))
			return true;
	}
	return false;
}

static bool slot_look(struct search *search, cw_addr slot)
{
	const struct cw_stack *stack = search->site.stack;
	size_t index = 0;

	/* Frames of signal handlers may be anywhere: the first that fits. */
	while (index < stack->frames.num &&
	       (stack->frames.items[index].cfa == 0 ||
		slot >= stack->frames.items[index].cfa))
		index++;
	if (index == stack->frames.num ||
	    (stack->num_left_out && index == stack->first_end))
		return false;
	search->slot = slot;
	/* What was passed on the stack is the callee's. */
	if (frame_look(search, index) ||
	    (index > 0 && frame_look(search, index - 1)))
		return true;
	const struct cw_frame *caller = cw_stack_caller(stack, index);
	for (unsigned reg = 0; caller && reg < CW_FRAME_PC; reg++)
		if (cw_frame_knows(caller, reg) &&
		    caller->saved_at[reg] == slot &&
		    register_look(search, index + 1, reg, slot))
			return true;
	frame_only(search, index);
	return true;
}

/* The DWARF number of a thread's register; CW_NUM_FRAME_REGS: none. */
static unsigned frame_register(uint64_t word)
{
	static const unsigned char numbers[CW_NUM_REGS] = {
		[CW_REG_R15] = CW_FRAME_R15,
		[CW_REG_R14] = CW_FRAME_R15 - 1,
		[CW_REG_R13] = CW_FRAME_R15 - 2,
		[CW_REG_R12] = CW_FRAME_R15 - 3,
		[CW_REG_R11] = CW_FRAME_R8 + 3,
		[CW_REG_R10] = CW_FRAME_R8 + 2,
		[CW_REG_R9] = CW_FRAME_R8 + 1,
		[CW_REG_R8] = CW_FRAME_R8,
		[CW_REG_RBP] = CW_FRAME_RBP,
		[CW_REG_RBX] = CW_FRAME_RBX,
		[CW_REG_RCX] = CW_FRAME_RCX,
		[CW_REG_RDX] = CW_FRAME_RDX,
		[CW_REG_RSI] = CW_FRAME_RSI,
		[CW_REG_RDI] = CW_FRAME_RDI,
		[CW_REG_RSP] = CW_FRAME_RSP,
	};

	if (word == CW_REG_RAX)
		return CW_FRAME_RAX;
	if (word >= CW_NUM_REGS || numbers[word] == CW_FRAME_RAX)
		return CW_NUM_FRAME_REGS;
	return numbers[word];
}

/* Frames of a goroutine up to the one that @slot is in. */
static void go_stack_init(struct cw_stack *stack, const struct cw_root *root,
			  const struct cw_go *go, cw_addr slot,
			  struct cw_go_frame *frame)
{
	*stack = (struct cw_stack){0};
	*frame = (struct cw_go_frame){0};
	while (stack->frames.num < MAX_GO_FRAMES &&
	       cw_go_frame_next(go, root->goroutine, frame)) {
		*cw_array_push(&stack->frames) = (struct cw_frame){
			.pc = frame->pc,
			.cfa = frame->end,
			.regs[CW_FRAME_RSP] = frame->sp,
			.known = 1 << CW_FRAME_RSP,
			.is_interrupted = frame->is_unmapped,
		};
		if (slot < frame->end)
			break;
	}
}

/* The same of a goroutine, whose functions have names without debug info. */
static bool go_place_find(const struct cw_target *target,
			  struct cw_debug *debug, const struct cw_go *go,
			  const struct cw_root *root, cw_addr slot,
			  struct cw_frame_place *ret)
{
	struct cw_stack stack;
	struct cw_go_frame frame;
	struct search search = {
		.site = {.debug = debug,
			 .target = target,
			 .stack = &stack,
			 .tls_address = tls_address},
	};

	if (root->start == 0)
		return false;
	go_stack_init(&stack, root, go, slot, &frame);
	search.site.context = &search;
	bool is_found = stack.frames.num > 0 && slot_look(&search, slot);
	if (is_found && !search.place.function)
		search.place.function = frame.function.name;
	cw_stack_deinit(&stack);
	if (is_found)
		*ret = search.place;
	return is_found;
}

bool cw_frame_place_find(const struct cw_target *target, struct cw_debug *debug,
			 const struct cw_root *root, uint64_t word,
			 struct cw_frame_place *ret)
{
	bool is_register = cw_root_is_general(root);

	if (root->kind == CW_ROOT_GOROUTINE && debug)
		return go_place_find(target, debug, root->go, root,
				     root->start + word * 8, ret);
	if (!root->thread || !debug ||
	    !(is_register || root->kind == CW_ROOT_STACK))
		return false;
	struct search search = {
		.site =
			{
				.debug = debug,
				.target = target,
				.stack = cw_debug_stack(debug, root->thread),
				.tls_address = tls_address,
			},
		.thread = root->thread,
	};
	search.site.context = &search;
	if (!is_register) {
		cw_addr slot = root->start + word * 8;
		if (slot < root->thread->regs[CW_REG_RSP] ||
		    !slot_look(&search, slot))
			return false;
	} else {
		unsigned reg = frame_register(word);
		if (reg == CW_NUM_FRAME_REGS)
			return false;
		if (!register_look(&search, 0, reg, 0))
			frame_only(&search, 0);
	}
	*ret = search.place;
	return true;
}

void cw_frame_place_name(const struct cw_frame_place *place,
			 struct cw_text *text)
{
	const char *function = place->function ? place->function : "?";

	/* main() as opposed to a namespace main; demangled ones have it. */
	cw_text_addf(text, "%s%s", function, strchr(function, '(') ? "" : "()");
	if (place->local)
		cw_text_addf(text, "::%s", place->local->name);
}
