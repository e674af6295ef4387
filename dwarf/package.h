/*
 * Package: a .dwp file, which holds many .dwo files.
 *
 * Each compile unit, with the type units that came from the same .dwo file, is
 * given as the sections of a .dwo file of its own.
 */
#ifndef DWARF_PACKAGE_H
#define DWARF_PACKAGE_H

#include "dwarf/section.h"

/* .debug_cu_index or .debug_tu_index; all zero: it is not there. */
struct cw_package_index {
	uint32_t version;
	uint32_t num_columns, num_units, num_slots;
	const unsigned char *signatures; /* num_slots of 8 bytes */
	const unsigned char *rows;	 /* num_slots of 4 bytes, from 1 */
	const unsigned char *columns;	 /* num_columns ids of sections */
	const unsigned char *offsets;	 /* num_units rows of num_columns */
	const unsigned char *sizes;
};

struct cw_package {
	struct cw_sections sections; /* of the whole file */
	struct cw_package_index units, types;
};

/* @elf must stay.  False: it is no package, or damaged. */
bool cw_package_init(struct cw_package *package, struct cw_elf_file *elf);
void cw_package_deinit(struct cw_package *package);

/* Sections of the unit with that id, which go before the package.  False:
 * there is none. */
bool cw_package_sections(const struct cw_package *package, uint64_t id,
			 struct cw_sections *ret);

#endif
