#include "command/leak_members.h"

#include <inttypes.h>

#include "base/memory.h"
#include "command/describe.h"
#include "command/leak_text.h"

static const struct cw_column columns[] = {
	{"cluster", CW_COLUMN_NUMBER}, {"address", CW_COLUMN_TEXT},
	{"bytes", CW_COLUMN_NUMBER},   {"kind", CW_COLUMN_TEXT},
	{"what", CW_COLUMN_CUT},
};

struct member {
	uint32_t cluster; /* 1, 2, … within the group */
	enum cw_leak_kind kind;
	struct cw_block block;
};

static void write_member(struct cw_call *call, struct cw_table *table,
			 const struct member *member)
{
	struct cw_json *json = call->out->json;
	cw_cleanup_text struct cw_text what = {0};

	if (call->options->is_short) {
		cw_output_text(call->out, "0x%" PRIx64 "\n",
			       member->block.address);
		return;
	}
	if (json) {
		cw_describe_type(call->session, &member->block, &what);
		cw_json_object(json, NULL);
		cw_json_count(json, "cluster", member->cluster);
		cw_json_address(json, "address", member->block.address);
		cw_json_count(json, "size", member->block.size);
		cw_json_text(json, "kind", cw_leak_kind_name(member->kind));
		cw_json_text(json, "type", what.chars);
		cw_json_end(json);
		return;
	}
	cw_describe_block(call->session, &member->block, &what);
	cw_table_row(table);
	cw_table_count(table, member->cluster);
	cw_table_address(table, member->block.address);
	cw_table_bytes(table, member->block.size);
	cw_table_text(table, cw_leak_kind_name(member->kind));
	cw_table_text(table, what.chars);
}

/* Writes members up to the limit; returns how many there are. */
static uint64_t write_clusters(struct cw_call *call, struct cw_table *table,
			       const struct cw_leaks *leaks,
			       const struct cw_leak_group *group, unsigned kind)
{
	const struct cw_heap *heap = call->session->heap;
	uint64_t limit = call->options->limit, num = 0;

	for (uint32_t i = 0; i < group->clusters; i++) {
		uint32_t num_nodes;
		const cw_node *nodes = cw_leaks_cluster(
			leaks, leaks->order[group->first_cluster + i],
			&num_nodes);

		for (uint32_t j = 0; j < num_nodes; j++) {
			struct member member = {.cluster = i + 1};

			member.kind = leaks->kind[nodes[j]];
			if (kind != CW_NUM_LEAK_KINDS && member.kind != kind)
				continue;
			if (limit && num++ >= limit)
				continue;
			cw_addr address =
				cw_leaks_address(leaks, heap, nodes[j]);
			if (cw_heap_block_at(heap, address, &member.block))
				write_member(call, table, &member);
		}
	}
	return num;
}

void cw_leak_members_write(struct cw_call *call, const struct cw_leaks *leaks,
			   const struct cw_leak_group *group, unsigned kind)
{
	cw_cleanup_text struct cw_text text = {0};
	struct cw_json *json = call->out->json;
	uint64_t limit = call->options->limit;
	struct cw_table table;
	char buffer[CW_NUMBER_SIZE];

	cw_leak_group_text(call->session, group, &text);
	if (json) {
		cw_json_text(json, "text", text.chars);
		cw_json_count(json, "clusters", group->clusters);
		cw_json_heap_count(json, "total", &group->count);
		cw_json_array(json, "rows");
	} else if (!call->options->is_short) {
		cw_output_heading(call->out, "%s x %s",
				  cw_text_count(buffer, group->clusters),
				  text.chars);
	}
	cw_table_init(&table, call->out, columns, cw_num_elements(columns));
	uint64_t num = write_clusters(call, &table, leaks, group, kind);
	cw_table_end(&table);
	if (json) {
		cw_json_end(json);
		return;
	}
	if (call->options->is_short)
		return;
	if (limit && num > limit)
		cw_output_more(call->out, num - limit);
	cw_output_suggest(call->out, "heap object 0x%" PRIx64, group->example);
	if (group->shape == CW_LEAK_RING)
		cw_output_suggest(call->out, "heap cycles");
}
