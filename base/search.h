/*
 * Search: by halving, among numbers in some order.
 */
#ifndef BASE_SEARCH_H
#define BASE_SEARCH_H

#include <stddef.h>

/*
 * The first number from @low on that is not before what is sought, or @high.
 * @is_before says it of the number that it calls @i; those for which it is true
 * come first.
 */
#define cw_search_first(i, low, high, is_before)                               \
	({                                                                     \
		size_t cw_low = (low), cw_high = (high);                       \
		while (cw_low < cw_high) {                                     \
			size_t i = cw_low + (cw_high - cw_low) / 2;            \
			if (is_before)                                         \
				cw_low = i + 1;                                \
			else                                                   \
				cw_high = i;                                   \
		}                                                              \
		cw_low;                                                        \
	})

#endif
