/*
 * Module find: enters the modules of a target that was just opened.
 *
 * For target/ only.
 */
#ifndef TARGET_MODULE_FIND_H
#define TARGET_MODULE_FIND_H

#include "target/mapping.h"
#include "target/target.h"

/*
 * Finds the modules in what is mapped, opens their files and checks them.
 * Fails with CW_ERROR_TARGET when the executable that the user named is
 * another one.
 */
struct cw_error *
cw_modules_find(struct cw_target *target,
		const struct cw_mappings *mappings) cw_must_check;
void cw_modules_deinit(struct cw_target *target);
void cw_module_symbols_destroy(struct cw_module *module);

/*
 * Opens the file of @module on this machine and keeps it when it is the same
 * build; else says why not in module->problem.  @first is its first mapping, or
 * NULL.
 */
struct cw_error *
cw_module_attach_file(struct cw_target *target, struct cw_module *module,
		      const struct cw_mapping *first) cw_must_check;

#endif
