#include "command/ring_audit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Whether @made was made with the same file of counters. */
static bool is_same(const char *made, const char *wanted)
{
	return made && wanted ? strcmp(made, wanted) == 0 : made == wanted;
}

static void forget(struct cw_session *session)
{
	cw_audit_destroy(session->lost_audit);
	cw_audit_destroy(session->all_audit);
	session->lost_audit = session->all_audit = NULL;
	cw_counters_deinit(&session->counters);
	cw_counters_init(&session->counters);
	free(session->counters_file);
	session->counters_file = NULL;
}

struct cw_error *cw_session_need_audit(struct cw_session *session, bool of_all,
				       const char *counters,
				       const struct cw_audit **ret)
{
	struct cw_audit **audit =
		of_all ? &session->all_audit : &session->lost_audit;
	const struct cw_rings *rings =
		of_all ? session->all_rings : session->lost_rings;

	*ret = NULL;
	if (!session->typing)
		return NULL;
	if (!is_same(session->counters_file, counters)) {
		forget(session);
		struct cw_error *err =
			counters
				? cw_counters_read(&session->counters, counters)
				: NULL;
		if (err)
			return err;
		session->counters_file = counters ? cw_strdup(counters) : NULL;
	}
	if (!*audit) {
		struct cw_error *err = cw_audit_create(
			session->heap, session->reach, session->typing,
			&session->counters, rings, &session->progress, audit);
		if (err)
			return err;
	}
	*ret = *audit;
	return NULL;
}

/* The ring of @group whose lowest block is @address; rings of a group are in
 * the order of these. */
static bool group_has(const struct cw_rings *rings,
		      const struct cw_ring_group *group, cw_addr address)
{
	uint32_t low = group->first_ring, high = low + group->rings;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		cw_addr lowest = rings->blocks[rings->first[middle]];
		if (lowest == address)
			return true;
		if (lowest < address)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

const struct cw_ring_audit *cw_ring_audit_at(const struct cw_rings *rings,
					     const struct cw_audit *audit,
					     cw_addr address)
{
	if (!rings || !audit)
		return NULL;
	for (uint32_t i = 0; i < audit->num_groups; i++)
		if (group_has(rings, &rings->groups.items[i], address))
			return &audit->groups[i];
	return NULL;
}

void cw_ring_audit_owning_json(struct cw_json *json,
			       const struct cw_ring_audit *audit)
{
	if (!audit || audit->is_owning == CW_UNKNOWN)
		cw_json_null(json, "owning");
	else
		cw_json_bool(json, "owning", audit->is_owning == CW_YES);
}

void cw_ring_audit_counts_json(struct cw_json *json,
			       const struct cw_ring_audit *audit)
{
	if (!audit || audit->num_counted == 0) {
		cw_json_null(json, "refcounts");
		return;
	}
	cw_json_object(json, "refcounts");
	cw_json_count(json, "expected", audit->expected);
	cw_json_count(json, "found", audit->found);
	cw_json_count(json, "counted", audit->num_counted);
	cw_json_count(json, "unsure", audit->num_unsure);
	cw_json_text(json, "verdict", cw_audit_verdict_name(audit->verdict));
	if (audit->culprit)
		cw_json_address(json, "culprit", audit->culprit);
	else
		cw_json_null(json, "culprit");
	cw_json_end(json);
}

const char *cw_ring_audit_owning_text(const struct cw_ring_audit *audit)
{
	if (!audit || audit->is_owning == CW_UNKNOWN)
		return "?";
	return audit->is_owning == CW_YES ? "yes" : "no";
}

static void culprit_add(const struct cw_ring_audit *audit, struct cw_text *text)
{
	cw_text_addf(
		text, " (0x%" PRIx64 " counts %" PRIu64 ", %" PRIu64 " found)",
		audit->culprit, audit->culprit_expected, audit->culprit_found);
}

void cw_ring_audit_text(const struct cw_ring_audit *audit, struct cw_text *text)
{
	char expected[CW_NUMBER_SIZE], found[CW_NUMBER_SIZE];

	if (!audit || audit->num_counted == 0)
		return;
	cw_text_addf(text, "strong counts %s, references found %s: ",
		     cw_text_count(expected, audit->expected),
		     cw_text_count(found, audit->found));
	switch (audit->verdict) {
	case CW_AUDIT_NONE:
		break;
	case CW_AUDIT_PROVEN:
		cw_text_add(text, "all of them lost, a proven leak");
		break;
	case CW_AUDIT_HELD:
		cw_text_add(text, "a root holds it");
		break;
	case CW_AUDIT_MISSING:
		cw_text_add(text, "a missing release, or a holder not seen");
		culprit_add(audit, text);
		break;
	case CW_AUDIT_EXCESSIVE:
		cw_text_add(text, "released too often");
		culprit_add(audit, text);
		break;
	case CW_AUDIT_UNSURE:
		cw_text_addf(text,
			     "blocks of unknown type point there %" PRIu64
			     " times",
			     audit->num_unsure);
		break;
	}
}

void cw_ring_audit_line(struct cw_output *out, uint64_t number,
			const struct cw_ring_audit *audit)
{
	cw_cleanup_text struct cw_text text = {0};

	cw_ring_audit_text(audit, &text);
	if (text.length)
		cw_output_line(out, 2, "ring %" PRIu64 ": %s", number,
			       text.chars);
}
