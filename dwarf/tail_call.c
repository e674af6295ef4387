#include "dwarf/tail_call.h"

#include <string.h>

#include "target/symbol.h"

enum {
	MAX_FUNCTIONS = 32, /* looked at for one answer */
};

/* A way through the tail calls of functions, depth first. */
struct walk {
	struct cw_debug *debug;
	const struct cw_target *target;
	const struct cw_function *to;
	const struct cw_function *seen[MAX_FUNCTIONS];
	bool leads_there[MAX_FUNCTIONS];
	uint32_t num_seen;
	struct cw_tail_call path[CW_MAX_TAIL_CALLS];
	uint32_t next[CW_MAX_TAIL_CALLS];   /* call site to be looked at */
	uint32_t number[CW_MAX_TAIL_CALLS]; /* in seen */
	uint32_t depth;
	/* The only way so far. */
	struct cw_tail_call found[CW_MAX_TAIL_CALLS];
	uint32_t num_found; /* 0: none */
};

static bool is_named(const struct cw_function *function, const char *name)
{
	const char *own = function->linkage_name ? function->linkage_name
						 : function->name;

	return name && own && strcmp(name, own) == 0;
}

bool cw_call_site_callee(struct cw_debug *debug, const struct cw_target *target,
			 const struct cw_function *function,
			 const struct cw_call_site *site,
			 const struct cw_function *likely,
			 const struct cw_function **ret)
{
	cw_addr entry = site->callee;

	*ret = NULL;
	if (entry ? entry == likely->entry
		  : is_named(likely, site->callee_name)) {
		*ret = likely;
		return true;
	}
	if (!entry && !site->callee_name)
		return false;
	/* Symbols are read when they are asked for. */
	const struct cw_symbol *symbol =
		entry ? NULL
		      : cw_symbol_find_in((struct cw_target *)target,
					  function->module, site->callee_name);
	if (symbol)
		entry = symbol->address;
	struct cw_error *err =
		entry ? cw_debug_function_at(debug, entry, ret) : NULL;
	cw_error_destroy(err);
	return !err;
}

static bool enter(struct walk *walk, const struct cw_function *function)
{
	uint32_t depth = walk->depth;

	if (depth == CW_MAX_TAIL_CALLS || walk->num_seen == MAX_FUNCTIONS)
		return false;
	walk->path[depth].function = function;
	walk->next[depth] = 0;
	walk->number[depth] = walk->num_seen;
	walk->seen[walk->num_seen++] = function;
	walk->depth++;
	return true;
}

static bool is_on_path(const struct walk *walk, uint32_t number)
{
	for (uint32_t i = 0; i < walk->depth; i++)
		if (walk->number[i] == number)
			return true;
	return false;
}

/* False: what leads there may be seen twice, or without an end. */
static bool visit(struct walk *walk, const struct cw_function *function)
{
	if (!function)
		return true;
	if (function == walk->to) {
		if (walk->num_found)
			return false;
		memcpy(walk->found, walk->path, sizeof(walk->path));
		walk->num_found = walk->depth;
		for (uint32_t i = 0; i < walk->depth; i++)
			walk->leads_there[walk->number[i]] = true;
		return true;
	}
	for (uint32_t i = 0; i < walk->num_seen; i++)
		if (walk->seen[i] == function)
			return !walk->leads_there[i] && !is_on_path(walk, i);
	return enter(walk, function);
}

/* False: it is not known where all tail calls lead. */
static bool walk_from(struct walk *walk, const struct cw_function *from)
{
	bool is_known = enter(walk, from);

	while (is_known && walk->depth > 0) {
		struct cw_tail_call *last = &walk->path[walk->depth - 1];
		const struct cw_function *callee;
		uint32_t i = walk->next[walk->depth - 1]++;

		if (i >= last->function->num_call_sites) {
			walk->depth--;
			continue;
		}
		last->site = &last->function->call_sites[i];
		if (last->site->is_tail)
			is_known =
				cw_call_site_callee(walk->debug, walk->target,
						    last->function, last->site,
						    walk->to, &callee) &&
				visit(walk, callee);
	}
	return is_known;
}

bool cw_tail_calls_find(struct cw_debug *debug, const struct cw_target *target,
			const struct cw_function *from,
			const struct cw_function *to,
			struct cw_tail_call ret[CW_MAX_TAIL_CALLS],
			uint32_t *ret_num)
{
	struct walk own = {.debug = debug, .target = target, .to = to};
	struct walk walk = own;

	if (!walk_from(&own, to) || own.num_found)
		return false;
	if (from != to && (!walk_from(&walk, from) || !walk.num_found))
		return false;
	memcpy(ret, walk.found, walk.num_found * sizeof(*ret));
	*ret_num = walk.num_found;
	return true;
}
