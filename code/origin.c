#include "code/origin.h"

void cw_origins_init(struct cw_origins *origins)
{
	*origins = (struct cw_origins){0};
	for (int i = 0; i < CW_NUM_ORIGIN_KINDS; i++)
		cw_map_init(&origins->by_key[i]);
	*cw_array_push(&origins->all) = (struct cw_origin){0};
}

void cw_origins_deinit(struct cw_origins *origins)
{
	cw_array_deinit(&origins->all);
	for (int i = 0; i < CW_NUM_ORIGIN_KINDS; i++)
		cw_map_deinit(&origins->by_key[i]);
}

/* Addresses and numbers of origins need not all of 64 bits. */
static uint64_t key_of(enum cw_origin_kind kind, uint64_t key, uint8_t number)
{
	return cw_origin_is_of_type(kind) ? key : key << 4 | number;
}

uint32_t cw_origin_note(struct cw_origins *origins, struct cw_origin origin)
{
	uint32_t *number =
		cw_map_place(&origins->by_key[origin.kind],
			     key_of(origin.kind, origin.key, origin.number), 0);

	if (*number == 0) {
		*number = origins->all.num;
		*cw_array_push(&origins->all) = origin;
	}
	return *number;
}

uint32_t cw_origin_find(const struct cw_origins *origins,
			enum cw_origin_kind kind, uint64_t key, uint8_t number)
{
	uint32_t found;

	if (!cw_map_get(&origins->by_key[kind], key_of(kind, key, number),
			&found))
		return 0;
	return found;
}
