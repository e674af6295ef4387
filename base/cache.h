/*
 * Cache: results kept in files from one run to the next.
 *
 * A result has a name, of which its file's name is made, and a key: all that
 * it depends on.  What is found under a name with another key, is damaged, or
 * is not ours is as good as absent, and is written anew.  A cache that cannot
 * be written does nothing.
 *
 * Files are written aside and put in place whole, so that several of us may
 * use one folder at a time.  The ones that were not used for longest go when
 * there is too much.
 *
 * Not here: what a result is made of, which is not trusted by whoever reads it.
 */
#ifndef BASE_CACHE_H
#define BASE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The user's folder for it: $COREWALK_CACHE, else corewalk in $XDG_CACHE_HOME
 * or ~/.cache; malloc'ed.  NULL: there is to be none ($COREWALK_CACHE is
 * empty), or nobody knows where.
 */
char *cw_cache_folder(void);

/* What was stored there; malloc'ed.  False: absent. */
bool cw_cache_load(const char *folder, const char *name, const char *key,
		   unsigned char **ret, size_t *ret_size);

/* Makes the folder if need be. */
void cw_cache_store(const char *folder, const char *name, const char *key,
		    const void *bytes, size_t size);

/*
 * Text that differs between builds of this program, for keys of results that
 * depend on how it works: the build-id of what this function is in; or NULL.
 * malloc'ed.
 */
char *cw_cache_build(void);

#endif
