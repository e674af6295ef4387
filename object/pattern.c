#include "object/pattern.h"

#include <stdlib.h>

#include "base/memory.h"

/* More identities than that of one structure become one group. */
enum { MAX_IDENTITIES = 6 };

/* Keys of classes: labels, sizes, and two more.  Usable sizes fit 47 bits. */
enum {
	KEY_ARRAY = 1,
	KEY_LEAF,
};
#define KEY_LABEL      (UINT64_C(1) << 62)
#define KEY_SIZE(size) (UINT64_C(1) << 63 | (size))

/* So that hashes of different things differ. */
enum { SALT_CLASS = 1, SALT_HEAD, SALT_EDGE, SALT_SIZE, SALT_SUM };

static uint64_t hash3(uint64_t a, uint64_t b, uint64_t c)
{
	return cw_hash_mix(a + cw_hash_mix(b + cw_hash_mix(c + 1)));
}

struct cw_error *cw_patterns_init(struct cw_patterns *patterns,
				  const struct cw_graph *graph)
{
	size_t num = graph->num_nodes;
	struct cw_patterns new = {.graph = graph};
	struct cw_error *err =
		cw_bulk_alloc(num * sizeof(uint64_t), &new.sizes);

	if (!err)
		err = cw_bulk_alloc(num * sizeof(uint32_t), &new.labels);
	if (!err)
		err = cw_bulk_alloc(num * sizeof(uint32_t), &new.classes);
	if (err) {
		cw_patterns_deinit(&new);
		return err;
	}
	*patterns = new;
	return NULL;
}

void cw_patterns_deinit(struct cw_patterns *patterns)
{
	size_t num = patterns->graph ? patterns->graph->num_nodes : 0;

	cw_bulk_free(patterns->sizes, num * sizeof(uint64_t));
	cw_bulk_free(patterns->labels, num * sizeof(uint32_t));
	cw_bulk_free(patterns->classes, num * sizeof(uint32_t));
	cw_map_deinit(&patterns->class_numbers);
	cw_array_deinit(&patterns->class_keys);
	cw_map_deinit(&patterns->seen);
	*patterns = (struct cw_patterns){0};
}

static bool is_leaf(const struct cw_graph *graph, cw_node node)
{
	return graph->first[node] == graph->first[node + 1];
}

static void set_class(struct cw_patterns *patterns, cw_node node, uint64_t key)
{
	uint32_t number = *cw_map_place(&patterns->class_numbers, key,
					patterns->class_keys.num);

	if (number == patterns->class_keys.num)
		*cw_array_push(&patterns->class_keys) = key;
	patterns->classes[node] = number;
}

/* Numbers are by first appearance, so they do not serve as hashes. */
static uint64_t class_hash(const struct cw_patterns *patterns, uint32_t class)
{
	return hash3(SALT_CLASS, patterns->class_keys.items[class], 0);
}

static void classify(struct cw_patterns *patterns, const cw_node *members,
		     uint32_t num, uint32_t head_size)
{
	for (uint32_t i = 0; i < num; i++) {
		cw_node node = members[i];
		uint64_t size = patterns->sizes[node];

		if (patterns->labels[node]) {
			set_class(patterns, node,
				  KEY_LABEL | patterns->labels[node]);
		} else if (i < head_size || !is_leaf(patterns->graph, node)) {
			if (size <= CW_SMALL_SIZE)
				patterns->small_seen[size / 8] = patterns->set;
			/* A single block is what its size says. */
			set_class(patterns, node,
				  size <= CW_SMALL_SIZE || num == 1
					  ? KEY_SIZE(size)
					  : KEY_ARRAY);
		}
	}
	/* The last of a chain points nowhere, yet it is like the others. */
	for (uint32_t i = head_size; i < num; i++) {
		cw_node node = members[i];
		uint64_t size = patterns->sizes[node];

		if (patterns->labels[node] || !is_leaf(patterns->graph, node))
			continue;
		bool is_like = size <= CW_SMALL_SIZE &&
			       patterns->small_seen[size / 8] == patterns->set;
		set_class(patterns, node, is_like ? KEY_SIZE(size) : KEY_LEAF);
	}
}

/* Instead of a class that points to another. */
enum { IN_HEAD = 1 << 30, ANYWHERE };

/* Whether the pair is seen in this set for the first time. */
static bool is_new(struct cw_patterns *patterns, uint32_t from, uint32_t to)
{
	uint32_t *place =
		cw_map_place(&patterns->seen, (uint64_t)from << 32 | to, 0);
	bool is_first = *place != patterns->set;

	*place = patterns->set;
	return is_first;
}

struct cw_pattern cw_patterns_of(struct cw_patterns *patterns,
				 const cw_node *members, uint32_t num,
				 uint32_t head_size, const uint32_t *part,
				 uint32_t number)
{
	const struct cw_graph *graph = patterns->graph;
	uint64_t structure = 0, identity = 0;

	patterns->set++;
	classify(patterns, members, num, head_size);
	for (uint32_t i = 0; i < num; i++) {
		cw_node node = members[i];
		uint32_t class = patterns->classes[node];
		uint64_t hash = class_hash(patterns, class);

		identity += hash3(SALT_SIZE, hash, patterns->sizes[node]);
		if (i < head_size && is_new(patterns, IN_HEAD, class))
			structure += hash3(SALT_HEAD, hash, 0);
		if (is_new(patterns, ANYWHERE, class))
			structure += hash3(SALT_CLASS, hash, 0);
		for (uint32_t j = graph->first[node];
		     j < graph->first[node + 1]; j++) {
			cw_node target = graph->targets[j];
			if (part[target] != number)
				continue;
			if (is_new(patterns, class, patterns->classes[target]))
				structure += hash3(
					SALT_EDGE, hash,
					class_hash(patterns,
						   patterns->classes[target]));
		}
	}
	structure = hash3(SALT_SUM, structure, head_size > 1);
	return (struct cw_pattern){
		.structure = structure,
		.identity = hash3(structure, identity, head_size),
	};
}

uint32_t cw_grouping_add(struct cw_grouping *grouping,
			 const struct cw_pattern *pattern)
{
	uint32_t identity =
		*cw_map_place(&grouping->identities, pattern->identity,
			      grouping->patterns.num);

	if (identity < grouping->patterns.num)
		return identity;

	uint32_t structure =
		*cw_map_place(&grouping->structures, pattern->structure,
			      grouping->structure_identities.num);
	if (structure == grouping->structure_identities.num)
		*cw_array_push(&grouping->structure_identities) = 0;
	grouping->structure_identities.items[structure]++;
	*cw_array_push(&grouping->structure_numbers) = structure;
	*cw_array_push(&grouping->patterns) = *pattern;
	return identity;
}

bool cw_grouping_is_identical(const struct cw_grouping *grouping,
			      uint32_t identity)
{
	uint32_t structure = grouping->structure_numbers.items[identity];

	return grouping->structure_identities.items[structure] <=
	       MAX_IDENTITIES;
}

void cw_grouping_settle(struct cw_grouping *grouping)
{
	size_t num = grouping->structure_identities.num;
	cw_cleanup_free uint32_t *whole = cw_alloc(num * sizeof(*whole));

	for (size_t i = 0; i < num; i++)
		whole[i] = UINT32_MAX;
	for (uint32_t i = 0; i < grouping->patterns.num; i++) {
		uint32_t *group = &whole[grouping->structure_numbers.items[i]];
		if (cw_grouping_is_identical(grouping, i) ||
		    *group == UINT32_MAX)
			*group = grouping->num_groups++;
		*cw_array_push(&grouping->groups) = *group;
	}
}

void cw_grouping_deinit(struct cw_grouping *grouping)
{
	cw_map_deinit(&grouping->identities);
	cw_map_deinit(&grouping->structures);
	cw_array_deinit(&grouping->patterns);
	cw_array_deinit(&grouping->structure_numbers);
	cw_array_deinit(&grouping->structure_identities);
	cw_array_deinit(&grouping->groups);
}

void cw_members_add(struct cw_members *members, uint32_t group, uint32_t class,
		    uint32_t label, uint64_t size)
{
	uint32_t place =
		*cw_map_place(&members->places, (uint64_t)group << 32 | class,
			      members->items.num);

	if (place == members->items.num) {
		*cw_array_push(&members->items) = (struct cw_leak_member){
			.label = label,
			.min_size = size,
			.max_size = size,
		};
		*cw_array_push(&members->groups) = group;
	}
	struct cw_leak_member *member = &members->items.items[place];
	if (size < member->min_size)
		member->min_size = size;
	if (size > member->max_size)
		member->max_size = size;
	member->count.blocks++;
	member->count.bytes += size;
}

static int by_bytes(const void *left, const void *right)
{
	const struct cw_leak_member *a = left, *b = right;

	if (a->count.bytes != b->count.bytes)
		return a->count.bytes < b->count.bytes ? 1 : -1;
	if (a->min_size != b->min_size)
		return a->min_size < b->min_size ? -1 : 1;
	return (a->label > b->label) - (a->label < b->label);
}

void cw_members_list(const struct cw_members *members, uint32_t num_groups,
		     struct cw_arena *arena, struct cw_leak_member **ret,
		     uint32_t *ret_num)
{
	for (uint32_t i = 0; i < num_groups; i++)
		ret_num[i] = 0;
	for (size_t i = 0; i < members->items.num; i++)
		ret_num[members->groups.items[i]]++;
	for (uint32_t i = 0; i < num_groups; i++) {
		ret[i] = cw_arena_alloc(arena, ret_num[i] * sizeof(**ret));
		ret_num[i] = 0;
	}
	for (size_t i = 0; i < members->items.num; i++) {
		uint32_t group = members->groups.items[i];
		ret[group][ret_num[group]++] = members->items.items[i];
	}
	for (uint32_t i = 0; i < num_groups; i++)
		if (ret_num[i] > 1)
			qsort(ret[i], ret_num[i], sizeof(**ret), by_bytes);
}

void cw_members_deinit(struct cw_members *members)
{
	cw_map_deinit(&members->places);
	cw_array_deinit(&members->items);
	cw_array_deinit(&members->groups);
}
