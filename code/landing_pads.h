/*
 * Landing pads: where an exception that passes through a function may resume
 * in it, from the function's table (LSDA) in .gcc_except_table.
 *
 * All pads of the function, whatever call leads to them.
 */
#ifndef CODE_LANDING_PADS_H
#define CODE_LANDING_PADS_H

#include "dwarf/cfi.h"

struct cw_landing_pads {
	CW_ARRAY(cw_addr) items; /* each once; in the order of the table */
};

/*
 * Adds those of the function of @row.  False: it has a table, but that cannot
 * be read or is damaged.
 */
bool cw_landing_pads_read(const struct cw_target *target,
			  const struct cw_cfi_row *row,
			  struct cw_landing_pads *pads);
void cw_landing_pads_deinit(struct cw_landing_pads *pads);

#endif
