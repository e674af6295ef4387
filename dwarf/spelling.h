/*
 * Spelling: how a type is written where it is used, as a hash.
 *
 * "struct node *" and "struct edge *" differ, two of "struct node *" do not,
 * whichever DIEs they are of: a named type is its name, what is made of it is
 * that and how, and an anonymous one is its members.  So the members of two
 * anonymous structs can be told apart before any of their types is read.
 *
 * Not here: whether types of that name are the same (dwarf/reader.h).
 */
#ifndef DWARF_SPELLING_H
#define DWARF_SPELLING_H

#include "dwarf/file.h"

uint64_t cw_spelling_hash(struct cw_debug_file *file, uint64_t key);

#endif
