/*
 * GObject: instances of GLib's types, which say themselves of which they are.
 *
 * An instance begins with a pointer to its class, a class with its type, and a
 * type is known by its name, a number in GLib's table of strings.  None of this
 * needs debug info: a type's node proves itself, since the list of what it is
 * derived from begins with itself and ends with a fundamental type.
 *
 * Not here: plain GObjects, whose type has no node of its own.
 */
#ifndef OBJECT_GOBJECT_H
#define OBJECT_GOBJECT_H

#include "object/typing_private.h"

/* Names what no declared pointer leads to.  No GObject: nothing. */
struct cw_error *cw_gobject_seek(struct cw_typing *typing,
				 struct cw_progress *progress) cw_must_check;

#endif
