/*
 * Gtable: hash tables of GLib, whose structure no header declares.
 *
 * A table proves itself: its size is a power of two, its three arrays are
 * blocks of that many elements, and as many hashes are set as it says that it
 * has nodes.  Keys that g_str_hash() made the hashes of are text, which other
 * keys and values may be.
 *
 * Not here: what values are otherwise; nobody declares that.
 */
#ifndef OBJECT_GTABLE_H
#define OBJECT_GTABLE_H

#include "object/typing_private.h"

/* Names what no declared pointer leads to.  No GLib: nothing. */
struct cw_error *cw_gtables_seek(struct cw_typing *typing,
				 struct cw_progress *progress) cw_must_check;

#endif
