/*
 * Libiberty: its demangler's header, which not all systems install in the same
 * place.
 */
#ifndef DWARF_LIBIBERTY_H
#define DWARF_LIBIBERTY_H

#include "config.h"

#ifdef HAVE_LIBIBERTY_DEMANGLE_H
#include <libiberty/demangle.h>
#else
#include <demangle.h>
#endif

#endif
