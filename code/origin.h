/*
 * Origin: a place that pointers come from and go to: a field, a variable, a
 * parameter, a result.
 *
 * Each has a number, from 1.  Fields are named by the type around them and the
 * offset in it; functions by the address of their entry, whether or not they
 * are known otherwise.
 */
#ifndef CODE_ORIGIN_H
#define CODE_ORIGIN_H

#include "base/array.h"
#include "base/map.h"
#include "dwarf/debug.h"

enum cw_origin_kind {
	CW_ORIGIN_FIELD,     /* key: id of the type << 32 | offset */
	CW_ORIGIN_VARIABLE,  /* key: address */
	CW_ORIGIN_PARAMETER, /* key: entry; number: which */
	CW_ORIGIN_RESULT,    /* key: entry */
	/* Key: address behind the call; number: 0, else of the call's own
	 * things. */
	CW_ORIGIN_SITE,
	/* Of the functions that a pointer from another origin calls. */
	CW_ORIGIN_CALLED_PARAMETER, /* key: origin; number: which */
	CW_ORIGIN_CALLED_RESULT,    /* key: origin */
	CW_ORIGIN_ELEMENT,	    /* key: origin of the array's address */
	/* Any word among the bytes that an object ends in.  Key: as of fields,
	 * of the first. */
	CW_ORIGIN_BYTES,
	/* A word of what another origin leads to, or of nodes that hang on
	 * that.  Of containers without debug info: their keys, their values.
	 * Key: origin, or 0 for any such container; number: which word. */
	CW_ORIGIN_HELD,
	CW_NUM_ORIGIN_KINDS,
};

enum {
	CW_ORIGIN_NUMBERS = 16,
	/* Words of containers. */
	CW_HELD_KEY = 0,
	CW_HELD_VALUE,
};

struct cw_origin {
	uint8_t kind;
	uint8_t number; /* less than CW_ORIGIN_NUMBERS */
	uint64_t key;
	/* What it is declared to point to, stripped; NULL: nothing is, or
	 * several. */
	const struct cw_type *declared;
};

/* Whether its key is that of a place in a type. */
static inline bool cw_origin_is_of_type(enum cw_origin_kind kind)
{
	return kind == CW_ORIGIN_FIELD || kind == CW_ORIGIN_BYTES;
}

struct cw_origins {
	CW_ARRAY(struct cw_origin) all; /* by number; the first is none */
	struct cw_map by_key[CW_NUM_ORIGIN_KINDS];
};

void cw_origins_init(struct cw_origins *origins);
void cw_origins_deinit(struct cw_origins *origins);

/* The number of that origin, a new one when it is met first. */
uint32_t cw_origin_note(struct cw_origins *origins, struct cw_origin origin);

/* 0: it was never met. */
uint32_t cw_origin_find(const struct cw_origins *origins,
			enum cw_origin_kind kind, uint64_t key, uint8_t number);

#endif
