/*
 * Variable pieces: variables with static storage that the compiler took apart:
 * each member that is used lies somewhere by itself.
 */
#ifndef DWARF_VARIABLE_PIECES_H
#define DWARF_VARIABLE_PIECES_H

#include "dwarf/debug.h"
#include "dwarf/file.h"

/*
 * Reads the pieces of @variable, whose DIE has that key in @file, and puts its
 * bytes together, into @arena.  Nothing where they cannot be read.
 */
void cw_variable_read_pieces(const struct cw_target *target,
			     struct cw_arena *arena, struct cw_debug_file *file,
			     uint64_t key, struct cw_variable *variable);

#endif
