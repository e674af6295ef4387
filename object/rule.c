#include "object/rule.h"

static const struct cw_rule *const tables[] = {
	cw_cxx_string_rules,	cw_cxx_sequence_rules, cw_cxx_deque_rules,
	cw_cxx_container_rules, cw_cxx_node_rules,     cw_cxx_pointer_rules,
	cw_cxx_control_rules,	cw_cxx_wrapper_rules,  cw_rust_enum_rules,
	cw_rust_pointer_rules,	cw_rust_vec_rules,     cw_rust_map_rules,
	cw_rust_tree_rules,	cw_rust_rc_rules,      cw_rust_once_rules,
	cw_rust_channel_rules,	cw_cxx_callable_rules, cw_cxx_state_rules,
	cw_absl_rules,		cw_boost_rules,	       cw_protobuf_rules,
	cw_qt_array_rules,	cw_qt_list_rules,      cw_qt_map_rules,
	cw_qt_node_rules,	cw_go_rules,	       cw_go_map_rules,
	cw_go_pool_rules,
};

bool cw_rule_is_of_nodes(const struct cw_rule *rule)
{
	return rule == cw_cxx_node_rules || rule == cw_qt_node_rules;
}

const struct cw_rule *cw_rule_for(const struct cw_rule_context *context,
				  const struct cw_type *type,
				  const void **ret_plan)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct cw_rule *rule = tables[i]; rule->name; rule++)
			if (rule->prepare(context, type, ret_plan))
				return rule;
	return NULL;
}

#define NO_RULE UINT32_MAX

void cw_rules_init(struct cw_rules *rules, struct cw_target *target,
		   struct cw_debug *debug, const struct cw_go *go)
{
	*rules = (struct cw_rules){
		.context = {.target = target, .debug = debug}};
	cw_dyns_init(&rules->dyns, target, debug);
	cw_go_types_init(&rules->go_types, go);
	cw_arena_init(&rules->arena);
	cw_map_init(&rules->by_type);
}

void cw_rules_deinit(struct cw_rules *rules)
{
	cw_map_deinit(&rules->by_type);
	cw_array_deinit(&rules->found);
	cw_arena_deinit(&rules->arena);
	cw_dyns_deinit(&rules->dyns);
	cw_go_types_deinit(&rules->go_types);
}

const struct cw_found_rule *cw_rules_find(struct cw_rules *rules,
					  const struct cw_type *type)
{
	uint32_t number;

	if (!cw_map_get(&rules->by_type, type->id, &number)) {
		struct cw_found_rule found = {0};
		/* The rules may have moved since they were made. */
		rules->context.arena = &rules->arena;
		rules->context.dyns = &rules->dyns;
		if (rules->go_types.go)
			rules->context.go = &rules->go_types;
		found.rule = cw_rule_for(&rules->context, type, &found.plan);
		number = NO_RULE;
		if (found.rule) {
			struct cw_found_rule *kept =
				cw_arena_alloc(&rules->arena, sizeof(*kept));
			*kept = found;
			number = rules->found.num;
			*cw_array_push(&rules->found) = kept;
		}
		cw_map_set(&rules->by_type, type->id, number);
	}
	return number == NO_RULE ? NULL : rules->found.items[number];
}
