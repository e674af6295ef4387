#include <inttypes.h>

#include "base/memory.h"
#include "command/command.h"
#include "command/describe.h"
#include "command/heading.h"

static void write_json(struct cw_call *call, uint64_t num)
{
	const struct cw_heap *heap = call->session->heap;
	struct cw_json *json = call->out->json;

	cw_json_array(json, "rows");
	for (uint64_t i = 0; i < num; i++) {
		const struct cw_corruption *c = &heap->corruptions.items[i];

		cw_json_object(json, NULL);
		cw_json_address(json, "address", c->address);
		cw_json_text(json, "what", c->what);
		cw_json_count(json, "lost", c->lost_size);
		if (c->suspect)
			cw_json_address(json, "suspect", c->suspect);
		else
			cw_json_null(json, "suspect");
		cw_json_end(json);
	}
	cw_json_end(json);
	cw_json_count(json, "total", heap->corruptions.num);
}

/* The block before the damage is the likely culprit: what is it? */
static void write_suspect(struct cw_call *call, cw_addr suspect)
{
	cw_cleanup_text struct cw_text what = {0};
	char bytes[CW_NUMBER_SIZE];
	struct cw_block block;

	if (!suspect || !cw_heap_block_at(call->session->heap, suspect, &block))
		return;
	cw_describe_block(call->session, &block, &what);
	cw_output_line(call->out, 4,
		       "  suspect: the block before, 0x%" PRIx64 ", %s, %s%s%s",
		       block.address,
		       cw_output_bytes(call->out, bytes, block.size),
		       cw_block_state_name(block.state),
		       what.length ? ": " : "", what.length ? what.chars : "");
}

static void write_text(struct cw_call *call, uint64_t num)
{
	const struct cw_heap *heap = call->session->heap;
	struct cw_output *out = call->out;
	char buffer[CW_COUNTED_SIZE], bytes[CW_NUMBER_SIZE];
	uint64_t lost = 0;

	for (uint64_t i = 0; i < num; i++) {
		const struct cw_corruption *c = &heap->corruptions.items[i];

		if (call->options->is_short) {
			cw_output_text(out, "0x%" PRIx64 "\n", c->address);
			continue;
		}
		cw_output_line(
			out, 4, "0x%" PRIx64 "  %s%s%s", c->address, c->what,
			c->lost_size ? "; lost " : "",
			c->lost_size ? cw_output_bytes(out, bytes, c->lost_size)
				     : "");
		write_suspect(call, c->suspect);
	}
	if (call->options->is_short)
		return;
	cw_array_foreach(c, &heap->corruptions) lost += c->lost_size;
	if (heap->corruptions.num)
		cw_output_line(out, 2, "= %s, %s lost to the walk",
			       cw_output_counted(buffer, heap->corruptions.num,
						 "corruption"),
			       cw_output_bytes(out, bytes, lost));
	else if (heap->allocators.num)
		cw_output_text(out, "no corruption: every block follows the "
				    "allocator's rules\n");
	if (num && heap->corruptions.items[0].suspect)
		cw_output_suggest(out, "heap object 0x%" PRIx64,
				  heap->corruptions.items[0].suspect);
	cw_output_suggest(out, "heap summary");
}

static struct cw_error *run(struct cw_call *call)
{
	struct cw_heap *heap = call->session->heap;
	uint64_t limit = call->options->limit;

	struct cw_error *err = cw_heap_verify(heap, &call->session->progress);
	uint64_t num = heap->corruptions.num;
	/* Names for the suspects. */
	if (!err && num)
		err = cw_session_need(call->session, CW_NEEDS_TYPES);
	if (err)
		return err;
	if (num) {
		call->result->has_address = true;
		call->result->address = heap->corruptions.items[0].address;
	}
	if (limit && num > limit)
		num = limit;
	if (call->out->json)
		write_json(call, num);
	else
		write_text(call, num);
	call->result->has_totals = true;
	call->result->count = heap->corruptions.num;
	return NULL;
}

const struct cw_command cw_command_verify = {
	.group = "heap",
	.name = "verify",
	.arguments = "",
	.summary = "corruption of the heap, with the likely culprit",
	.help = "Every place that breaks the allocator's own rules, links of\n"
		"free blocks too: what is wrong, how much the walk had to\n"
		"skip, and the block before it, which is the first to suspect\n"
		"of having written too far.",
	.known_as = "!heap -triage (WinDbg), verifyheap (SOS)",
	.needs = CW_NEEDS_HEAP,
	.takes = CW_TAKES_LIMIT,
	.run = run,
};
