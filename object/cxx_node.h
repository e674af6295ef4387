/*
 * Nodes of C++ containers: where the value is in one.
 *
 * Not here: how containers find their first node (object/cxx_container.c).
 */
#ifndef OBJECT_CXX_NODE_H
#define OBJECT_CXX_NODE_H

#include "object/cxx.h"

/* The value of a node of type @node; false: it has none that is known. */
bool cw_node_value_find(const struct cw_type *node, struct cw_place *ret);

#endif
