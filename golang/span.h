/*
 * Span: a run of pages that holds objects of one size.
 *
 * The heap is made of spans.  Objects lie one behind the other from a span's
 * start on; which of them are allocated, its bits tell.  Spans that hold no
 * objects (stacks, the runtime's own) are left out.
 */
#ifndef GOLANG_SPAN_H
#define GOLANG_SPAN_H

#include "golang/runtime.h"

enum {
	CW_GO_PAGE = 8192,
	/* Of objects whose type does not stand before them, but whose words
	 * that are pointers are at the end of the span; from 1.22. */
	CW_GO_MAX_BITS_SIZE = 512,
	CW_GO_INLINE_MARKS_SIZE = 128, /* behind these bits, if at all */
};

struct cw_go_span {
	cw_addr start, end;
	uint64_t element_size;
	uint32_t num_elements;
	/* Elements before it are allocated, as are those whose bit is set;
	 * NULL: the bits cannot be read, and all are. */
	uint32_t free_index;
	const unsigned char *bits;
	bool has_pointers;
	bool is_large;	      /* its only element has it to itself */
	bool is_unswept;      /* since the last collection */
	uint32_t header_size; /* of an element's bytes: its type; or 0 */
	cw_addr large_type;   /* abi.Type of the only element, or 0 */
	cw_addr specials;     /* list of what elements have beside them */
};

struct cw_go_spans {
	CW_ARRAY(struct cw_go_span) items; /* sorted, not overlapping */
	/* Entries of the runtime's list that make no sense. */
	size_t num_damaged;
	/* Spans of small objects end in bits of the collector's: Green Tea,
	 * from 1.25. */
	bool has_inline_marks;
};

/* Reads all spans of a runtime without problem. */
void cw_go_spans_init(struct cw_go_spans *spans, const struct cw_go *go);
void cw_go_spans_deinit(struct cw_go_spans *spans);

/* Whether the span ends in marks, if such spans of the program do. */
static inline bool cw_go_span_is_inline(const struct cw_go_span *span)
{
	return span->element_size >= 16 &&
	       span->element_size <= CW_GO_MAX_BITS_SIZE && !span->is_large;
}

static inline bool cw_go_span_is_allocated(const struct cw_go_span *span,
					   uint32_t element)
{
	return element < span->free_index || !span->bits ||
	       (span->bits[element / 8] >> (element % 8) & 1);
}

uint32_t cw_go_span_num_allocated(const struct cw_go_span *span);

#endif
