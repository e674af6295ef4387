/*
 * Calls.  What the compiler gives to the runtime, by registers since 1.17, and
 * what it has from it:
 *
 *	newobject(type)			*T
 *	mallocgcSmall…(size, type, …)	*T, from 1.27
 *	makeslice(type, …)		elements
 *	growslice(type, old, …)		elements, to 1.19
 *	growslice(old, …, type)		elements
 *	makemap(type, …), makechan(…)	what the type is a pointer to
 *	mapaccess(type, map, …)		a value of the map
 */
#include <string.h>

#include "base/memory.h"
#include "base/search.h"
#include "golang/descriptor.h"
#include "golang/flow_private.h"

enum { AX = 0, CX = 2, BX = 3, R11 = 11 };

const uint8_t cw_flow_arguments[CW_FLOW_NUM_ARGUMENTS] = {
	AX, BX, CX, 5, 4, 8, 9, 10, R11,
};

/* The first that begins so. */
static const struct role_row {
	const char *start;
	enum cw_flow_role role;
} role_rows[] = {
	{"newobject", CW_FLOW_NEW},	   {"mallocgc", CW_FLOW_NEW},
	{"makeslice", CW_FLOW_NEW},	   {"newarray", CW_FLOW_NEW},
	{"unsafe_New", CW_FLOW_NEW},	   {"growslice", CW_FLOW_GROW},
	{"makemap_small", CW_FLOW_PLAIN},  {"makemap", CW_FLOW_MAKE},
	{"makechan", CW_FLOW_MAKE},	   {"mapaccess", CW_FLOW_AT_KEY},
	{"mapassign", CW_FLOW_AT_KEY},	   {"mapdelete", CW_FLOW_ON_MAP},
	{"mapiterinit", CW_FLOW_ON_MAP},   {"mapIterStart", CW_FLOW_ON_MAP},
	{"mapclear", CW_FLOW_ON_MAP},	   {"newproc", CW_FLOW_SPAWN},
	{"gcWriteBarrier", CW_FLOW_QUIET}, {"duffzero", CW_FLOW_QUIET},
	{"duffcopy", CW_FLOW_QUIET},	   {"morestack", CW_FLOW_ENDING},
	{"gopanic", CW_FLOW_ENDING},	   {"goPanic", CW_FLOW_ENDING},
	{"panic", CW_FLOW_ENDING},	   {"throw", CW_FLOW_ENDING},
	{"fatal", CW_FLOW_ENDING},	   {"sigpanic", CW_FLOW_ENDING},
};

enum cw_flow_role cw_flow_role_of(const char *name)
{
	static const char package[] = "runtime.";
	size_t length = sizeof(package) - 1;

	if (strncmp(name, package, length) != 0)
		return CW_FLOW_PLAIN;
	for (size_t i = 0; i < cw_num_elements(role_rows); i++)
		if (strncmp(name + length, role_rows[i].start,
			    strlen(role_rows[i].start)) == 0)
			return role_rows[i].role;
	return CW_FLOW_PLAIN;
}

bool cw_flow_receiver(const char *name, struct cw_text *ret)
{
	const char *star = strstr(name, ".(*"), *end;

	/* Of generic types a method is for several. */
	if (!star || memchr(name, '[', star - name) ||
	    !(end = strchr(star, ')')) || memchr(star, '[', end - star) ||
	    end[1] != '.' || strchr(end + 2, '.') || strstr(end, "-fm"))
		return false;
	cw_text_add_n(ret, name, star - name);
	cw_text_add(ret, ".");
	cw_text_add_n(ret, star + 3, end - star - 3);
	return true;
}

uint32_t cw_flow_function_at(const struct cw_flow_scan *scan, cw_addr entry)
{
	size_t found = cw_search_first(i, 0, scan->functions.num,
				       scan->functions.items[i].entry < entry);

	return found < scan->functions.num &&
			       scan->functions.items[found].entry == entry
		       ? found
		       : UINT32_MAX;
}

static uint64_t place_of(uint32_t function, unsigned reg)
{
	return (uint64_t)function << 4 | reg;
}

struct cw_flow_value cw_flow_use(struct cw_flow_scan *scan,
				 struct cw_flow_value value)
{
	struct cw_flow_graph *graph = &scan->graph;

	if (value.node >= CW_FLOW_FIRST_NODE) {
		struct cw_flow_node *node = &graph->nodes.items[value.node];
		node->is_used = true;
		return value;
	}
	if (value.node != CW_FLOW_CALL)
		return value;
	if (scan->now.callee == 0)
		return (struct cw_flow_value){0};
	uint32_t result =
		cw_flow_node(graph, CW_FLOW_RESULT,
			     place_of(scan->now.callee - 1, value.offset));
	graph->nodes.items[result].is_used = true;
	/* One of this call alone, so that what is done with it is its own. */
	return (struct cw_flow_value){
		cw_flow_value_of_call(graph, scan->now.call, result,
				      value.offset),
		0};
}

/* ---- What the runtime is given */

/* The number of the first argument that is a type; -1: none. */
static int type_argument(const struct cw_flow_scan *scan)
{
	for (int i = 0; i < CW_FLOW_NUM_ARGUMENTS; i++)
		if (scan->now.registers[cw_flow_arguments[i]].node ==
		    CW_FLOW_TYPE)
			return i;
	return -1;
}

static cw_addr descriptor_in(const struct cw_flow_scan *scan, int argument)
{
	return scan->go->types +
	       scan->now.registers[cw_flow_arguments[argument]].offset;
}

static const struct cw_type *type_at(struct cw_flow_scan *scan,
				     cw_addr descriptor)
{
	const struct cw_go_type *type =
		cw_go_type_at(scan->graph.types, descriptor);

	return type ? type->type : NULL;
}

static const struct cw_type *pointed_to(const struct cw_type *type)
{
	return type && type->kind == CW_TYPE_POINTER && type->target
		       ? cw_type_strip(type->target)
		       : NULL;
}

/* The value is a pointer to @type: it is declared so, whatever it is. */
static void value_is(struct cw_flow_scan *scan, struct cw_flow_value value,
		     const struct cw_type *type)
{
	if (!type || type->size == 0)
		return;
	value = cw_flow_use(scan, value);
	if (value.node == CW_FLOW_STACK)
		*cw_array_push(&scan->frame_objects) = (struct cw_flow_slot){
			.type = type, .offset = value.offset};
	else if (value.node == CW_FLOW_VARIABLE)
		*cw_array_push(&scan->objects) = (struct cw_go_flow_word){
			.address = scan->go->variables + value.offset,
			.type = type,
			.is_object = true,
		};
	else if (value.node >= CW_FLOW_FIRST_NODE && value.offset == 0 &&
		 !scan->graph.nodes.items[value.node].is_fixed)
		cw_flow_fix(&scan->graph, value.node, type);
}

/* The value of a map of that type: of Go, and so not its own block. */
static uint32_t value_of_map(struct cw_flow_scan *scan, cw_addr descriptor)
{
	struct cw_go_descriptor map;

	if (!cw_go_descriptor_read(scan->go, descriptor, &map) ||
	    map.kind != CW_GO_KIND_MAP)
		return CW_FLOW_NOTHING;
	return cw_flow_object(&scan->graph, type_at(scan, map.element));
}

/* What the runtime's function gives. */
static uint32_t given_by(struct cw_flow_scan *scan, enum cw_flow_role role)
{
	struct cw_flow_value *registers = scan->now.registers;
	int argument = type_argument(scan);

	if (argument < 0)
		return CW_FLOW_NOTHING;
	cw_addr descriptor = descriptor_in(scan, argument);
	const struct cw_type *type = type_at(scan, descriptor);
	switch (role) {
	case CW_FLOW_NEW:
	case CW_FLOW_GROW:
		return cw_flow_object(&scan->graph, type);
	case CW_FLOW_MAKE:
		return cw_flow_object(&scan->graph, pointed_to(type));
	case CW_FLOW_AT_KEY:
	case CW_FLOW_ON_MAP:
		value_is(scan, registers[cw_flow_arguments[argument + 1]],
			 pointed_to(type));
		return role == CW_FLOW_AT_KEY ? value_of_map(scan, descriptor)
					      : CW_FLOW_NOTHING;
	default:
		return CW_FLOW_NOTHING;
	}
}

/* ---- Functions of the program */

static void arguments_put(struct cw_flow_scan *scan, uint32_t callee)
{
	struct cw_flow_graph *graph = &scan->graph;

	for (unsigned i = 0; i < CW_FLOW_NUM_ARGUMENTS; i++) {
		unsigned reg = cw_flow_arguments[i];
		struct cw_flow_value value = scan->now.registers[reg];

		/* The address of a global, to a method of what it is. */
		if (value.node == CW_FLOW_VARIABLE && i == 0)
			*cw_array_push(&scan->receivers) =
				(struct cw_flow_receiver_of){callee,
							     value.offset};
		if (value.node < CW_FLOW_FIRST_NODE &&
		    value.node != CW_FLOW_CALL)
			continue;
		/* It may be no argument: this is no use of it. */
		if (value.node == CW_FLOW_CALL)
			value = cw_flow_use(scan, value);
		cw_flow_put(graph, value,
			    cw_flow_node(graph, CW_FLOW_PARAMETER,
					 place_of(callee, reg)));
	}
}

static void registers_forget(struct cw_flow_scan *scan, uint32_t callee,
			     cw_addr call)
{
	struct cw_flow_state *now = &scan->now;

	now->callee = callee;
	now->call = call;
	memset(now->registers, 0, sizeof(now->registers));
	for (unsigned i = 0; callee && i < CW_FLOW_NUM_ARGUMENTS; i++)
		now->registers[cw_flow_arguments[i]] = (struct cw_flow_value){
			CW_FLOW_CALL, cw_flow_arguments[i]};
}

void cw_flow_call(struct cw_flow_scan *scan,
		  const struct cw_instruction *instruction)
{
	const struct cw_operand *to = &instruction->operands[0];
	uint32_t callee = to->kind == CW_OPERAND_NUMBER
				  ? cw_flow_function_at(scan, to->number)
				  : UINT32_MAX;
	enum cw_flow_role role = callee == UINT32_MAX
					 ? CW_FLOW_PLAIN
					 : scan->functions.items[callee].role;

	switch (role) {
	case CW_FLOW_QUIET:
		scan->now.registers[R11] = (struct cw_flow_value){0};
		return;
	case CW_FLOW_ENDING:
		scan->is_unreachable = true;
		return;
	case CW_FLOW_PLAIN:
	case CW_FLOW_SPAWN:
		if (callee != UINT32_MAX)
			arguments_put(scan, callee);
		registers_forget(scan, callee + 1, instruction->address);
		return;
	default: {
		uint32_t given = given_by(scan, role);
		registers_forget(scan, 0, 0);
		scan->now.registers[AX] = (struct cw_flow_value){given, 0};
	}
	}
}

void cw_flow_return(struct cw_flow_scan *scan)
{
	struct cw_flow_graph *graph = &scan->graph;

	for (unsigned i = 0; i < CW_FLOW_NUM_ARGUMENTS; i++) {
		unsigned reg = cw_flow_arguments[i];
		struct cw_flow_value value = scan->now.registers[reg];

		/* What a call gave is given on when it is looked at. */
		if (value.node == CW_FLOW_CALL && i > 1)
			continue;
		if (value.node == CW_FLOW_CALL)
			value = cw_flow_use(scan, value);
		cw_flow_put(graph, value,
			    cw_flow_node(graph, CW_FLOW_RESULT,
					 place_of(scan->function, reg)));
	}
}
