/*
 * parts CORE: what the rules find in the globals "g_..." of a C++ program.
 *
 * Walks each one along parts and members as deep as there are any: a line for
 * each number and each narrow string, "VARIABLE ADDRESS VALUE", and one for
 * what a rule has to say of the variable itself, "VARIABLE: ...".  Words that
 * do not keep what they refer to are not followed, but for shared_ptr's.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "object/rule.h"
#include "object/vtable.h"

struct run {
	const struct cw_type *type;
	cw_addr address;
	uint64_t count, stride;
};

struct walk {
	struct cw_part_visitor visitor;
	struct cw_rules rules;
	struct cw_target *target;
	const struct cw_variable *variable;
	CW_ARRAY(struct run) runs;
	struct cw_map seen; /* by address and type */
};

static void die_if(struct cw_error *err)
{
	if (!err)
		return;
	fprintf(stderr, "parts: %s\n", cw_error_message(err));
	exit(1);
}

static bool is_in_variable(const struct walk *walk, cw_addr address)
{
	return address >= walk->variable->address &&
	       address - walk->variable->address <
		       cw_type_strip(walk->variable->type)->size;
}

/* What keys and values of Qt's nodes are called. */
static bool is_value(const char *label)
{
	return strcmp(label, "key") == 0 || strcmp(label, "value") == 0;
}

static void part_add(struct cw_part_visitor *visitor,
		     const struct cw_part *part)
{
	struct walk *walk = (struct walk *)visitor;

	if (part->kind != CW_PART_OBJECTS ||
	    (part->label && !is_value(part->label)))
		return;
	if (part->storage && (part->address < part->storage ||
			      part->address + part->count * part->type->size >
				      part->storage + part->storage_size))
		printf("%s: part outside of its storage\n",
		       walk->variable->name);
	if (part->slot) {
		uint64_t word;
		if (!cw_target_read_word(walk->target, part->slot, &word) ||
		    (word != part->address && word != part->storage &&
		     word - part->storage >= part->storage_size))
			printf("%s: slot does not refer to its part\n",
			       walk->variable->name);
		/* The header of a list is no node. */
		if (is_in_variable(walk, part->address))
			return;
	}
	*cw_array_push(&walk->runs) =
		(struct run){cw_type_strip(part->type), part->address,
			     part->count, part->stride};
}

static void number_print(struct walk *walk, const struct cw_type *type,
			 cw_addr address)
{
	int64_t number = 0;
	double real;

	if (type->kind != CW_TYPE_BASE || type->size > 8 ||
	    !cw_target_read(walk->target, address, &number, type->size))
		return;
	printf("%s 0x%" PRIx64 " ", walk->variable->name, address);
	memcpy(&real, &number, 8);
	if (type->encoding == CW_ENCODING_FLOAT)
		printf("%g\n", real);
	else
		printf("%d\n", (int)number);
}

/* Of what characters besides, the programs do not print. */
static bool is_text(const struct cw_found_rule *found,
		    const struct cw_type *type)
{
	return found && (strcmp(found->rule->name, "text of Qt") == 0 ||
			 (strcmp(found->rule->name, "std::string") == 0 &&
			  strstr(type->name, "string<char,")));
}

static void object_walk(struct walk *walk, const struct cw_type *type,
			cw_addr address)
{
	const struct cw_found_rule *found = cw_rules_find(&walk->rules, type);
	struct cw_object object = {
		type, address,
		cw_target_bytes(walk->target, address, type->size)};
	const struct cw_member *members;

	if (!object.bytes)
		return;
	cw_cleanup_text struct cw_text text = {0};
	if (is_text(found, type)) {
		found->rule->describe(&walk->rules.context, found->plan,
				      &object, &text);
		printf("%s 0x%" PRIx64 " %s\n", walk->variable->name, address,
		       text.chars);
	}
	if (found) {
		found->rule->visit(&walk->rules.context, found->plan, &object,
				   &walk->visitor);
		return;
	}
	if (type->kind == CW_TYPE_ARRAY) {
		*cw_array_push(&walk->runs) = (struct run){
			cw_type_strip(type->target), address, type->count, 0};
		return;
	}
	number_print(walk, type, address);
	size_t num = cw_type_members(type, &members);
	for (size_t i = 0; i < num && type->kind != CW_TYPE_UNION; i++) {
		const struct cw_type *inner = cw_type_strip(members[i].type);
		if (inner->kind == CW_TYPE_POINTER || inner->size == 0)
			continue;
		*cw_array_push(&walk->runs) =
			(struct run){inner, address + members[i].offset, 1, 0};
	}
}

static void runs_walk(struct walk *walk)
{
	while (walk->runs.num > 0) {
		struct run run = walk->runs.items[--walk->runs.num];
		uint64_t stride = run.stride ? run.stride : run.type->size;
		for (uint64_t i = 0; i < run.count; i++) {
			cw_addr address = run.address + i * stride;
			uint64_t key = address << 20 | run.type->id;
			uint32_t seen;
			if (cw_map_get(&walk->seen, key, &seen))
				continue;
			cw_map_set(&walk->seen, key, 1);
			object_walk(walk, run.type, address);
		}
	}
}

static void variable_walk(struct walk *walk, const struct cw_variable *variable)
{
	const struct cw_type *type = cw_type_strip(variable->type);
	const struct cw_found_rule *found = cw_rules_find(&walk->rules, type);
	struct cw_object object = {
		type, variable->address,
		cw_target_bytes(walk->target, variable->address, type->size)};
	cw_cleanup_text struct cw_text text = {0};

	walk->variable = variable;
	if (found && found->rule->describe && object.bytes &&
	    !is_text(found, type) &&
	    found->rule->describe(&walk->rules.context, found->plan, &object,
				  &text))
		printf("%s: %s\n", variable->name, text.chars);
	cw_map_deinit(&walk->seen);
	cw_map_init(&walk->seen);
	*cw_array_push(&walk->runs) =
		(struct run){type, variable->address, 1, 0};
	runs_walk(walk);
}

int main(int argc, char **argv)
{
	struct cw_target_options options = {0};
	struct walk walk = {.visitor = {part_add}};
	struct cw_vtables vtables;
	const struct cw_variable *variables;
	size_t num;

	if (argc != 2)
		return 2;
	die_if(cw_target_open_core(argv[1], &options, &walk.target));
	struct cw_debug *debug = cw_debug_create(walk.target);
	cw_rules_init(&walk.rules, walk.target, debug, NULL);
	cw_map_init(&walk.seen);
	cw_vtables_init(&vtables, walk.target, debug);
	walk.rules.context.vtables = &vtables;
	die_if(cw_debug_variables(debug, &walk.target->modules.items[0],
				  &variables, &num));
	for (size_t i = 0; i < num; i++)
		if (strncmp(variables[i].name, "g_", 2) == 0)
			variable_walk(&walk, &variables[i]);
	cw_array_deinit(&walk.runs);
	cw_map_deinit(&walk.seen);
	cw_rules_deinit(&walk.rules);
	cw_vtables_deinit(&vtables);
	cw_debug_destroy(debug);
	cw_target_close(walk.target);
	return 0;
}
