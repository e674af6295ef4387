/*
 * Info: what GDB itself says of the inferior that the user has selected.
 *
 * Read from the output of commands, which is meant
 * for people: all of it may be missing, and is only used to choose and to
 * explain.
 */
#ifndef PLUGIN_INFO_H
#define PLUGIN_INFO_H

#include <stdbool.h>
#include <stdint.h>

struct cw_info {
	uint32_t number;  /* of the inferior; 0: not said */
	uint32_t pid;	  /* of process or core; 0: not said */
	char *connection; /* "native", "core", "remote :1234"; or NULL */
	char *exe;	  /* path of the program; or NULL */
	char *core;	  /* path of the core; or NULL */
	char *sysroot;	  /* folder of the target's files here; or NULL */
};

/* Of `info inferiors`, `info files` and `show sysroot`. */
void cw_info_read(const char *info_inferiors, const char *info_files,
		  const char *show_sysroot, struct cw_info *ret);
void cw_info_deinit(struct cw_info *info);

/* Whether somebody else than GDB holds the process: gdbserver, rr, QEMU. */
bool cw_info_is_remote(const struct cw_info *info);

#endif
