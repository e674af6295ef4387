#include "dwarf/frame_variable.h"

#include <string.h>

#include "dwarf/entry_value.h"

enum {
	/* Blocks and inlined calls within each other. */
	MAX_SCOPES = 1024,
};

static const struct cw_frame *frame_of(const struct cw_frame_site *site)
{
	return &site->stack->frames.items[site->frame];
}

static void place_constant(const struct cw_local *local, struct cw_place *ret)
{
	ret->num_pieces = 1;
	ret->pieces[0] = (struct cw_place_piece){
		.kind = CW_PIECE_BYTES,
		.bytes = local->constant,
		.size = local->constant_size,
	};
}

static void variable_evaluate(const struct cw_expression_context *context,
			      cw_addr pc, struct cw_frame_variable *variable)
{
	const struct cw_local_place *place =
		cw_local_place_at(variable->local, pc);
	const struct cw_place_piece *piece = &variable->place.pieces[0];

	if (variable->local->constant)
		place_constant(variable->local, &variable->place);
	else if (place)
		cw_expression_evaluate(place->expression, place->size, context,
				       &variable->place);
	else
		cw_expression_evaluate(NULL, 0, context, &variable->place);
	variable->address = 0;
	if (variable->place.num_pieces == 1 && piece->kind == CW_PIECE_MEMORY &&
	    piece->size == 0)
		variable->address = piece->value;
}

struct cw_error *cw_frame_variables(
	const struct cw_frame_site *site,
	void (*visit)(void *context, const struct cw_frame_variable *variable),
	void *context)
{
	cw_addr pc = cw_frame_lookup_pc(frame_of(site));
	struct cw_frame_evaluation evaluation = {
		.site = site,
		.frame = site->frame,
	};
	struct cw_error *err =
		cw_debug_function_at(site->debug, pc, &evaluation.function);

	const struct cw_function *function = evaluation.function;
	if (err || !function)
		return err;
	struct cw_expression_context expressions;
	cw_frame_evaluation_context(&evaluation, &expressions);
	uint32_t scopes[MAX_SCOPES];
	size_t num = cw_function_scopes_at(function, pc, scopes, MAX_SCOPES);
	for (size_t i = 0; i < num; i++) {
		for (uint32_t j = 0; j < function->num_locals; j++) {
			struct cw_frame_variable variable = {
				.function = function,
				.local = &function->locals[j],
			};
			if (variable.local->scope != scopes[i])
				continue;
			variable_evaluate(&expressions, pc, &variable);
			visit(context, &variable);
		}
	}
	return NULL;
}

/* The bytes of one piece, @size of them; false: they are unknown. */
static bool piece_bytes(const struct cw_frame_site *site,
			const struct cw_place_piece *piece, unsigned char *ret,
			uint64_t size, uint64_t *ret_size)
{
	const struct cw_frame *frame = frame_of(site);
	const void *bytes = NULL;
	uint64_t available = 0;

	switch (piece->kind) {
	case CW_PIECE_UNKNOWN:
		return false;
	case CW_PIECE_MEMORY:
		*ret_size = size;
		return cw_target_read(site->target, piece->value, ret, size);
	case CW_PIECE_REGISTER:
		bytes = cw_frame_register_bytes(frame, piece->value,
						&available);
		if (!bytes)
			return false;
		break;
	case CW_PIECE_VALUE:
		bytes = &piece->value;
		available = sizeof(piece->value);
		break;
	case CW_PIECE_BYTES:
		bytes = piece->bytes;
		available = piece->size;
		break;
	}
	*ret_size = available < size ? available : size;
	memcpy(ret, bytes, *ret_size);
	return true;
}

uint64_t cw_frame_variable_bytes(const struct cw_frame_site *site,
				 const struct cw_frame_variable *variable,
				 unsigned char *ret, unsigned char *ret_known,
				 uint64_t size)
{
	const struct cw_place *place = &variable->place;
	uint64_t at = 0, num_known = 0;

	memset(ret, 0, size);
	memset(ret_known, 0, size);
	for (unsigned i = 0; i < place->num_pieces && at < size; i++) {
		const struct cw_place_piece *piece = &place->pieces[i];
		uint64_t wanted = size - at, got = 0;
		if (piece->size && piece->size < wanted)
			wanted = piece->size;
		if (piece_bytes(site, piece, ret + at, wanted, &got)) {
			memset(ret_known + at, 1, got);
			num_known += got;
		} else {
			memset(ret + at, 0, wanted);
		}
		at += wanted;
	}
	return num_known;
}

size_t cw_frame_calls(const struct cw_frame_site *site,
		      struct cw_frame_call *ret, size_t max)
{
	cw_addr pc = cw_frame_lookup_pc(frame_of(site));
	const struct cw_function *function = NULL;
	cw_cleanup_error struct cw_error *err =
		cw_debug_function_at(site->debug, pc, &function);
	struct cw_frame_call call = {0};
	uint32_t scopes[MAX_SCOPES];
	size_t num_scopes = 0, num = 0;
	uint64_t offset;

	cw_debug_line(site->debug, pc, &call.file, &call.line);
	if (function)
		num_scopes =
			cw_function_scopes_at(function, pc, scopes, MAX_SCOPES);
	for (size_t i = 0; i < num_scopes && num < max; i++) {
		const struct cw_code_scope *scope =
			&function->scopes[scopes[i]];
		if (scope->kind != CW_SCOPE_INLINED)
			continue;
		call.name = scope->name;
		call.is_inlined = true;
		ret[num++] = call;
		call.file = scope->call_file;
		call.line = scope->call_line;
	}
	call.name = function && function->name
			    ? function->name
			    : cw_debug_function(site->debug, pc, &offset);
	call.is_inlined = false;
	if (num < max)
		ret[num++] = call;
	return num;
}
