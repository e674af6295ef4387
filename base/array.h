/*
 * Array: a list that grows.
 *
 *	CW_ARRAY(struct cw_thread) threads = {0};
 *	*cw_array_push(&threads) = thread;
 *	cw_array_deinit(&threads);
 *
 * Items move when the array grows: keep numbers, not pointers.
 */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stddef.h>
#include <stdlib.h>

#define CW_ARRAY(type)                                                         \
	struct {                                                               \
		type *items;                                                   \
		size_t num;                                                    \
		size_t capacity;                                               \
	}

/* Room for one more at the end, not initialised; gives its address. */
#define cw_array_push(array)                                                   \
	({                                                                     \
		if ((array)->num == (array)->capacity)                         \
			(array)->items = cw_array_grow(                        \
				(array)->items, sizeof(*(array)->items),       \
				(array)->num + 1, &(array)->capacity);         \
		&(array)->items[(array)->num++];                               \
	})

/* Room for @count items in all, so that pushes up to there do not move. */
#define cw_array_reserve(array, count)                                         \
	({                                                                     \
		if ((array)->capacity < (count))                               \
			(array)->items = cw_array_grow(                        \
				(array)->items, sizeof(*(array)->items),       \
				(count), &(array)->capacity);                  \
	})

#define cw_array_deinit(array)                                                 \
	({                                                                     \
		free((array)->items);                                          \
		(array)->items = NULL;                                         \
		(array)->num = 0;                                              \
		(array)->capacity = 0;                                         \
	})

#define cw_array_foreach(item, array)                                          \
	for (__typeof__(*(array)->items) *item = (array)->items;               \
	     item < (array)->items + (array)->num; item++)

void *cw_array_grow(void *items, size_t item_size, size_t min_capacity,
		    size_t *capacity);

#endif
