#include "dwarf/variable_pieces.h"

#include "dwarf/location.h"

enum {
	MAX_SIZE = 1 << 16,
};

static bool piece_fits(const struct cw_location_piece *piece, uint64_t size)
{
	return piece->offset <= size && piece->size <= size - piece->offset;
}

void cw_variable_read_pieces(const struct cw_target *target,
			     struct cw_arena *arena, struct cw_debug_file *file,
			     uint64_t key, struct cw_variable *variable)
{
	struct cw_location_piece found[CW_MAX_LOCATION_PIECES];
	uint64_t size = cw_type_strip(variable->type)->size;
	struct cw_die die;
	uint32_t kept = 0;

	file = cw_debug_file_at(file, &key);
	if (size == 0 || size > MAX_SIZE ||
	    !cw_die_at(&file->library, key, &die))
		return;
	size_t num = cw_location_pieces(&die, found);
	struct cw_variable_piece *pieces =
		cw_arena_alloc(arena, (num + 1) * sizeof(*pieces));
	unsigned char *bytes = cw_arena_alloc(arena, size);
	for (size_t i = 0; i < num; i++) {
		cw_addr address = found[i].address + variable->module->bias;
		if (!piece_fits(&found[i], size) ||
		    !cw_target_read(target, address, bytes + found[i].offset,
				    found[i].size))
			continue;
		pieces[kept++] = (struct cw_variable_piece){
			found[i].offset, found[i].size, address};
	}
	if (kept == 0)
		return;
	variable->pieces = pieces;
	variable->num_pieces = kept;
	variable->bytes = bytes;
}

bool cw_variable_has(const struct cw_variable *variable, cw_addr address,
		     uint64_t *ret_offset)
{
	uint64_t size = cw_type_strip(variable->type)->size;

	for (uint32_t i = 0; i < variable->num_pieces; i++) {
		const struct cw_variable_piece *piece = &variable->pieces[i];
		if (address >= piece->address &&
		    address - piece->address < piece->size) {
			*ret_offset = piece->offset + address - piece->address;
			return true;
		}
	}
	*ret_offset = address - variable->address;
	return variable->num_pieces == 0 && address >= variable->address &&
	       *ret_offset < (size ? size : 1);
}
