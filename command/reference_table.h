/*
 * Reference table: who points to a block and what it points to, for `object`
 * and `refs`.
 */
#ifndef COMMAND_REFERENCE_TABLE_H
#define COMMAND_REFERENCE_TABLE_H

#include "command/command.h"
#include "object/reference.h"

void cw_incoming_write_json(struct cw_call *call,
			    const struct cw_references *references);
void cw_outgoing_write_json(struct cw_call *call,
			    const struct cw_references *references);
void cw_incoming_write_text(struct cw_call *call,
			    const struct cw_references *references);
void cw_outgoing_write_text(struct cw_call *call,
			    const struct cw_references *references);

#endif
