/*
 * Sort: of plain numbers, faster than qsort().
 *
 * What is to be sorted by a number is sorted by its place among its like, too:
 * numbers of 64 bits have room for both.
 */
#ifndef BASE_SORT_H
#define BASE_SORT_H

#include <stddef.h>
#include <stdint.h>

/* Ascending.  @room is as large as @items; what it holds then is nothing. */
void cw_sort_numbers(uint64_t *items, size_t num, uint64_t *room);

#endif
