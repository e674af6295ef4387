#include <inttypes.h>

#include "command/address.h"
#include "command/command.h"
#include "command/describe.h"
#include "command/reference_table.h"

static void write_answer(struct cw_call *call, const struct cw_block *block,
			 const struct cw_references *in,
			 const struct cw_references *out)
{
	cw_cleanup_text struct cw_text what = {0};
	char bytes[CW_NUMBER_SIZE];

	if (call->out->json) {
		cw_json_address(call->out->json, "address", block->address);
		cw_incoming_write_json(call, in);
		cw_outgoing_write_json(call, out);
		return;
	}
	if (call->options->is_short) {
		cw_array_foreach(reference, &in->items) if (!reference->root)
			cw_output_text(call->out, "0x%" PRIx64 "\n",
				       reference->holder.address);
		return;
	}
	cw_describe_block(call->session, block, &what);
	cw_output_line(call->out, 2, "0x%" PRIx64 "  %s, %s  %s",
		       block->address,
		       cw_output_bytes(call->out, bytes, block->size),
		       cw_block_state_name(block->state),
		       what.chars ? what.chars : "");
	cw_incoming_write_text(call, in);
	cw_outgoing_write_text(call, out);
	cw_output_suggest(call->out, "heap path 0x%" PRIx64, block->address);
	cw_output_suggest(call->out, "heap object 0x%" PRIx64, block->address);
}

static struct cw_error *run(struct cw_call *call)
{
	struct cw_session *session = call->session;
	struct cw_references in = {0}, out = {0};
	struct cw_block block;
	uint64_t max =
		call->options->limit ? call->options->limit : CW_REFERENCES_ALL;

	struct cw_error *err =
		cw_address_block(session, call->arguments[0], &block);
	if (!err)
		err = cw_references_incoming(session->heap, session->roots,
					     &block, max, &session->progress,
					     &in);
	if (err)
		return err;
	cw_references_outgoing(session->heap, &block, max, &out);
	write_answer(call, &block, &in, &out);
	call->result->has_address = true;
	call->result->address = block.address;
	call->result->has_totals = true;
	call->result->count = in.num_total;
	call->result->bytes = block.size;
	cw_references_deinit(&in);
	cw_references_deinit(&out);
	return NULL;
}

const struct cw_command cw_command_refs = {
	.group = "heap",
	.name = "refs",
	.arguments = "ADDR",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "who points to a block and what it points to",
	.help = "The words in blocks and roots that point into the block that\n"
		"holds ADDR, and the words of the block that point to others,\n"
		"with the names of fields and variables.  With --short the\n"
		"addresses of the blocks that point to it.",
	.known_as = "!heap -x -v (WinDbg)",
	.needs = CW_NEEDS_ROOTS | CW_NEEDS_TYPES,
	.takes = CW_TAKES_LIMIT,
	.run = run,
};
