/*
 * libiberty, static and position independent in Debian, knows the schemes of
 * C++, Rust (both) and D; its recursion is bounded.  libstdc++ knows only the
 * first.
 */
#include <stdlib.h>
#include <string.h>

#include "dwarf/debug.h"
#include "dwarf/libiberty.h"

/* Longer names are no work of a compiler, and demangling may be quadratic. */
enum {
	MAX_SYMBOL = 16 * 1024,
};

char *cw_demangle(const char *symbol)
{
	if (symbol[0] != '_' || (symbol[1] != 'Z' && symbol[1] != 'R'))
		return NULL;
	if (strnlen(symbol, MAX_SYMBOL) == MAX_SYMBOL)
		return NULL;
	return cplus_demangle(symbol, DMGL_PARAMS | DMGL_ANSI | DMGL_AUTO |
					      DMGL_RET_DROP);
}
