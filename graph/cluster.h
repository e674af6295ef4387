/*
 * Clusters: heads with all that hangs on them.
 *
 * A head is a component that no node outside of it points to.  A cluster is
 * a head with every node reached from it; what two heads reach belongs to the
 * cluster with the lower first node.  Every node is in just one cluster.
 */
#ifndef GRAPH_CLUSTER_H
#define GRAPH_CLUSTER_H

#include "graph/component.h"

struct cw_clusters {
	uint32_t num;
	cw_node num_nodes;
	uint32_t *of;	     /* by node: number of its cluster */
	cw_node *head;	     /* by cluster: lowest node of the head */
	uint32_t *first;     /* by cluster, num + 1: into members */
	cw_node *members;    /* by cluster: the head's nodes first, from its
			      * lowest on, then the others; both in
			      * breadth-first order */
	uint32_t *head_size; /* by cluster: nodes in the head */
};

struct cw_error *
cw_clusters_init(struct cw_clusters *clusters, const struct cw_graph *graph,
		 const struct cw_components *components) cw_must_check;
void cw_clusters_deinit(struct cw_clusters *clusters);

#endif
