#include "dwarf/entry_value.h"

#include "base/search.h"

enum {
	MAX_DEPTH = 16,
};

static bool indexed_address(void *context, uint64_t number, uint64_t *ret)
{
	const struct cw_frame_evaluation *evaluation = context;

	return cw_function_indexed_address(evaluation->site->debug,
					   evaluation->function, number, ret);
}

static bool scalar_type(void *context, uint64_t offset,
			struct cw_scalar_type *ret)
{
	const struct cw_frame_evaluation *evaluation = context;

	return cw_function_scalar_type(evaluation->site->debug,
				       evaluation->function, offset, ret);
}

static bool tls_address(void *context, uint64_t offset, cw_addr *ret)
{
	const struct cw_frame_evaluation *evaluation = context;
	const struct cw_frame_site *site = evaluation->site;

	return site->tls_address &&
	       site->tls_address(site->context, evaluation->function->module,
				 offset, ret);
}

static const struct cw_call_site *
call_site_at(const struct cw_function *function, cw_addr return_pc)
{
	size_t low =
		cw_search_first(i, 0, function->num_call_sites,
				function->call_sites[i].return_pc < return_pc);

	if (low == function->num_call_sites ||
	    function->call_sites[low].return_pc != return_pc)
		return NULL;
	return &function->call_sites[low];
}

/* The function that the call is of; NULL: it is not known. */
static const struct cw_function *callee_of(struct cw_frame_evaluation *caller,
					   const struct cw_call_site *call,
					   const struct cw_function *wanted)
{
	const struct cw_frame_site *site = caller->site;
	struct cw_expression_context context;
	const struct cw_function *callee;
	struct cw_call_site place = *call;
	uint64_t target;

	if (!call->callee && call->target) {
		cw_frame_evaluation_context(caller, &context);
		if (!cw_expression_compute(call->target, call->target_size,
					   &context, &target))
			return NULL;
		place.callee = target;
	}
	return cw_call_site_callee(site->debug, site->target, caller->function,
				   &place, wanted, &callee)
		       ? callee
		       : NULL;
}

/* What a call puts into @reg. */
static bool parameter_value(struct cw_frame_evaluation *caller,
			    const struct cw_call_site *call, uint64_t reg,
			    uint64_t *ret)
{
	struct cw_expression_context context;

	cw_frame_evaluation_context(caller, &context);
	for (uint32_t i = 0; i < call->num_parameters; i++)
		if (call->parameters[i].reg == reg)
			return cw_expression_compute(call->parameters[i].value,
						     call->parameters[i].size,
						     &context, ret);
	return false;
}

/*
 * What the last of the tail calls that led to a function put into @reg.  The
 * one that jumped has restored what its caller wants preserved, and its frame
 * is gone.
 */
static bool jumped_value(const struct cw_frame_evaluation *evaluation,
			 const struct cw_tail_call *tails, uint32_t num,
			 uint64_t reg, uint64_t *ret)
{
	struct cw_frame jumped =
		*cw_stack_caller(evaluation->site->stack, evaluation->frame);
	struct cw_frame_evaluation from = {
		.site = evaluation->site,
		.frame = evaluation->frame,
		.function = tails[num - 1].function,
		.depth = evaluation->depth + 1,
		.jumped = &jumped,
		.tails = tails,
		.num_tails = num - 1,
	};

	jumped.known &= ~(1u << CW_FRAME_RSP | 1u << CW_FRAME_PC);
	jumped.cfa = 0;
	return parameter_value(&from, tails[num - 1].site, reg, ret);
}

/* What @reg was when the function was entered. */
static bool entry_value(void *context, uint64_t reg, uint64_t *ret)
{
	const struct cw_frame_evaluation *evaluation = context;
	const struct cw_frame_site *site = evaluation->site;
	const struct cw_frame *frame =
		cw_stack_caller(site->stack, evaluation->frame);

	if (!frame || evaluation->depth == MAX_DEPTH || frame->is_interrupted)
		return false;
	if (evaluation->num_tails)
		return jumped_value(evaluation, evaluation->tails,
				    evaluation->num_tails, reg, ret);
	struct cw_frame_evaluation caller = {
		.site = site,
		.frame = evaluation->frame + 1,
		.depth = evaluation->depth + 1,
	};
	struct cw_error *err = cw_debug_function_at(
		site->debug, cw_frame_lookup_pc(frame), &caller.function);
	if (err || !caller.function) {
		cw_error_destroy(err);
		return false;
	}
	const struct cw_call_site *call =
		call_site_at(caller.function, frame->pc);
	if (!call)
		return false;
	if (evaluation->jumped)
		return parameter_value(&caller, call, reg, ret);

	struct cw_tail_call tails[CW_MAX_TAIL_CALLS];
	uint32_t num;
	const struct cw_function *callee =
		callee_of(&caller, call, evaluation->function);
	if (!callee || !cw_tail_calls_find(site->debug, site->target, callee,
					   evaluation->function, tails, &num))
		return false;
	return num ? jumped_value(evaluation, tails, num, reg, ret)
		   : parameter_value(&caller, call, reg, ret);
}

/* An address, or what the register that is named holds. */
static bool frame_base(const struct cw_function *function,
		       const struct cw_expression_context *context,
		       cw_addr *ret)
{
	struct cw_place place;

	cw_expression_evaluate(function->frame_base, function->frame_base_size,
			       context, &place);
	const struct cw_place_piece *piece = &place.pieces[0];
	if (place.num_pieces != 1)
		return false;
	if (piece->kind == CW_PIECE_REGISTER) {
		if (!cw_frame_knows(context->frame, piece->value))
			return false;
		*ret = context->frame->regs[piece->value];
		return true;
	}
	*ret = piece->value;
	return piece->kind == CW_PIECE_MEMORY || piece->kind == CW_PIECE_VALUE;
}

void cw_frame_evaluation_context(struct cw_frame_evaluation *evaluation,
				 struct cw_expression_context *ret)
{
	const struct cw_frame_site *site = evaluation->site;
	const struct cw_function *function = evaluation->function;

	*ret = (struct cw_expression_context){
		.target = site->target,
		.frame =
			evaluation->jumped
				? evaluation->jumped
				: &site->stack->frames.items[evaluation->frame],
		.bias = function->module->bias,
		.indexed_address = indexed_address,
		.tls_address = tls_address,
		.entry_value = entry_value,
		.scalar_type = scalar_type,
		.context = evaluation,
	};
	if (function->frame_base && !evaluation->jumped)
		ret->has_frame_base =
			frame_base(function, ret, &ret->frame_base);
}
