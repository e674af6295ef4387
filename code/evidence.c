#include "code/evidence.h"

#include <stdlib.h>

#include "base/memory.h"

struct cw_evidence {
	struct cw_debug *debug;
	struct cw_evidence_count count;
};

struct cw_error *cw_evidence_create(struct cw_debug *debug,
				    struct cw_progress *progress,
				    struct cw_evidence **ret)
{
	struct cw_evidence *evidence = cw_alloc(sizeof(*evidence));

	evidence->debug = debug;
	*ret = evidence;
	return NULL;
}

void cw_evidence_destroy(struct cw_evidence *evidence)
{
	free(evidence);
}

struct cw_candidates cw_evidence_of_field(const struct cw_evidence *evidence,
					  const struct cw_type *type,
					  uint64_t offset)
{
	return (struct cw_candidates){0};
}

struct cw_candidates cw_evidence_of_elements(const struct cw_evidence *evidence,
					     const struct cw_type *type,
					     uint64_t offset)
{
	return (struct cw_candidates){0};
}

struct cw_candidates cw_evidence_of_variable(const struct cw_evidence *evidence,
					     cw_addr address)
{
	return (struct cw_candidates){0};
}

struct cw_candidates cw_evidence_casts(const struct cw_evidence *evidence,
				       const struct cw_type *type)
{
	return (struct cw_candidates){0};
}

size_t cw_evidence_shifts(const struct cw_evidence *evidence,
			  const struct cw_type *type,
			  const struct cw_shift **ret)
{
	*ret = NULL;
	return 0;
}

struct cw_candidates
cw_evidence_of_parameter(const struct cw_evidence *evidence, cw_addr entry,
			 unsigned number)
{
	return (struct cw_candidates){0};
}

struct cw_candidates cw_evidence_of_result(const struct cw_evidence *evidence,
					   cw_addr entry)
{
	return (struct cw_candidates){0};
}

size_t cw_evidence_sites(const struct cw_evidence *evidence,
			 const struct cw_evidence_site **ret)
{
	*ret = NULL;
	return 0;
}

struct cw_evidence_count cw_evidence_count(const struct cw_evidence *evidence)
{
	return evidence->count;
}
