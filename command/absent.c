/*
 * Stand-ins for what the folders below do not have yet; each goes when the
 * real one comes, which is taken before it.
 */
#include <stddef.h>

#include "base/error.h"

#define FAILS(name)                                                            \
	__attribute__((weak)) struct cw_error *name(void);                     \
	__attribute__((weak)) struct cw_error *name(void)                      \
	{                                                                      \
		return cw_error_new(CW_ERROR_TARGET,                           \
				    "this is not built in yet");               \
	}
#define DOES_NOTHING(name)                                                     \
	__attribute__((weak)) const char *name(void);                          \
	__attribute__((weak)) const char *name(void)                           \
	{                                                                      \
		return NULL;                                                   \
	}

DOES_NOTHING(cw_path_finder_destroy)
DOES_NOTHING(cw_paths_deinit)
DOES_NOTHING(cw_rings_destroy)
DOES_NOTHING(cw_search_hits_deinit)
FAILS(cw_path_finder_create)
FAILS(cw_paths_find)
FAILS(cw_rings_create_all)
FAILS(cw_rings_create_lost)
FAILS(cw_search_run)
