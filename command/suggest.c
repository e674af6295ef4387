#include "command/suggest.h"

#include <string.h>

#define MAX_LENGTH 40

/*
 * Letters to add, drop, change or swap with the neighbour, to make @b of @a.
 */
static size_t distance(const char *a, const char *b)
{
	size_t a_length = strlen(a), b_length = strlen(b);
	size_t rows[3][MAX_LENGTH + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];

	if (a_length > MAX_LENGTH || b_length > MAX_LENGTH)
		return MAX_LENGTH;
	for (size_t j = 0; j <= b_length; j++)
		above[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			size_t cost = above[j - 1] + (a[i - 1] != b[j - 1]);

			if (cost > above[j] + 1)
				cost = above[j] + 1;
			if (cost > row[j - 1] + 1)
				cost = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && cost > before[j - 2] + 1)
				cost = before[j - 2] + 1;
			row[j] = cost;
		}
		size_t *oldest = before;
		before = above;
		above = row;
		row = oldest;
	}
	return above[b_length];
}

void cw_suggestion_try(struct cw_suggestion *suggestion, const char *name)
{
	size_t length = strlen(suggestion->word);
	size_t found = distance(suggestion->word, name);

	/* A word that only begins alike is near, too: "dom", "histo". */
	if (length >= 3 && strncmp(suggestion->word, name, length) == 0)
		found = 1;
	if (found > length / 3 + 1 || found >= strlen(name))
		return;
	if (!suggestion->best || found < suggestion->best_distance) {
		suggestion->best = name;
		suggestion->best_distance = found;
	}
}
