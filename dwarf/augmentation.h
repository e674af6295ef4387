/*
 * Augmentation: what an entry of .eh_frame says beside its rules: where the
 * table of the function's landing pads is (its LSDA).
 *
 * For dwarf/ only.
 */
#ifndef DWARF_AUGMENTATION_H
#define DWARF_AUGMENTATION_H

#include "dwarf/cfi.h"
#include "dwarf/library.h"

/*
 * Writes the address of the LSDA, as in the file.  NONE for entries of
 * .debug_frame, which cannot tell.
 */
enum cw_lsda_state cw_augmentation_lsda(struct cw_library *library,
					Dwarf_Fde fde, cw_addr *ret);

#endif
