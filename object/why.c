/* How a type is known: the chain of holders, cw_typing_why(). */
#include <inttypes.h>
#include <string.h>

#include "object/name.h"
#include "object/typing_private.h"

enum {
	MAX_LINKS = 1 << 20,
	/* Shown of a long chain: those nearest to the root and to the block. */
	MAX_SHOWN = 12,
};

/*
 * What a link is called by, but for its name: a list of a million has it but
 * once.  The name is asked for where that differs from the link before.
 */
struct link_kind {
	uint64_t offset; /* of the slot in its block */
	uint32_t type;	 /* of that block */
	enum cw_provenance provenance;
};

struct link {
	struct cw_text name;   /* "field Node.next" */
	uint64_t times;	       /* in a row */
	struct link_kind kind; /* of the last of these */
};

struct chain {
	CW_ARRAY(struct link) links; /* from the block to the root */
	bool is_cut;		     /* the root was not reached */
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

static void link_add(struct cw_typing *typing, const struct link_kind *kind,
		     cw_addr holder, struct chain *chain)
{
	struct link *last = chain->links.num
				    ? &chain->links.items[chain->links.num - 1]
				    : NULL;
	struct cw_text name = {0};

	if (last && memcmp(&last->kind, kind, sizeof(*kind)) == 0) {
		last->times++;
		return;
	}
	if (holder)
		link_name(typing, holder, kind->provenance, &name);
	else
		cw_text_add(&name, cw_provenance_name(kind->provenance));
	if (last && strcmp(last->name.chars, name.chars) == 0) {
		last->times++;
		last->kind = *kind;
		cw_text_deinit(&name);
	} else {
		*cw_array_push(&chain->links) = (struct link){name, 1, *kind};
	}
}

/*
 * The links that lead to a block, nearest first.  Types that were known better
 * later may have holders that lead round: what comes by a block again, of those
 * at every power of two, has no beginning.
 */
static void chain_find(struct cw_typing *typing, const struct cw_block *block,
		       struct chain *chain)
{
	struct cw_block at = *block, from;
	uint64_t seen = CW_NO_GRANULE;

	for (unsigned i = 0; i < MAX_LINKS && at.granule != seen; i++) {
		uint32_t number =
			cw_block_index_block(typing->index, at.granule);
		cw_addr holder = typing->holders[number];
		struct link_kind kind = {
			.provenance = typing->facts[number].provenance,
		};

		if (typing->types[number] == 0)
			return;
		if (holder == 0 || holder == at.address) {
			link_add(typing, &kind, 0, chain);
			return;
		}
		bool is_root = !cw_heap_block_at(typing->heap, holder, &from);
		kind.offset = is_root ? holder : holder - from.address;
		if (!is_root)
			kind.type = typing->types[cw_block_index_block(
				typing->index, from.granule)];
		link_add(typing, &kind, holder, chain);
		if (is_root)
			return;
		if ((i & (i - 1)) == 0)
			seen = at.granule;
		at = from;
	}
	chain->is_cut = true;
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
	if (chain.is_cut)
		cw_text_add(text, "... -> ");
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
