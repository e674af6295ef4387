#include "dwarf/local_place.h"

#include "base/array.h"

bool cw_local_places_read(const struct cw_unit_head *head,
			  const struct cw_value *value, uint64_t bias,
			  struct cw_address_list *room,
			  struct cw_local_places *places,
			  const unsigned char **ret_expression,
			  uint32_t *ret_size)
{
	if (value->kind == CW_VALUE_BYTES) {
		*ret_expression = value->bytes;
		*ret_size = value->size;
		return value->size > 0;
	}
	const struct cw_address_range *others = NULL;
	room->num = 0;
	cw_location_list_read(head, value, room);
	for (size_t i = 0; i < room->num; i++) {
		const struct cw_address_range *range = &room->items[i];
		if (range->end == UINT64_MAX)
			others = range;
		else
			*cw_array_push(places) = (struct cw_local_place){
				range->start + bias, range->end + bias,
				range->expression, range->size};
	}
	if (!others)
		return false;
	*ret_expression = others->expression;
	*ret_size = others->size;
	return true;
}

void cw_local_places_add(struct cw_local_places *places,
			 const struct cw_code_range *ranges, size_t num,
			 const unsigned char *expression, uint32_t size)
{
	for (size_t i = 0; i < num; i++)
		*cw_array_push(places) = (struct cw_local_place){
			ranges[i].start, ranges[i].end, expression, size};
}
