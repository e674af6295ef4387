/*
 * Debug file: where the debug info of a module is on this machine.
 *
 * Looked for in the module's own file, then by build-id in
 * DEBUGDIR/.build-id/xx/yyyy.debug, then by .gnu_debuglink beside the file, in
 * its .debug folder and below DEBUGDIR.  DEBUGDIR is --debug-dir or
 * /usr/lib/debug, with and without the sysroot before it.
 *
 * A file is used only when its build-id agrees; without build-ids the CRC of
 * .gnu_debuglink must.  What is nowhere here is asked for where the user said
 * (target/debuginfod.h).
 *
 * Not here: what is in it (dwarf/, target/symbol.h).
 */
#ifndef TARGET_DEBUG_FILE_H
#define TARGET_DEBUG_FILE_H

#include "target/elf_file.h"

struct cw_target;
struct cw_module;

/*
 * The file that has @module's .debug_info: may be module->file itself, and
 * may be there although module->file is not.  NULL: none.  Looked for once,
 * kept with the module.
 */
struct cw_elf_file *cw_module_debug_file(struct cw_target *target,
					 struct cw_module *module);

/*
 * The separate file of @module (full .symtab, perhaps debug info), or NULL:
 * none or not needed.  As above.
 */
struct cw_elf_file *cw_module_separate_file(struct cw_target *target,
					    struct cw_module *module);

/*
 * The file that dwz moved what several files share to (.gnu_debugaltlink
 * or .debug_sup of @file), found by build-id or name.  The caller closes it.
 * NULL: none.
 */
struct cw_elf_file *cw_debug_file_open_alt(struct cw_target *target,
					   struct cw_elf_file *file);

/*
 * The .dwo file of that name in @directory, where the compiler wrote it: there,
 * beside the module's file, or below DEBUGDIR.  The caller closes it.  NULL:
 * none.
 */
struct cw_elf_file *cw_module_open_split(struct cw_target *target,
					 struct cw_module *module,
					 const char *directory,
					 const char *name);

/* The .dwp file beside the module's file or its debug file.  Likewise. */
struct cw_elf_file *cw_module_open_package(struct cw_target *target,
					   struct cw_module *module);

#endif
