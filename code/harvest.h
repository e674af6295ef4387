/*
 * Harvest: what reading the code gave, as a file keeps it from run to run.
 *
 * It depends on the code and debug info of all modules, and on nothing that
 * the process did: addresses are kept as places in modules, types as places in
 * debug info.  What is read of a file is checked like any other input.
 *
 * For this folder only.
 */
#ifndef CODE_HARVEST_H
#define CODE_HARVEST_H

#include "code/miner.h"

/*
 * All that it depends on, as text; @is_read says which modules' code is.
 * malloc'ed; NULL: something has no name that is good in other runs.
 */
char *cw_harvest_key(struct cw_debug *debug, const bool *is_read);

/* Of the file in the cache; malloc'ed. */
char *cw_harvest_name(const char *key);

/* False, and nothing is changed: there is none, or it is damaged. */
bool cw_harvest_load(struct cw_miner *miner, const char *folder,
		     const char *key);

void cw_harvest_store(const struct cw_miner *miner, const char *folder,
		      const char *key);

#endif
