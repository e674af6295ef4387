/*
 * Go flow: types of Go's blocks by what the program's code says of globals,
 * frames and closures (golang/flow.h).
 *
 * A closure begins with the address of its function, and that says its type.
 * What globals and words of frames point to has the type that the code puts
 * there, where the collector takes them for pointers too.
 */
#ifndef OBJECT_GO_FLOW_H
#define OBJECT_GO_FLOW_H

#include "golang/flow.h"
#include "object/spread.h"

/*
 * Reads the code, before all else: types become known by that, too.  *ret is
 * NULL where there is no Go program.
 */
struct cw_error *cw_go_flow_read(struct cw_spread *spread,
				 struct cw_go_flow **ret) cw_must_check;

/* @flow may be NULL. */
struct cw_error *cw_go_flow_follow(struct cw_spread *spread,
				   struct cw_go_flow *flow) cw_must_check;

#endif
