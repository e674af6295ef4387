/*
 * Suggest: the word that was meant.
 */
#ifndef COMMAND_SUGGEST_H
#define COMMAND_SUGGEST_H

#include <stddef.h>

struct cw_suggestion {
	const char *word; /* what was written, borrowed */
	const char *best; /* NULL: nothing is near enough */
	size_t best_distance;
};

/* Looks at one candidate more; it is kept when it is the nearest so far. */
void cw_suggestion_try(struct cw_suggestion *suggestion, const char *name);

#endif
