#ifndef KEPT_H
#define KEPT_H

#include <stddef.h>

/* A function of which callers know nothing: gcc would keep a block in r8. */
#ifdef __clang__
#define KEPT __attribute__((noinline))
#else
#define KEPT __attribute__((noipa))
#endif

/* Nothing of the calls before is left below. */
KEPT static void scrub(void)
{
	volatile char space[16384];

	for (size_t i = 0; i < sizeof(space); i++)
		space[i] = 0;
}

#endif
