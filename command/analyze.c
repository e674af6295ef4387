#include "base/memory.h"
#include "command/command.h"
#include "command/heading.h"
#include "command/place.h"

static struct cw_error *run(struct cw_call *call)
{
	struct cw_places places;

	cw_places_count(call->session, &places);
	if (call->out->json) {
		cw_places_write_json(call->out->json, &places);
		return NULL;
	}
	cw_heading_write(call->out, call->session->target);
	cw_output_text(call->out, "\n");
	cw_places_write_text(call->out, &places);
	cw_heading_write_warnings(call->out, call->session->target);
	cw_output_suggest(call->out, "heap summary");
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
