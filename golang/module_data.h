/*
 * Module data: where the runtime's description of the program lies, which leads
 * to its functions and types: by its symbol, else by the table of functions,
 * which begins with a number of its own and to which it points.
 *
 * Not here: what is in it (golang/runtime.h).
 */
#ifndef GOLANG_MODULE_DATA_H
#define GOLANG_MODULE_DATA_H

#include "golang/layout.h"

/* runtime.firstmoduledata; 0: it cannot be found. */
cw_addr cw_go_module_data_find(struct cw_target *target,
			       const struct cw_module *module,
			       const struct cw_go_layout *layout);

#endif
