/*
 * Qt: what the rules for QtCore's types have in common.
 *
 * A container of Qt 5 is one pointer, to data that copies share: its header
 * tells how much of it lives.  Where an empty one leads to is a constant of the
 * library.
 */
#ifndef OBJECT_QT_H
#define OBJECT_QT_H

#include "object/cxx.h"

/*
 * What the pointer at @place of @object leads to, read as a @type.  False: it
 * leads nowhere.  The bytes are borrowed from the target.
 */
bool cw_qt_data(const struct cw_rule_context *context,
		const struct cw_place *place, const struct cw_object *object,
		const struct cw_type *type, struct cw_object *ret);

/* The number at the place, as the int that Qt 5 counts with; never below 0. */
uint64_t cw_qt_count(const struct cw_place *place,
		     const struct cw_object *object);

/*
 * The type "@name<...>" of the debug info with the template arguments of @type.
 * NULL: none.
 */
const struct cw_type *cw_qt_sibling(const struct cw_rule_context *context,
				    const struct cw_type *type,
				    const char *name);

#endif
