/*
 * Memory: small allocations that do not fail, large ones that may.
 *
 * Small ones (names, lists, errors) end the program with one line when the
 * system has no memory left, as GDB's own do: nothing useful can follow.
 * Arrays whose size depends on the target are "bulk": they come from mmap,
 * are zeroed, cost nothing until touched, and fail with an error.
 *
 * Not here: many small pieces with one lifetime (base/arena.h), arrays that
 * grow (base/array.h).
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdarg.h>
#include <stddef.h>

#include "base/error.h"

/* Zeroed memory, freed with free(). */
void *cw_alloc(size_t size) __attribute__((malloc, returns_nonnull));
void *cw_realloc(void *old, size_t size) __attribute__((returns_nonnull));
char *cw_strdup(const char *text) __attribute__((malloc, returns_nonnull));
char *cw_strndup(const char *text, size_t size)
	__attribute__((malloc, returns_nonnull));
char *cw_format(const char *format, ...) cw_printf(1, 2);
char *cw_vformat(const char *format, va_list args);

/*
 * Zeroed memory for bulk data, freed with cw_bulk_free() and the same size.
 * A size of 0 is allowed.  Ask for huge pages only for arrays that will be
 * touched almost everywhere.
 */
struct cw_error *cw_bulk_alloc(size_t size, void *ret) cw_must_check;
struct cw_error *cw_bulk_alloc_huge(size_t size, void *ret) cw_must_check;
void cw_bulk_free(void *bulk, size_t size);

/* Cleanup attribute for malloc'ed pointers of any type. */
#define cw_cleanup_free __attribute__((cleanup(cw_free_cleanup)))
void cw_free_cleanup(void *pointer);

/* Hands a pointer over: the variable becomes NULL. */
#define cw_take(variable)                                                      \
	({                                                                     \
		__typeof__(variable) taken_ = (variable);                      \
		(variable) = NULL;                                             \
		taken_;                                                        \
	})

#define cw_num_elements(array) (sizeof(array) / sizeof((array)[0]))

#endif
