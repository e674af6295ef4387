#include "object/go_header.h"

#include "golang/span.h"

enum { STEP = 4096 };

/* As many objects of the type as there is room for; the last ones are 0. */
static void header_follow(struct cw_spread *spread,
			  const struct cw_go_span *span, cw_addr element,
			  cw_addr descriptor)
{
	struct cw_rules *rules = &spread->typing->rules;
	const struct cw_go_type *type =
		cw_go_type_at(&rules->go_types, descriptor);

	if (!type || !type->type || type->size == 0)
		return;
	uint64_t count = (span->element_size - span->header_size) / type->size;
	struct cw_claim claim = {
		.type = type->type,
		.id = type->type->id,
		.address = element + span->header_size,
		.live = count > 1 ? count : CW_ALL_LIVE,
		.stride = type->size,
		.holder = element,
		.confidence = CW_CONFIDENCE_EXACT,
		.provenance = CW_PROVENANCE_HEADER,
	};
	cw_spread_claim(spread, &claim);
}

static void span_follow(struct cw_spread *spread, const struct cw_go_span *span)
{
	const struct cw_target *target = spread->typing->target;

	if (span->large_type)
		header_follow(spread, span, span->start, span->large_type);
	if (span->header_size == 0)
		return;
	for (uint32_t i = 0; i < span->num_elements; i++) {
		cw_addr element = span->start + i * span->element_size;
		uint64_t descriptor;

		if (cw_go_span_is_allocated(span, i) &&
		    cw_target_read_word(target, element, &descriptor))
			header_follow(spread, span, element, descriptor);
	}
}

struct cw_error *cw_go_headers_follow(struct cw_spread *spread)
{
	const struct cw_go_spans *spans = spread->typing->heap->go_spans;
	uint64_t num = 0;

	if (!spans)
		return NULL;
	cw_array_foreach(span, &spans->items)
	{
		if (++num % STEP == 0) {
			struct cw_error *err =
				cw_progress_step(spread->progress, num);
			if (err)
				return err;
		}
		span_follow(spread, span);
	}
	return cw_spread_run(spread);
}
