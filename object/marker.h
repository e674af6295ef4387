/*
 * Marker: marks blocks that words lead to, and all that these lead to, over any
 * word that counts as a pointer, interior ones too.
 *
 * Words may be added, and the marker run, again and again: what is marked stays
 * so, and blocks are looked through once.  That goes by windows of memory,
 * without numbers, edges or types: a bit a granule.
 *
 * Not here: which words are roots (object/roots.h), what is counted in the end
 * (object/reach.h).
 */
#ifndef OBJECT_MARKER_H
#define OBJECT_MARKER_H

#include "base/progress.h"
#include "object/extent.h"
#include "object/number_word.h"

struct cw_marker;

/*
 * @pointers: as those of the heap's index, but some cleared, whose words lead
 * to no block of Go; borrowed.  NULL: the index's own.  @num_threads: at most
 * that many work on a large heap; 0: one for each processor.  Who calls is one
 * of them, and the only one to call @progress.
 */
struct cw_error *cw_marker_create(const struct cw_heap *heap,
				  const uint64_t *pointers,
				  unsigned num_threads,
				  struct cw_progress *progress,
				  struct cw_marker **ret) cw_must_check;
void cw_marker_destroy(struct cw_marker *marker);

/* Marks what the words point to; the words of a root, say. */
void cw_marker_add(struct cw_marker *marker, const struct cw_piece *words);

/* From now on words of blocks that are @numbers count as none; NULL: they count
 * again, but in blocks that were looked through.  Borrowed. */
void cw_marker_leave_out(struct cw_marker *marker,
			 const struct cw_number_words *numbers);

/* Follows what is marked to the end.  Adds to *ret_passes, or NULL. */
struct cw_error *cw_marker_run(struct cw_marker *marker,
			       unsigned *ret_passes) cw_must_check;

/*
 * A bit a granule: set for starts of blocks that are marked or not in use.
 * After words were added it is complete once the marker was run.
 */
const uint64_t *cw_marker_marks(const struct cw_marker *marker);

/* The same, the caller's from now on, and the end of the marker's work. */
uint64_t *cw_marker_take(struct cw_marker *marker);

#endif
