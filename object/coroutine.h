/*
 * Coroutine: the frames of C++'s coroutines.
 *
 * All compilers begin a frame with two pointers: to the function that resumes
 * it, and to the one that destroys it.  Both take the frame, so what their
 * debug info says of their first parameter is its type; one that both agree on,
 * and that begins with two pointers to functions.
 *
 * Not here: frames that have come to their end, which nothing resumes, and
 * those of compilers that do not describe them.
 */
#ifndef OBJECT_COROUTINE_H
#define OBJECT_COROUTINE_H

#include "object/spread.h"

/* Types the frames, and what hangs on them. */
struct cw_error *cw_coroutines_follow(struct cw_spread *spread) cw_must_check;

#endif
