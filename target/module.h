/*
 * Modules: the executable and the shared objects mapped in a target.
 *
 * A module is found by what the target maps (NT_FILE, /proc/PID/maps) and by
 * the ELF header in its memory; where nothing names mapped files, by what the
 * dynamic linker knows.  A file mapped only to be read is no module.
 *
 * Its file is used only when the build-ids agree; else @file is NULL and
 * @problem says why.  Where the target shows no build-id, its ELF header and
 * first page, or at least its dynamic section, must agree, and a warning says
 * so.
 *
 * Not here: finding them (target/module_find.h), their debug files
 * (target/debug_file.h).
 */
#ifndef TARGET_MODULE_H
#define TARGET_MODULE_H

#include "target/segment.h"

struct cw_target;
struct cw_elf_file;
struct cw_symbols;

/* Bytes; SHA-1 has 20.  A longer one is cut. */
#define CW_MAX_BUILD_ID 32

struct cw_module {
	const char *path;   /* in the target, such as "/usr/lib/libc.so.6" */
	const char *name;   /* its last part */
	cw_addr start, end; /* of all that is mapped of it */
	cw_addr bias;	    /* address = bias + address in the file */
	bool is_executable; /* the program itself */
	unsigned char build_id[CW_MAX_BUILD_ID];
	size_t build_id_size; /* 0: it has none, or it cannot be read */
	/* The file on this machine, mapped; or NULL, see @problem. */
	struct cw_elf_file *file;
	const char *problem; /* a clause for the user, or NULL */
	/* PT_TLS: this module's part of each thread's storage; size 0: none.
	 * In the file it is at tls_address. */
	uint64_t tls_size, tls_align, tls_address;

	/* Private: target/symbol.h, target/debug_file.h. */
	bool has_interpreter; /* PT_INTERP or ET_EXEC: may be the program */
	bool is_file_other; /* the file is here, but not shown to be the same */
	struct cw_symbols *symbols;
	struct cw_elf_file *separate_file;
	bool is_separate_sought;
};

/* The module whose mappings hold @address, or NULL. */
const struct cw_module *cw_module_at(const struct cw_target *target,
				     cw_addr address);

#endif
