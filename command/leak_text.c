#include "command/leak_text.h"

#include <inttypes.h>

#include "command/describe.h"

/* Kinds of other members that are named; the rest is counted. */
#define MAX_MEMBERS 2

const char *cw_leak_label_name(const struct cw_session *session, uint32_t label)
{
	return label && session->typing
		       ? cw_typing_label_name(session->typing, label)
		       : NULL;
}

static void add_range(struct cw_text *text, uint64_t min, uint64_t max)
{
	char buffer[CW_NUMBER_SIZE];

	cw_text_add(text, cw_text_count(buffer, min));
	if (max != min)
		cw_text_addf(text, " to %s", cw_text_count(buffer, max));
}

/* "Node", or without a type "block of 40 B". */
static void add_kind(const struct cw_session *session, uint32_t label,
		     uint64_t min_size, uint64_t max_size, bool is_plural,
		     struct cw_text *text)
{
	const char *name = cw_leak_label_name(session, label);

	if (name) {
		cw_text_add(text, name);
		return;
	}
	cw_text_addf(text, "block%s of ", is_plural ? "s" : "");
	add_range(text, min_size, max_size);
	cw_text_add(text, " B");
}

/* The member that is of the head's own kind. */
static const struct cw_leak_member *
head_member(const struct cw_leak_group *group)
{
	for (uint32_t i = 0; i < group->num_members; i++) {
		const struct cw_leak_member *member = &group->members[i];
		if (member->label == group->head_label &&
		    (group->head_label ||
		     (group->head_size >= member->min_size &&
		      group->head_size <= member->max_size)))
			return member;
	}
	return NULL;
}

void cw_leak_group_json_begin(struct cw_json *json, uint64_t signature,
			      const struct cw_text *text)
{
	char digits[20];

	snprintf(digits, sizeof(digits), "%016" PRIx64, signature);
	cw_json_object(json, NULL);
	cw_json_text(json, "signature", digits);
	cw_json_text(json, "text", text->chars);
}

void cw_leak_link_text(const struct cw_session *session, cw_addr address,
		       uint64_t offset, struct cw_text *text)
{
	struct cw_block block;

	if (cw_heap_block_at(session->heap, address, &block))
		cw_describe_offset(session, &block, offset, text);
	else
		cw_text_addf(text, "+0x%" PRIx64, offset);
}

/* " + 50 vector<Node> + others": what else is in a cluster, on average. */
static void add_others(const struct cw_session *session,
		       const struct cw_leak_group *group,
		       const struct cw_leak_member *head, struct cw_text *text)
{
	unsigned num_named = 0, num_left = 0;
	char buffer[CW_NUMBER_SIZE];

	for (uint32_t i = 0; i < group->num_members; i++) {
		const struct cw_leak_member *member = &group->members[i];
		if (member == head)
			continue;
		if (num_named == MAX_MEMBERS) {
			num_left++;
			continue;
		}
		num_named++;
		uint64_t blocks = member->count.blocks;
		bool is_even = group->is_identical && group->clusters &&
			       blocks % group->clusters == 0;
		if (is_even)
			blocks /= group->clusters;
		cw_text_addf(text, " + %s ", cw_text_count(buffer, blocks));
		add_kind(session, member->label, member->min_size,
			 member->max_size, blocks != 1, text);
		if (!is_even && group->clusters > 1)
			cw_text_add(text, " in all");
	}
	if (num_left)
		cw_text_addf(text, " + %u other kind%s", num_left,
			     num_left == 1 ? "" : "s");
}

void cw_leak_group_text(const struct cw_session *session,
			const struct cw_leak_group *group, struct cw_text *text)
{
	static const char *const before[CW_NUM_LEAK_SHAPES] = {
		[CW_LEAK_BLOCK] = "lost ",     [CW_LEAK_RING] = "ring of ",
		[CW_LEAK_CHAIN] = "chain of ", [CW_LEAK_TREE] = "tree of ",
		[CW_LEAK_OWNER] = "",
	};
	const struct cw_leak_member *head = head_member(group);
	struct cw_block example;

	if (group->shape != CW_LEAK_BLOCK ||
	    group->kinds[CW_LEAK_WEAK].blocks == 0)
		cw_text_add(text, before[group->shape]);
	bool has_length = group->shape == CW_LEAK_RING ||
			  group->shape == CW_LEAK_CHAIN ||
			  group->shape == CW_LEAK_TREE;
	if (has_length) {
		add_range(text, group->min_length, group->max_length);
		cw_text_add(text, " ");
	}
	add_kind(session, group->head_label,
		 head ? head->min_size : group->head_size,
		 head ? head->max_size : group->head_size,
		 has_length && group->max_length > 1, text);
	if (has_length && group->link_offset != CW_NO_OFFSET) {
		cw_text_add(text, " via ");
		cw_leak_link_text(session, group->example, group->link_offset,
				  text);
	}
	add_others(session, group, head, text);
	if (!has_length &&
	    cw_heap_block_at(session->heap, group->example, &example)) {
		cw_text_add(text, " ");
		if (!cw_describe_string(session, &example, 24, text))
			cw_text_cut(text, text->length - 1);
	}
}

void cw_ring_group_text(const struct cw_session *session,
			const struct cw_ring_group *group, struct cw_text *text)
{
	cw_text_add(text, "ring of ");
	add_range(text, group->min_length, group->max_length);
	cw_text_add(text, ": ");
	for (uint32_t i = 0; i < group->num_members && i < 3; i++) {
		const struct cw_leak_member *member = &group->members[i];
		cw_text_add(text, i ? ", " : "");
		add_kind(session, member->label, member->min_size,
			 member->max_size, true, text);
	}
	if (group->num_members > 3)
		cw_text_add(text, ", ...");
}
