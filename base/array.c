#include "base/array.h"

#include "base/memory.h"

void *cw_array_grow(void *items, size_t item_size, size_t min_capacity,
		    size_t *capacity)
{
	size_t wanted = *capacity ? *capacity * 2 : 8;

	if (wanted < min_capacity)
		wanted = min_capacity;
	*capacity = wanted;
	return cw_realloc(items, wanted * item_size);
}
