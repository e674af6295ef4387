/* How a type is known: the chain of holders, cw_typing_why(). */
#include <inttypes.h>
#include <string.h>

#include "object/name.h"
#include "object/typing_private.h"

enum {
	MAX_LINKS = 1 << 16,
	/* Shown of a long chain: those nearest to the root and to the block. */
	MAX_SHOWN = 12,
};

struct link {
	struct cw_text name; /* "field Node.next" */
	uint64_t times;	     /* in a row */
};

struct chain {
	CW_ARRAY(struct link) links; /* from the block to the root */
};

static void link_name(struct cw_typing *typing, cw_addr slot,
		      enum cw_provenance provenance, struct cw_text *text)
{
	struct cw_block block;
	struct cw_typed_block typed;
	struct cw_field_path path;

	cw_text_addf(text, "%s ", cw_provenance_name(provenance));
	if (!cw_heap_block_at(typing->heap, slot, &block)) {
		const struct cw_name_context context = {
			.target = (struct cw_target *)typing->target,
			.debug = typing->debug,
			.heap = typing->heap,
			.rules = &typing->rules,
		};
		if (!cw_name_address(&context, slot, text, NULL))
			cw_text_addf(text, "0x%" PRIx64, slot);
		return;
	}
	if (cw_typing_of(typing, &block, &typed))
		cw_text_add(text, typed.name);
	cw_field_path_add_block(typing, &block, slot - block.address, 0, text,
				&path);
}

/* The links that lead to a block, nearest first. */
static void chain_find(struct cw_typing *typing, const struct cw_block *block,
		       struct chain *chain)
{
	struct cw_block at = *block;

	for (unsigned i = 0; i < MAX_LINKS; i++) {
		uint32_t number =
			cw_block_index_block(typing->index, at.granule);
		struct cw_facts facts = typing->facts[number];
		cw_addr holder = typing->holders[number];
		struct cw_text name = {0};

		if (typing->types[number] == 0)
			return;
		bool is_own = holder == 0 || holder == at.address;
		if (is_own)
			cw_text_add(&name,
				    cw_provenance_name(facts.provenance));
		else
			link_name(typing, holder, facts.provenance, &name);

		struct link *last =
			chain->links.num
				? &chain->links.items[chain->links.num - 1]
				: NULL;
		if (last && name.chars && last->name.chars &&
		    strcmp(last->name.chars, name.chars) == 0) {
			last->times++;
			cw_text_deinit(&name);
		} else {
			*cw_array_push(&chain->links) = (struct link){name, 1};
		}
		if (is_own || !cw_heap_block_at(typing->heap, holder, &at))
			return;
	}
}

bool cw_typing_tag(struct cw_typing *typing, const struct cw_block *block,
		   struct cw_typing_tag *ret)
{
	uint32_t number = cw_block_index_block(typing->index, block->granule);
	const struct cw_type *type =
		cw_typing_type(typing, typing->types[number]);
	const struct cw_tagging *tagging =
		type ? cw_tagging_of_type(&typing->taggings, type) : NULL;
	cw_addr object = block->address + typing->headers[number];
	uint32_t value;

	if (!tagging ||
	    !cw_tag_read(typing->target, &tagging->tag, object, &value))
		return false;
	const struct cw_told *told = &tagging->told[value];
	*ret = (struct cw_typing_tag){tagging, value, told->num_right,
				      told->num};
	return told->type == type->id;
}

void cw_typing_why(struct cw_typing *typing, const struct cw_block *block,
		   struct cw_text *text)
{
	struct chain chain = {0};

	chain_find(typing, block, &chain);
	for (size_t i = chain.links.num; i-- > 0;) {
		const struct link *link = &chain.links.items[i];
		size_t from_root = chain.links.num - 1 - i;
		if (from_root >= MAX_SHOWN / 2 && i >= MAX_SHOWN / 2) {
			if (from_root == MAX_SHOWN / 2)
				cw_text_add(text, " -> ...");
			continue;
		}
		if (from_root > 0)
			cw_text_add(text, " -> ");
		cw_text_add(text, link->name.chars);
		if (link->times > 1)
			cw_text_addf(text, " (%" PRIu64 " times)", link->times);
	}
	cw_array_foreach(link, &chain.links) cw_text_deinit(&link->name);
	cw_array_deinit(&chain.links);
}
