/*
 * Address: what a user means by an ADDR argument.
 *
 * "0x55…", "94…" (decimal), bare hexadecimal with eight digits or more as
 * debuggers print it, "&g_name" (where a symbol is), "g_name" (what the
 * pointer in it points to; where it is no pointer, where it is).
 */
#ifndef COMMAND_ADDRESS_H
#define COMMAND_ADDRESS_H

#include "command/session.h"

/* Fails with CW_ERROR_USAGE. */
struct cw_error *cw_address_parse(struct cw_session *session, const char *text,
				  cw_addr *ret) cw_must_check;

/*
 * As above, then the block that holds the address.  Fails with a clear line
 * when there is none, saying what is there instead.
 */
struct cw_error *cw_address_block(struct cw_session *session, const char *text,
				  struct cw_block *ret) cw_must_check;

/* A number as C writes it, all of @text; false: it is none. */
bool cw_address_parse_number(const char *text, uint64_t *ret);

#endif
