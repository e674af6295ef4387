#include "command/condition.h"

#include <string.h>

#include "base/memory.h"
#include "command/gap.h"
#include "command/option.h"
#include "command/place.h"

struct cw_figure {
	const char *name;
	const char *what;
	enum cw_needs needs;
	uint64_t (*get)(const struct cw_session *session);
};

static uint64_t num_leaks(const struct cw_session *session)
{
	return session->leaks->num_clusters;
}

static uint64_t unreachable_blocks(const struct cw_session *session)
{
	return session->reach->unreachable.blocks;
}

static uint64_t unreachable_bytes(const struct cw_session *session)
{
	return session->reach->unreachable.bytes;
}

static uint64_t num_cycles(const struct cw_session *session)
{
	return session->lost_rings->num_rings;
}

static uint64_t used_blocks(const struct cw_session *session)
{
	return session->heap->count[CW_BLOCK_USED].blocks;
}

static uint64_t used_bytes(const struct cw_session *session)
{
	return session->heap->count[CW_BLOCK_USED].bytes;
}

static uint64_t free_bytes(const struct cw_session *session)
{
	return session->heap->count[CW_BLOCK_FREE].bytes;
}

static uint64_t num_corruptions(const struct cw_session *session)
{
	return session->heap->corruptions.num;
}

static uint64_t gap_bytes(const struct cw_session *session)
{
	struct cw_gap_line lines[CW_MAX_GAP_LINES];
	size_t num = cw_gap_lines(session, lines);
	uint64_t bytes = 0;

	for (size_t i = 0; i < num; i++)
		bytes += lines[i].bytes;
	return bytes;
}

static const struct cw_figure figures[] = {
	{"leaks", "leaked clusters", CW_NEEDS_LEAKS, num_leaks},
	{"unreachable.blocks", "blocks that no root leads to", CW_NEEDS_REACH,
	 unreachable_blocks},
	{"unreachable.bytes", "bytes in them", CW_NEEDS_REACH,
	 unreachable_bytes},
	{"cycles", "rings that no root leads to", CW_NEEDS_LOST_RINGS,
	 num_cycles},
	{"used.blocks", "blocks in use", CW_NEEDS_HEAP, used_blocks},
	{"used.bytes", "bytes in them", CW_NEEDS_HEAP, used_bytes},
	{"elsewhere.bytes", "bytes in no known allocator", CW_NEEDS_ROOTS,
	 cw_places_elsewhere},
	{"free.bytes", "bytes in free blocks", CW_NEEDS_HEAP, free_bytes},
	{"corruptions", "places that break the allocator's rules",
	 CW_NEEDS_HEAP, num_corruptions},
	{"gaps.bytes", "bytes that could not be seen", CW_NEEDS_HEAP,
	 gap_bytes},
};

enum operation {
	IS_AT_LEAST,
	IS_AT_MOST,
	IS_EQUAL,
	IS_OTHER,
	IS_MORE,
	IS_LESS,
};

/* Longer ones first. */
static const char *const operations[] = {
	[IS_AT_LEAST] = ">=", [IS_AT_MOST] = "<=", [IS_EQUAL] = "==",
	[IS_OTHER] = "!=",    [IS_MORE] = ">",	   [IS_LESS] = "<",
};

void cw_condition_describe(struct cw_text *text)
{
	for (size_t i = 0; i < cw_num_elements(figures); i++)
		cw_text_addf(text, "  %-20s %s\n", figures[i].name,
			     figures[i].what);
}

static const struct cw_figure *find_figure(const char *name, size_t length)
{
	for (size_t i = 0; i < cw_num_elements(figures); i++)
		if (strlen(figures[i].name) == length &&
		    strncmp(figures[i].name, name, length) == 0)
			return &figures[i];
	return NULL;
}

static struct cw_error *unknown_figure(const char *text, size_t length)
{
	cw_cleanup_text struct cw_text names = {0};

	for (size_t i = 0; i < cw_num_elements(figures); i++)
		cw_text_addf(&names, "%s%s", i ? ", " : "", figures[i].name);
	return cw_error_new(CW_ERROR_USAGE,
			    "--fail-if: no figure '%.*s'; there are %s",
			    (int)length, text, names.chars);
}

struct cw_error *cw_condition_parse(const char *text, struct cw_condition *ret)
{
	struct cw_condition condition = {0};
	const char *at = text + strspn(text, " ");
	size_t length = strcspn(at, " <>=!");

	condition.figure = find_figure(at, length);
	if (!condition.figure)
		return unknown_figure(at, length);
	at += length;
	at += strspn(at, " ");
	unsigned op = 0;
	while (op < cw_num_elements(operations) &&
	       strncmp(at, operations[op], strlen(operations[op])) != 0)
		op++;
	if (op < cw_num_elements(operations)) {
		at += strlen(operations[op]);
		at += strspn(at, " ");
	}
	if (op == cw_num_elements(operations) ||
	    !cw_option_parse_size(at, &condition.bound))
		return cw_error_new(CW_ERROR_USAGE,
				    "--fail-if '%s': it must be like '%s>0'",
				    text, condition.figure->name);
	condition.operation = op;
	*ret = condition;
	return NULL;
}

static bool holds(unsigned operation, uint64_t value, uint64_t bound)
{
	switch ((enum operation)operation) {
	case IS_AT_LEAST:
		return value >= bound;
	case IS_AT_MOST:
		return value <= bound;
	case IS_EQUAL:
		return value == bound;
	case IS_OTHER:
		return value != bound;
	case IS_MORE:
		return value > bound;
	case IS_LESS:
		return value < bound;
	}
	return false;
}

struct cw_error *cw_condition_test(const struct cw_condition *condition,
				   struct cw_session *session, bool *ret)
{
	struct cw_error *err =
		cw_session_need(session, condition->figure->needs);
	if (err)
		return err;
	*ret = holds(condition->operation, condition->figure->get(session),
		     condition->bound);
	return NULL;
}
