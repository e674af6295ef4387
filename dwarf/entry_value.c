#include "dwarf/entry_value.h"

#include <string.h>

#include "base/search.h"
#include "dwarf/library.h"

enum {
	MAX_DEPTH = 16,
};

static bool indexed_address(void *context, uint64_t number, uint64_t *ret)
{
	const struct cw_frame_evaluation *evaluation = context;

	return cw_function_indexed_address(evaluation->site->debug,
					   evaluation->function, number, ret);
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

static bool names_agree(const char *left, const char *right)
{
	return left && right && strcmp(left, right) == 0;
}

/*
 * Whether the call is of that function, and not of one that jumped there as
 * its last act and may have changed the registers before.
 */
static bool is_call_of(const struct cw_call_site *call,
		       const struct cw_expression_context *caller,
		       const struct cw_function *function)
{
	uint64_t target;

	if (call->callee)
		return call->callee == function->entry;
	if (call->target)
		return cw_expression_compute(call->target, call->target_size,
					     caller, &target) &&
		       target == function->entry;
	return names_agree(call->callee_name, function->linkage_name
						      ? function->linkage_name
						      : function->name);
}

/* What the caller put into @reg. */
static bool passed_value(struct cw_frame_evaluation *evaluation, unsigned reg,
			 uint64_t *ret)
{
	const struct cw_frame_site *site = evaluation->site;
	const struct cw_frame *frame =
		cw_stack_caller(site->stack, evaluation->frame);

	if (!frame || evaluation->depth == MAX_DEPTH)
		return false;
	struct cw_frame_evaluation caller = {
		.site = site,
		.frame = evaluation->frame + 1,
		.depth = evaluation->depth + 1,
	};
	struct cw_error *err = cw_debug_function_at(
		site->debug, cw_frame_lookup_pc(frame), &caller.function);
	if (err || !caller.function || frame->is_interrupted) {
		cw_error_destroy(err);
		return false;
	}
	const struct cw_call_site *call =
		call_site_at(caller.function, frame->pc);
	struct cw_expression_context context;
	cw_frame_evaluation_context(&caller, &context);
	if (!call || !is_call_of(call, &context, evaluation->function))
		return false;
	for (uint32_t i = 0; i < call->num_parameters; i++)
		if (call->parameters[i].reg == reg)
			return cw_expression_compute(call->parameters[i].value,
						     call->parameters[i].size,
						     &context, ret);
	return false;
}

/* Of a register; anything else is not passed by a call. */
static bool entry_value(void *context, const unsigned char *expression,
			uint64_t size, uint64_t *ret)
{
	if (size != 1 || expression[0] < DW_OP_reg0 ||
	    expression[0] > DW_OP_reg31)
		return false;
	return passed_value(context, expression[0] - DW_OP_reg0, ret);
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
		.frame = &site->stack->frames.items[evaluation->frame],
		.bias = function->module->bias,
		.indexed_address = indexed_address,
		.tls_address = tls_address,
		.entry_value = entry_value,
		.context = evaluation,
	};
	if (function->frame_base)
		ret->has_frame_base =
			frame_base(function, ret, &ret->frame_base);
}
