#include "base/memory.h"
#include "command/command.h"
#include "command/heading.h"
#include "command/place.h"
#include "command/suspect.h"

static void write_suspects_json(struct cw_json *json,
				const struct cw_suspects *suspects)
{
	cw_json_array(json, "suspects");
	cw_array_foreach(suspect, &suspects->items)
	{
		cw_json_object(json, NULL);
		cw_json_text(json, "kind", suspect->kind);
		cw_json_count(json, "bytes", suspect->bytes);
		cw_json_text(json, "text", suspect->text);
		if (suspect->address)
			cw_json_address(json, "address", suspect->address);
		else
			cw_json_null(json, "address");
		cw_json_end(json);
	}
	cw_json_end(json);
}

static void write_suspects(struct cw_output *out,
			   const struct cw_suspects *suspects)
{
	unsigned number = 0;

	cw_output_heading(out, "suspects");
	cw_array_foreach(suspect, &suspects->items)
	{
		cw_output_line(out, 4, "%2u  %s", ++number, suspect->text);
		if (suspect->more)
			cw_output_line(out, 4, "    %s", suspect->more);
		if (suspect->next)
			cw_output_suggest(out, "%s", suspect->next);
	}
	if (suspects->items.num == 0)
		cw_output_text(out, "    none: nothing is lost, and no block "
				    "keeps a tenth of what is used\n");
}

static void write_text(struct cw_call *call, const struct cw_places *places,
		       const struct cw_suspects *suspects)
{
	struct cw_output *out = call->out;

	cw_heading_write(out, call->session->target);
	cw_output_text(out, "\n");
	cw_places_write_text(out, places);
	cw_output_text(out, "\n");
	if (call->session->heap->allocators.num)
		write_suspects(out, suspects);
	cw_heading_write_warnings(out, call->session->target);
	if (out->suggestions.num == 0)
		cw_output_suggest(out, "heap summary");
}

static struct cw_error *run(struct cw_call *call)
{
	struct cw_suspects suspects;
	struct cw_places places;

	cw_places_count(call->session, &places);
	struct cw_error *err =
		cw_suspects_find(call->session, call->out, &suspects);
	if (err)
		return err;
	call->result->has_totals = true;
	call->result->count = suspects.items.num;
	call->result->bytes = places.total;
	if (suspects.items.num && suspects.items.items[0].address) {
		call->result->has_address = true;
		call->result->address = suspects.items.items[0].address;
	}
	if (call->out->json) {
		cw_places_write_json(call->out->json, &places);
		write_suspects_json(call->out->json, &suspects);
	} else {
		write_text(call, &places, &suspects);
	}
	cw_suspects_deinit(&suspects);
	return NULL;
}

const struct cw_command cw_command_analyze = {
	.group = "heap",
	.name = "analyze",
	.arguments = "",
	.summary = "the first look: where the memory is, what is suspected",
	.help = "Where the memory is, in sums that add up to what the target\n"
		"holds, and what looks wrong with it: leaks, growth behind "
		"one\n"
		"root, free memory that cannot be given back, mappings that "
		"no\n"
		"known allocator made.",
	.known_as = "!analyze -v (WinDbg), Leak Suspects (MAT)",
	.needs = CW_NEEDS_REACH,
	.run = run,
};
