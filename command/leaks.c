#include <inttypes.h>

#include "base/memory.h"
#include "command/address.h"
#include "command/command.h"
#include "command/gap.h"
#include "command/leak_members.h"
#include "command/leak_text.h"
#include "command/ring_audit.h"

/* Which of the leaks are asked for: all, or those of one kind. */
enum { ANY_KIND = CW_NUM_LEAK_KINDS };

static unsigned wanted_kind(const struct cw_call *call)
{
	return call->options->kind == 0 ? ANY_KIND : call->options->kind - 1;
}

static struct cw_heap_count wanted_count(const struct cw_call *call,
					 const struct cw_leak_group *group)
{
	unsigned kind = wanted_kind(call);

	return kind == ANY_KIND ? group->count : group->kinds[kind];
}

/* Whose groups these are: of what is unreachable, or of what is weak. */
static bool is_weak(const struct cw_leak_group *group)
{
	return group->kinds[CW_LEAK_WEAK].blocks > 0;
}

/* Group number @number: first those of the unreachable; NULL: no more. */
static const struct cw_leak_group *group_at(const struct cw_leaks *leaks,
					    uint64_t number)
{
	if (number < leaks->groups.num)
		return &leaks->groups.items[number];
	number -= leaks->groups.num;
	if (leaks->weak && number < leaks->weak->groups.num)
		return &leaks->weak->groups.items[number];
	return NULL;
}

static void write_members_json(struct cw_json *json,
			       const struct cw_session *session,
			       const struct cw_leak_group *group)
{
	cw_json_array(json, "members");
	for (uint32_t i = 0; i < group->num_members; i++) {
		const struct cw_leak_member *member = &group->members[i];

		cw_json_object(json, NULL);
		cw_json_text(json, "type",
			     cw_leak_label_name(session, member->label));
		cw_json_count(json, "blocks", member->count.blocks);
		cw_json_count(json, "bytes", member->count.bytes);
		cw_json_end(json);
	}
	cw_json_end(json);
}

/* Of a ring that is a head; NULL: it is none, or types are not known. */
static const struct cw_ring_audit *audit_of(const struct cw_call *call,
					    const struct cw_leak_group *group)
{
	if (group->shape != CW_LEAK_RING)
		return NULL;
	return cw_ring_audit_at(call->session->lost_rings,
				call->session->lost_audit, group->example);
}

static void write_group_json(struct cw_call *call,
			     const struct cw_leak_group *group)
{
	struct cw_heap_count count = wanted_count(call, group);
	cw_cleanup_text struct cw_text text = {0};
	struct cw_json *json = call->out->json;

	cw_leak_group_text(call->session, group, &text);
	cw_leak_group_json_begin(json, group->signature, &text);
	cw_json_text(json, "shape", cw_leak_shape_name(group->shape));
	cw_json_count(json, "clusters", group->clusters);
	cw_json_count(json, "blocks", count.blocks);
	cw_json_count(json, "bytes", count.bytes);
	cw_json_object(json, "head");
	cw_json_text(json, "type",
		     cw_leak_label_name(call->session, group->head_label));
	cw_json_count(json, "size", group->head_size);
	cw_json_end(json);
	cw_json_bool(json, "cyclic", group->shape == CW_LEAK_RING);
	cw_ring_audit_owning_json(json, audit_of(call, group));
	cw_ring_audit_counts_json(json, audit_of(call, group));
	cw_json_bool(json, "weak", is_weak(group));
	write_members_json(json, call->session, group);
	cw_json_address(json, "example", group->example);
	cw_json_end(json);
}

static void write_json(struct cw_call *call)
{
	const struct cw_leaks *leaks = call->session->leaks;
	const struct cw_leak_group *group;
	struct cw_json *json = call->out->json;
	uint64_t limit = call->options->limit, num = 0;
	struct cw_heap_count total = leaks->total;

	/* All kinds add up to it. */
	total.blocks += leaks->kinds[CW_LEAK_WEAK].blocks;
	total.bytes += leaks->kinds[CW_LEAK_WEAK].bytes;
	cw_json_heap_count(json, "total", &total);
	cw_json_object(json, "kinds");
	for (unsigned kind = 0; kind < CW_NUM_LEAK_KINDS; kind++)
		cw_json_heap_count(json, cw_leak_kind_name(kind),
				   &leaks->kinds[kind]);
	cw_json_end(json);
	cw_json_count(json, "clusters",
		      leaks->num_clusters +
			      (leaks->weak ? leaks->weak->num_clusters : 0));
	cw_gaps_write_numbers_json(json, call->session);
	cw_json_array(json, "groups");
	for (uint64_t i = 0; (group = group_at(leaks, i)); i++) {
		if (wanted_count(call, group).blocks == 0)
			continue;
		if (limit && num++ == limit)
			break;
		write_group_json(call, group);
	}
	cw_json_end(json);
}

static void write_headline(struct cw_call *call)
{
	const struct cw_session *session = call->session;
	const struct cw_leaks *leaks = session->leaks;
	uint64_t used = session->heap->count[CW_BLOCK_USED].bytes;
	char blocks[CW_COUNTED_SIZE], bytes[CW_NUMBER_SIZE];
	char share[CW_NUMBER_SIZE], all[CW_NUMBER_SIZE];
	char clusters[CW_COUNTED_SIZE], groups[CW_COUNTED_SIZE];
	struct cw_output *out = call->out;
	const struct cw_block_index *index = &session->heap->index;
	const char *what = "retained";

	/* What Go's collector has not freed yet is garbage, but no leak. */
	if (index->pointers)
		what = index->is_mixed ? "retained or not collected"
				       : "not collected";
	cw_output_heading(
		out, "%s, %s unreachable yet %s (%s of %s used), in %s of %s",
		cw_output_counted(blocks, leaks->total.blocks, "block"),
		cw_output_bytes(out, bytes, leaks->total.bytes), what,
		cw_text_share(share, leaks->total.bytes, used),
		cw_output_bytes(out, all, used),
		cw_output_counted(clusters, leaks->num_clusters, "cluster"),
		cw_output_counted(groups, leaks->groups.num, "kind"));
}

static const struct cw_column columns[] = {
	{"#", CW_COLUMN_NUMBER},      {"clusters", CW_COLUMN_NUMBER},
	{"blocks", CW_COLUMN_NUMBER}, {"bytes", CW_COLUMN_NUMBER},
	{"example", CW_COLUMN_TEXT},  {"what", CW_COLUMN_WRAP},
};

static void write_row(struct cw_call *call, struct cw_table *table,
		      const struct cw_leak_group *group, uint64_t number)
{
	struct cw_heap_count count = wanted_count(call, group);
	cw_cleanup_text struct cw_text text = {0};

	cw_leak_group_text(call->session, group, &text);
	cw_table_row(table);
	cw_table_count(table, number);
	cw_table_count(table, group->clusters);
	cw_table_count(table, count.blocks);
	cw_table_bytes(table, count.bytes);
	cw_table_address(table, group->example);
	cw_table_text(table, text.chars);
}

/* What the limit left out, so that the rows still add up to the total. */
static void write_rest(struct cw_table *table, uint64_t clusters,
		       struct cw_heap_count rest, uint64_t num_groups)
{
	if (num_groups == 0)
		return;
	cw_table_row(table);
	cw_table_empty(table);
	cw_table_count(table, clusters);
	cw_table_count(table, rest.blocks);
	cw_table_bytes(table, rest.bytes);
	cw_table_empty(table);
	cw_table_format(table, "%" PRIu64 " more kinds (--limit 0)",
			num_groups);
}

/* The first of @leaks has the number after @number. */
static void write_groups(struct cw_call *call, const struct cw_leaks *leaks,
			 uint64_t number)
{
	uint64_t limit = call->options->limit, num = 0;
	uint64_t clusters = 0, num_rest = 0;
	struct cw_heap_count rest = {0};
	struct cw_table table;

	cw_table_init(&table, call->out, columns, cw_num_elements(columns));
	cw_array_foreach(group, &leaks->groups)
	{
		struct cw_heap_count count = wanted_count(call, group);

		number++;
		if (count.blocks == 0)
			continue;
		if (limit && num == limit) {
			rest.blocks += count.blocks;
			rest.bytes += count.bytes;
			clusters += group->clusters;
			num_rest++;
			continue;
		}
		num++;
		write_row(call, &table, group, number);
	}
	write_rest(&table, clusters, rest, num_rest);
	cw_table_end(&table);
}

/* Apart, since nobody proved that it is lost. */
static void write_weak(struct cw_call *call)
{
	const struct cw_leaks *leaks = call->session->leaks;
	const struct cw_leaks *weak = leaks->weak;
	char blocks[CW_COUNTED_SIZE], bytes[CW_NUMBER_SIZE];
	unsigned kind = wanted_kind(call);

	if (!weak || (kind != ANY_KIND && kind != CW_LEAK_WEAK))
		return;
	cw_output_text(call->out, "\n");
	cw_output_line(call->out, 2,
		       "weak: %s, %s are led to only by what is not read again "
		       "or is a number",
		       cw_output_counted(blocks, weak->total.blocks, "block"),
		       cw_output_bytes(call->out, bytes, weak->total.bytes));
	write_groups(call, weak, leaks->groups.num);
}

static void write_kinds(struct cw_call *call)
{
	const struct cw_leaks *leaks = call->session->leaks;
	cw_cleanup_text struct cw_text text = {0};
	char blocks[CW_COUNTED_SIZE], bytes[CW_NUMBER_SIZE];

	for (unsigned kind = 0; kind < CW_LEAK_WEAK; kind++) {
		const struct cw_heap_count *count = &leaks->kinds[kind];
		if (count->blocks == 0)
			continue;
		cw_text_addf(&text, "%s%s %s, %s", text.length ? "; " : "",
			     cw_leak_kind_name(kind),
			     cw_output_counted(blocks, count->blocks, "block"),
			     cw_output_bytes(call->out, bytes, count->bytes));
	}
	if (text.length)
		cw_output_line(call->out, 2, "%s", text.chars);
}

/* What the reference counts of rings say. */
static void write_audits(struct cw_call *call)
{
	uint64_t limit = call->options->limit, number = 0, num = 0;

	cw_array_foreach(group, &call->session->leaks->groups)
	{
		number++;
		if (wanted_count(call, group).blocks == 0)
			continue;
		if (limit && num++ == limit)
			break;
		cw_ring_audit_line(call->out, number, audit_of(call, group));
	}
}

static void write_text(struct cw_call *call)
{
	const struct cw_leaks *leaks = call->session->leaks;
	struct cw_output *out = call->out;
	bool has_ring = false;

	if (call->session->heap->allocators.num)
		write_headline(call);
	if (!group_at(leaks, 0)) {
		cw_output_suggest(out, "heap stat");
		return;
	}
	if (leaks->groups.num > 0) {
		cw_output_text(out, "\n");
		write_groups(call, leaks, 0);
		cw_output_text(out, "\n");
		write_kinds(call);
		write_audits(call);
	}
	write_weak(call);
	if (!call->session->leaks_have_types)
		cw_output_text(out, "types were not looked for, since the "
				    "heap is large: --types\n");
	cw_array_foreach(group, &leaks->groups) has_ring |=
		group->shape == CW_LEAK_RING;
	cw_output_suggest(out, "heap leaks 1");
	if (has_ring)
		cw_output_suggest(out, "heap cycles");
	cw_output_suggest(out, "heap object 0x%" PRIx64,
			  group_at(leaks, 0)->example);
}

static void write_short(struct cw_call *call)
{
	const struct cw_leak_group *group;
	uint64_t limit = call->options->limit, num = 0;

	for (uint64_t i = 0; (group = group_at(call->session->leaks, i)); i++) {
		if (wanted_count(call, group).blocks == 0)
			continue;
		if (limit && num++ == limit)
			break;
		cw_output_text(call->out, "0x%" PRIx64 "\n", group->example);
	}
}

static struct cw_error *find_group(struct cw_call *call,
				   const struct cw_leak_group **ret)
{
	const struct cw_leaks *leaks = call->session->leaks;
	uint64_t number;

	if (!cw_address_parse_number(call->arguments[0], &number) ||
	    number < 1 || !group_at(leaks, number - 1))
		return cw_error_new(
			CW_ERROR_USAGE, "no kind of leak '%s': there are %zu",
			call->arguments[0],
			leaks->groups.num +
				(leaks->weak ? leaks->weak->groups.num : 0));
	*ret = group_at(leaks, number - 1);
	return NULL;
}

/* Rings among the heads are looked into when there are types. */
static struct cw_error *need_audit(struct cw_call *call)
{
	struct cw_session *session = call->session;
	const struct cw_audit *audit;
	bool has_ring = false;

	cw_array_foreach(group, &session->leaks->groups) has_ring |=
		group->shape == CW_LEAK_RING;
	if (!has_ring || !session->leaks_have_types)
		return NULL;
	struct cw_error *err = cw_session_need_lost_rings(session, true);
	if (err)
		return err;
	return cw_session_need_audit(session, false, call->options->refcounts,
				     &audit);
}

static struct cw_error *run(struct cw_call *call)
{
	const struct cw_leak_group *group = NULL;

	struct cw_error *err =
		cw_session_need_leaks(call->session, call->options->has_types);
	if (!err && call->num_arguments > 0)
		err = find_group(call, &group);
	if (!err)
		err = need_audit(call);
	if (err)
		return err;

	const struct cw_leaks *leaks = call->session->leaks;
	struct cw_heap_count total = leaks->total;
	if (group)
		total = group->count;
	else
		group = group_at(leaks, 0);
	call->result->has_address = group != NULL;
	call->result->address = group ? group->example : 0;
	call->result->has_totals = true;
	call->result->count = total.blocks;
	call->result->bytes = total.bytes;

	if (call->num_arguments > 0)
		cw_leak_members_write(call,
				      is_weak(group) ? leaks->weak : leaks,
				      group, wanted_kind(call));
	else if (call->out->json)
		write_json(call);
	else if (call->options->is_short)
		write_short(call);
	else
		write_text(call);
	return NULL;
}

static const char *const kinds[] = {"all",	"definite", "indirect",
				    "possible", "weak",	    NULL};

static const struct cw_option options[] = {
	{.name = "kind",
	 .argument = "all|definite|indirect|possible|weak",
	 .help = "only blocks of this kind",
	 .kind = CW_OPTION_CHOICE,
	 .offset = offsetof(struct cw_options, kind),
	 .choices = kinds},
	{.name = "types",
	 .help = "look for types however large the heap is",
	 .kind = CW_OPTION_FLAG,
	 .offset = offsetof(struct cw_options, has_types)},
	{.name = "refcounts",
	 .argument = "FILE",
	 .help = "types that count their references: see heap cycles",
	 .kind = CW_OPTION_TEXT,
	 .offset = offsetof(struct cw_options, refcounts)},
	{0},
};

const struct cw_command cw_command_leaks = {
	.group = "heap",
	.name = "leaks",
	.arguments = "[N]",
	.max_arguments = 1,
	.summary = "what no root leads to, alike ones as one line",
	.help = "Blocks in use that nothing leads to from globals, stacks,\n"
		"registers and thread-local storage.  They are told as\n"
		"clusters: a head, that is a block or a ring that no other\n"
		"lost block points to, with all that hangs on it.  Clusters\n"
		"that are alike are one line.  With N the blocks of line N.\n"
		"\n"
		"definite: in the head of a cluster; indirect: reached from\n"
		"a head; possible: reached only by a pointer into the middle\n"
		"of a block.  weak, told apart: only registers and slots of\n"
		"stacks that nobody will read again lead there, or variables\n"
		"and members of blocks that are declared as numbers.",
	.known_as = "!heap -l (WinDbg), leaks (macOS)",
	.needs = CW_NEEDS_REACH,
	.takes = CW_TAKES_LIMIT,
	.own_options = options,
	.run = run,
};
