#include <inttypes.h>

#include "base/memory.h"
#include "command/address.h"
#include "command/command.h"
#include "command/gap.h"
#include "command/leak_text.h"
#include "command/ring_audit.h"

/* The rings that were asked for. */
static const struct cw_rings *wanted_rings(const struct cw_call *call)
{
	return call->options->is_reachable || call->options->has_all
		       ? call->session->all_rings
		       : call->session->lost_rings;
}

static const struct cw_ring_audit *audit_of(const struct cw_call *call,
					    const struct cw_ring_group *group)
{
	const struct cw_rings *rings = wanted_rings(call);
	const struct cw_audit *audit = rings == call->session->all_rings
					       ? call->session->all_audit
					       : call->session->lost_audit;

	return audit ? &audit->groups[group - rings->groups.items] : NULL;
}

/* One way round the first ring of the group: along what owns, where known. */
struct way {
	const struct cw_ring_step *steps;
	uint32_t num;
};

static struct way way_of(const struct cw_call *call,
			 const struct cw_ring_group *group)
{
	const struct cw_ring_audit *audit = audit_of(call, group);

	if (audit && audit->num_steps > 0)
		return (struct way){audit->steps, audit->num_steps};
	return (struct way){group->steps, group->num_steps};
}

static bool passes(const struct cw_call *call,
		   const struct cw_ring_group *group)
{
	if (call->options->is_reachable && !call->options->has_all)
		return group->is_reachable;
	return true;
}

/* Rings of the group with an object that has a finalizer. */
static uint32_t num_finalized(const struct cw_call *call,
			      const struct cw_ring_group *group)
{
	const struct cw_rings *rings = wanted_rings(call);
	const struct cw_roots *roots = call->session->roots;
	uint32_t num = 0;

	if (!roots || !roots->go)
		return 0;
	for (uint32_t ring = 0; ring < group->rings; ring++) {
		uint32_t i = rings->first[group->first_ring + ring];
		uint32_t end = rings->first[group->first_ring + ring + 1];

		while (i < end &&
		       !cw_roots_has_finalizer(roots, rings->blocks[i]))
			i++;
		num += i < end;
	}
	return num;
}

static void write_ring_json(struct cw_json *json,
			    const struct cw_session *session,
			    const struct way *way)
{
	cw_json_array(json, "ring");
	for (uint32_t i = 0; i < way->num; i++) {
		const struct cw_ring_step *step = &way->steps[i];
		const struct cw_ring_step *next =
			&way->steps[(i + 1) % way->num];
		cw_cleanup_text struct cw_text field = {0};

		cw_leak_link_text(session, step->block, step->offset, &field);
		cw_json_object(json, NULL);
		cw_json_text(json, "type",
			     cw_leak_label_name(session, step->label));
		cw_json_text(json, "field", field.chars);
		cw_json_text(json, "to",
			     cw_leak_label_name(session, next->label));
		cw_json_end(json);
	}
	cw_json_end(json);
}

static void write_group_json(struct cw_call *call,
			     const struct cw_ring_group *group)
{
	const struct way way = way_of(call, group);
	struct cw_json *json = call->out->json;
	cw_cleanup_text struct cw_text text = {0};

	cw_ring_group_text(call->session, group, &text);
	cw_leak_group_json_begin(json, group->signature, &text);
	cw_json_count(json, "cycles", group->rings);
	cw_json_count(json, "blocks", group->count.blocks);
	cw_json_count(json, "bytes", group->count.bytes);
	cw_json_bool(json, "reachable", group->is_reachable);
	cw_ring_audit_owning_json(json, audit_of(call, group));
	if (call->session->roots && call->session->roots->go)
		cw_json_count(json, "finalized", num_finalized(call, group));
	write_ring_json(json, call->session, &way);
	cw_ring_audit_counts_json(json, audit_of(call, group));
	cw_json_array(json, "example");
	for (uint32_t i = 0; i < way.num; i++)
		cw_json_address(json, NULL, way.steps[i].block);
	cw_json_end(json);
	cw_json_end(json);
}

static const struct cw_column columns[] = {
	{"#", CW_COLUMN_NUMBER},       {"rings", CW_COLUMN_NUMBER},
	{"blocks", CW_COLUMN_NUMBER},  {"bytes", CW_COLUMN_NUMBER},
	{"reachable", CW_COLUMN_TEXT}, {"owning", CW_COLUMN_TEXT},
	{"example", CW_COLUMN_TEXT},   {"what", CW_COLUMN_WRAP},
};

static void write_row(struct cw_call *call, struct cw_table *table,
		      const struct cw_ring_group *group, uint64_t number)
{
	cw_cleanup_text struct cw_text text = {0};

	cw_ring_group_text(call->session, group, &text);
	cw_table_row(table);
	cw_table_count(table, number);
	cw_table_count(table, group->rings);
	cw_table_count(table, group->count.blocks);
	cw_table_bytes(table, group->count.bytes);
	cw_table_text(table, group->is_reachable ? "yes" : "no");
	cw_table_text(table, cw_ring_audit_owning_text(audit_of(call, group)));
	cw_table_address(table, group->num_examples ? group->examples[0] : 0);
	cw_table_text(table, text.chars);
}

static const struct cw_column step_columns[] = {
	{"address", CW_COLUMN_TEXT},
	{"bytes", CW_COLUMN_NUMBER},
	{"type and field", CW_COLUMN_CUT},
	{"holds", CW_COLUMN_TEXT},
};

/* One way round, word by word. */
static void write_steps(struct cw_call *call, const struct cw_ring_group *group)
{
	const struct way way = way_of(call, group);
	cw_cleanup_text struct cw_text text = {0}, counts = {0};
	uint64_t limit = call->options->limit;
	struct cw_table table;

	cw_ring_group_text(call->session, group, &text);
	cw_output_heading(call->out, "%" PRIu32 " x %s", group->rings,
			  text.chars);
	cw_ring_audit_text(audit_of(call, group), &counts);
	if (counts.length)
		cw_output_line(call->out, 2, "%s", counts.chars);
	cw_output_text(call->out, "a shortest way round the first one:\n");
	cw_table_init(&table, call->out, step_columns,
		      cw_num_elements(step_columns));
	for (uint32_t i = 0; i < way.num; i++) {
		const struct cw_ring_step *step = &way.steps[i];
		cw_cleanup_text struct cw_text field = {0};

		if (limit && i == limit)
			break;
		const char *name =
			cw_leak_label_name(call->session, step->label);
		cw_text_add(&field, name ? name : "");
		cw_leak_link_text(call->session, step->block, step->offset,
				  &field);
		cw_table_row(&table);
		cw_table_address(&table, step->block);
		cw_table_bytes(&table, step->size);
		cw_table_text(&table, field.chars);
		cw_table_address(&table, step->value);
	}
	cw_table_end(&table);
	if (limit && way.num > limit)
		cw_output_text(call->out,
			       "%" PRIu64 " more steps (--limit 0)\n",
			       way.num - limit);
	if (way.num)
		cw_output_suggest(call->out, "heap object 0x%" PRIx64,
				  way.steps[0].block);
}

/* What the counts of the rows above say. */
static void write_audits(struct cw_call *call)
{
	uint64_t limit = call->options->limit, number = 0, num = 0;
	char rings[CW_COUNTED_SIZE];

	cw_array_foreach(group, &wanted_rings(call)->groups)
	{
		number++;
		if (!passes(call, group))
			continue;
		if (limit && num++ == limit)
			break;
		cw_ring_audit_line(call->out, number, audit_of(call, group));
		uint32_t finalized = num_finalized(call, group);
		if (finalized)
			cw_output_line(
				call->out, 2,
				"%" PRIu64 ": never collected, since an "
				"object has a finalizer: %s",
				number,
				cw_output_counted(rings, finalized, "ring"));
	}
}

static void write_text(struct cw_call *call)
{
	const struct cw_rings *rings = wanted_rings(call);
	uint64_t limit = call->options->limit, number = 0, num = 0, left = 0;
	struct cw_heap_count sum = {0};
	char count[CW_COUNTED_SIZE], bytes[CW_NUMBER_SIZE],
		blocks[CW_COUNTED_SIZE];
	uint64_t num_rings = 0;
	struct cw_table table;

	cw_table_init(&table, call->out, columns, cw_num_elements(columns));
	cw_array_foreach(group, &rings->groups)
	{
		number++;
		if (!passes(call, group))
			continue;
		sum.blocks += group->count.blocks;
		sum.bytes += group->count.bytes;
		num_rings += group->rings;
		if (limit && num == limit)
			left++;
		else {
			num++;
			write_row(call, &table, group, number);
		}
	}
	cw_table_end(&table);
	if (left)
		cw_output_text(call->out,
			       "%" PRIu64 " more kinds (--limit 0)\n", left);
	write_audits(call);
	cw_output_line(call->out, 2, "= %s%s of %s, %s",
		       cw_output_counted(count, num_rings, "ring"),
		       rings == call->session->lost_rings
			       ? " that no root leads to,"
			       : "",
		       cw_output_counted(blocks, sum.blocks, "block"),
		       cw_output_bytes(call->out, bytes, sum.bytes));
	if (num)
		cw_output_suggest(call->out, "heap cycles 1");
	if (rings == call->session->lost_rings)
		cw_output_suggest(call->out, "heap cycles --reachable");
	if (rings == call->session->lost_rings &&
	    !call->session->lost_rings_have_types && num_rings > 0)
		cw_output_suggest(call->out, "heap cycles --types");
	cw_output_suggest(call->out, "heap leaks");
}

static void write_json(struct cw_call *call)
{
	uint64_t limit = call->options->limit, num = 0;

	cw_gaps_write_numbers_json(call->out->json, call->session);
	cw_json_array(call->out->json, "groups");
	cw_array_foreach(group, &wanted_rings(call)->groups)
	{
		if (!passes(call, group))
			continue;
		if (limit && num++ == limit)
			break;
		write_group_json(call, group);
	}
	cw_json_end(call->out->json);
}

static void write_short(struct cw_call *call)
{
	uint64_t limit = call->options->limit, num = 0;

	cw_array_foreach(group, &wanted_rings(call)->groups)
	{
		if (!passes(call, group))
			continue;
		for (uint32_t i = 0; i < group->num_examples; i++) {
			if (limit && num++ == limit)
				return;
			cw_output_text(call->out, "0x%" PRIx64 "\n",
				       group->examples[i]);
		}
	}
}

static struct cw_error *find_group(struct cw_call *call,
				   const struct cw_ring_group **ret)
{
	const struct cw_rings *rings = wanted_rings(call);
	uint64_t number;

	if (!cw_address_parse_number(call->arguments[0], &number) ||
	    number < 1 || number > rings->groups.num)
		return cw_error_new(CW_ERROR_USAGE,
				    "no kind of ring '%s': there are %zu",
				    call->arguments[0], rings->groups.num);
	*ret = &rings->groups.items[number - 1];
	return NULL;
}

static struct cw_error *need_rings(struct cw_call *call)
{
	if (call->options->is_reachable && call->options->is_unreachable)
		return cw_error_new(CW_ERROR_USAGE,
				    "--reachable and --unreachable: use --all");
	bool of_all = call->options->is_reachable || call->options->has_all;
	const struct cw_audit *audit;
	struct cw_error *err =
		of_all ? cw_session_need(call->session, CW_NEEDS_ALL_RINGS)
		       : cw_session_need_lost_rings(call->session,
						    call->options->has_types);
	if (err)
		return err;
	return cw_session_need_audit(call->session, of_all,
				     call->options->refcounts, &audit);
}

static struct cw_error *run(struct cw_call *call)
{
	const struct cw_ring_group *group = NULL;

	struct cw_error *err = need_rings(call);
	if (!err && call->num_arguments > 0)
		err = find_group(call, &group);
	if (err)
		return err;
	if (call->out->json && group) {
		cw_json_array(call->out->json, "groups");
		write_group_json(call, group);
		cw_json_end(call->out->json);
	} else if (call->out->json) {
		write_json(call);
	} else if (call->options->is_short) {
		write_short(call);
	} else if (group) {
		write_steps(call, group);
	} else {
		write_text(call);
	}
	const struct cw_rings *rings = wanted_rings(call);
	if (!group && rings->groups.num)
		group = &rings->groups.items[0];
	if (group && group->num_examples) {
		call->result->has_address = true;
		call->result->address = group->examples[0];
	}
	call->result->has_totals = true;
	call->result->count = rings->num_rings;
	call->result->bytes = rings->total.bytes;
	return NULL;
}

static const struct cw_option options[] = {
	{.name = "unreachable",
	 .help = "rings that no root leads to (this is so anyway)",
	 .kind = CW_OPTION_FLAG,
	 .offset = offsetof(struct cw_options, is_unreachable)},
	{.name = "reachable",
	 .help = "rings that a root leads to",
	 .kind = CW_OPTION_FLAG,
	 .offset = offsetof(struct cw_options, is_reachable)},
	{.name = "all",
	 .help = "both",
	 .kind = CW_OPTION_FLAG,
	 .offset = offsetof(struct cw_options, has_all)},
	{.name = "types",
	 .help = "look for types however large the heap is",
	 .kind = CW_OPTION_FLAG,
	 .offset = offsetof(struct cw_options, has_types)},
	{.name = "refcounts",
	 .argument = "FILE",
	 .help = "types that count their references, and where",
	 .kind = CW_OPTION_TEXT,
	 .offset = offsetof(struct cw_options, refcounts)},
	{0},
};

const struct cw_command cw_command_cycles = {
	.group = "heap",
	.name = "cycles",
	.arguments = "[N]",
	.max_arguments = 1,
	.summary = "rings of blocks, alike ones as one line",
	.help = "Blocks that lead to themselves: rings of reference counts\n"
		"that never fall to zero, lists linked both ways.  Those that\n"
		"no root leads to come first; others are shown on demand.\n"
		"Owning rings keep themselves alive; the counts of counted\n"
		"objects are held against the references that there are.\n"
		"FILE says what counts: 'count conn refs', a line for each\n"
		"type and member; 'borrows session.conn' are not counted.\n"
		"With N one way round the first ring of line N.",
	.known_as = "ROOT CYCLE in leaks (macOS)",
	.needs = CW_NEEDS_REACH,
	.takes = CW_TAKES_LIMIT,
	.own_options = options,
	.run = run,
};
