/*
 * Home: the expression that says where a local is, as the one thing that
 * reading code can use.
 */
#ifndef CODE_HOME_H
#define CODE_HOME_H

#include "code/routine.h"

/*
 * Reads an expression; the function's frame base is needed for locals in its
 * frame.  False: it is of no such form.
 */
bool cw_home_read(const unsigned char *expression, size_t size,
		  const struct cw_outline *outline, struct cw_home *ret);

#endif
