/*
 * Erased types: function, move_only_function and any, whose object's type only
 * the functions say that they call.
 *
 * libstdc++: the object is in the wrapper, when it is small (and, of function,
 * when copying its bytes copies it), else in memory of its own.  Its type is
 * that of a local of the functions, once other functions are inlined there;
 * else their names have it as a template argument, and a lambda's type is that
 * of "this" of its operator().
 *
 * libc++'s function points to an object with a vtable, in itself or elsewhere.
 */
#include <string.h>

#include "base/memory.h"
#include "dwarf/scope.h"
#include "object/cxx.h"
#include "object/vtable.h"
#include "target/symbol.h"

enum {
	/* Answers kept a type of wrapper; a power of two. */
	MEMO_SIZE = 64,
	MAX_DEPTH = 16,
};

struct erased_row {
	const char *name;
	const char *storage;
	const char *functions[2]; /* words with addresses of functions */
	/* Larger objects are elsewhere; 0: the function's name says. */
	uint64_t local_size;
	bool is_local_trivial; /* only what can be copied as bytes is inside */
	const char *local_name;
};

static const struct erased_row erased_rows[] = {
	{"function",
	 "_M_functor",
	 {"_M_invoker", "_M_manager"},
	 16,
	 true,
	 NULL},
	{"move_only_function",
	 "_M_storage",
	 {"_M_invoke", "_M_manage"},
	 24,
	 false,
	 NULL},
	{"any",
	 "_M_storage",
	 {"_M_manager", NULL},
	 0,
	 false,
	 "_Manager_internal<"},
	{"any", "__s", {"__h", NULL}, 0, false, "_SmallHandler<"},
};

/* What functions say of the object. */
struct answer {
	cw_addr function;
	const struct cw_type *type; /* or NULL */
	bool is_local;
};

struct erased_plan {
	const struct erased_row *row;
	struct cw_place storage;
	struct cw_place functions[2];
	struct answer *memo;
};

static bool erased_prepare(const struct cw_rule_context *context,
			   const struct cw_type *type, const void **ret)
{
	for (size_t i = 0; i < cw_num_elements(erased_rows); i++) {
		const struct erased_row *row = &erased_rows[i];
		struct erased_plan plan = {.row = row};
		if (!cw_std_is(type, row->name) ||
		    !cw_place_find(type, row->storage, &plan.storage) ||
		    !cw_places_find(type, row->functions, 2, plan.functions))
			continue;
		plan.memo = cw_arena_alloc(context->arena,
					   MEMO_SIZE * sizeof(*plan.memo));
		*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
		return true;
	}
	return false;
}

/*
 * The type that a local of the function refers to: __fn of std::__invoke_r,
 * __closure of a lambda, __ptr of any's handler.
 */
static const struct cw_type *
type_by_local(const struct cw_rule_context *context, cw_addr address,
	      const char *name)
{
	const struct cw_function *function;
	cw_cleanup_error struct cw_error *err =
		cw_debug_function_at(context->debug, address, &function);

	if (err || !function)
		return NULL;
	for (uint32_t i = 0; i < function->num_locals; i++) {
		const struct cw_local *local = &function->locals[i];
		if (!local->name || strcmp(local->name, name) != 0 ||
		    !local->type)
			continue;
		const struct cw_type *type = cw_type_strip(local->type);
		if (type->kind != CW_TYPE_POINTER &&
		    type->kind != CW_TYPE_REFERENCE)
			continue;
		type = cw_type_strip(type->target);
		if (type->size > 0)
			return type;
	}
	return NULL;
}

/* The name of the function at @address, with its template arguments. */
static char *function_name(const struct cw_rule_context *context,
			   cw_addr address)
{
	const struct cw_symbol *symbol = cw_symbol_at(context->target, address);

	return symbol ? cw_demangle(symbol->name) : NULL;
}

/* The object's class is the last argument of the class of the function:
 * _Function_handler<int(int), F>::_M_invoke, _Manager_internal<T>::_S_manage.
 */
static bool argument_find(const char *name, const char **ret,
			  size_t *ret_length)
{
	static const char *const classes[] = {
		"_Function_handler<", "_Manager_internal<",
		"_Manager_external<", "_SmallHandler<",
		"_LargeHandler<",     "_S_invoke<",
		"_S_manage<",
	};

	for (size_t i = 0; i < cw_num_elements(classes); i++) {
		const char *class = strstr(name, classes[i]);
		if (class)
			return cw_template_argument(class, i == 0, ret,
						    ret_length);
	}
	return false;
}

static const struct cw_type *type_named(const struct cw_rule_context *context,
					const char *name)
{
	const struct cw_type **found;
	size_t num = cw_debug_types_named(context->debug, name, &found);

	for (size_t i = 0; i < num; i++)
		if (cw_type_strip(found[i])->size > 0)
			return cw_type_strip(found[i]);
	return NULL;
}

/* Of a lambda: "this" of "main::{lambda(int)#1}::operator()(int) const". */
static const struct cw_type *
type_of_lambda(const struct cw_rule_context *context, cw_addr function,
	       const char *lambda)
{
	struct cw_module *module =
		(struct cw_module *)cw_module_at(context->target, function);
	const struct cw_symbol *symbols;
	size_t num, length = strlen(lambda);

	if (!module)
		return NULL;
	cw_symbols_of(context->target, module, &symbols, &num);
	for (size_t i = 0; i < num; i++) {
		/* Those of lambdas: "Ul", or "$_" of clang. */
		if (symbols[i].kind != CW_SYMBOL_FUNCTION ||
		    (!strstr(symbols[i].name, "Ul") &&
		     !strstr(symbols[i].name, "$_")))
			continue;
		cw_cleanup_free char *name = cw_demangle(symbols[i].name);
		if (!name || strncmp(name, lambda, length) != 0 ||
		    strncmp(name + length, "::operator()(", 13) != 0)
			continue;
		const struct cw_type *type =
			type_by_local(context, symbols[i].address, "__closure");
		return type ? type
			    : type_by_local(context, symbols[i].address,
					    "this");
	}
	return NULL;
}

static const struct cw_type *type_by_name(const struct cw_rule_context *context,
					  cw_addr function, const char *name)
{
	const char *start;
	size_t length;

	if (!argument_find(name, &start, &length))
		return NULL;
	cw_cleanup_free char *argument = cw_strndup(start, length);
	const struct cw_type *type = type_named(context, argument);
	if (!type && (strstr(argument, "{lambda(") || strstr(argument, "$_")))
		type = type_of_lambda(context, function, argument);
	return type;
}

/* A type that owns something cannot be copied as bytes. */
static bool is_trivial(const struct cw_rule_context *context,
		       const struct cw_type *type, unsigned depth)
{
	const struct cw_member *members;
	const void *plan;

	type = cw_type_strip(type);
	if (depth >= MAX_DEPTH)
		return false;
	if (type->kind == CW_TYPE_ARRAY)
		return is_trivial(context, type->target, depth + 1);
	if (!cw_type_is_aggregate(type))
		return true;
	if (cw_std_is(type, "basic_string_view") || cw_std_is(type, "span"))
		return true;
	if (!cw_std_is(type, "array") && !cw_std_is(type, "tuple") &&
	    !cw_std_is(type, "optional") && cw_rule_for(context, type, &plan))
		return false;
	size_t num = cw_type_members(type, &members);
	for (size_t i = 0; i < num; i++)
		if (members[i].is_artificial ||
		    !is_trivial(context, members[i].type, depth + 1))
			return false;
	return true;
}

static struct answer ask(const struct cw_rule_context *context,
			 const struct erased_row *row, cw_addr function)
{
	static const char *const locals[] = {"__fn", "__closure", "__ptr"};
	struct answer answer = {.function = function};
	cw_cleanup_free char *name = function_name(context, function);

	for (size_t i = 0; i < cw_num_elements(locals) && !answer.type; i++)
		answer.type = type_by_local(context, function, locals[i]);
	if (!answer.type && name)
		answer.type = type_by_name(context, function, name);
	if (!answer.type)
		return answer;
	if (row->local_name)
		answer.is_local = name && strstr(name, row->local_name);
	else
		answer.is_local = answer.type->size <= row->local_size &&
				  (!row->is_local_trivial ||
				   is_trivial(context, answer.type, 0));
	return answer;
}

/* What the wrapper holds; false: nothing, or nobody says. */
static bool erased_read(const struct cw_rule_context *context,
			const struct erased_plan *plan,
			const struct cw_object *object, struct answer *ret)
{
	for (size_t i = 0; i < 2 && plan->row->functions[i]; i++) {
		cw_addr function = cw_place_number(&plan->functions[i], object);
		if (function == 0)
			continue;
		struct answer *memo =
			&plan->memo[cw_hash_mix(function) % MEMO_SIZE];
		if (memo->function != function)
			*memo = ask(context, plan->row, function);
		*ret = *memo;
		if (ret->type)
			return true;
	}
	return false;
}

static void erased_visit(const struct cw_rule_context *context,
			 const void *data, const struct cw_object *object,
			 struct cw_part_visitor *visitor)
{
	const struct erased_plan *plan = data;
	struct answer answer;
	cw_addr slot = object->address + plan->storage.offset;

	if (!erased_read(context, plan, object, &answer))
		return;
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = answer.type,
		.address = slot,
		.count = 1,
		.ownership = CW_OWNS,
	};
	if (!answer.is_local) {
		part.slot = slot;
		memcpy(&part.address, object->bytes + plan->storage.offset, 8);
		if (part.address == 0)
			return;
	} else if (plan->storage.offset + answer.type->size >
		   object->type->size) {
		return;
	}
	visitor->part(visitor, &part);
}

static bool erased_describe(const struct cw_rule_context *context,
			    const void *data, const struct cw_object *object,
			    struct cw_text *text)
{
	const struct erased_plan *plan = data;
	struct answer answer;

	if (erased_read(context, plan, object, &answer)) {
		cw_text_add(text, "holds ");
		cw_type_print(answer.type, text);
		return true;
	}
	if (cw_place_number(&plan->functions[0], object) != 0)
		return false;
	cw_text_add(text, "empty");
	return true;
}

/* libc++'s function. */

enum { POINTER, BUFFER, NUM_PLACES };

static bool function_prepare(const struct cw_rule_context *context,
			     const struct cw_type *type, const void **ret)
{
	static const char *const rows[][NUM_PLACES] = {
		{"__f_.__f_", "__f_.__buf_"},
		{"__f_", "__buf_"},
	};
	struct cw_place places[NUM_PLACES];

	if (!cw_std_is(type, "function"))
		return false;
	for (size_t i = 0; i < cw_num_elements(rows); i++) {
		if (!cw_places_find(type, rows[i], NUM_PLACES, places) ||
		    !cw_place_target(&places[POINTER]))
			continue;
		*ret = cw_arena_copy(context->arena, places, sizeof(places));
		return true;
	}
	return false;
}

static void function_visit(const struct cw_rule_context *context,
			   const void *data, const struct cw_object *object,
			   struct cw_part_visitor *visitor)
{
	const struct cw_place *places = data;
	cw_addr address = cw_place_number(&places[POINTER], object);
	cw_addr inside = object->address + places[BUFFER].offset;
	struct cw_complete_object complete;
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = cw_place_target(&places[POINTER]),
		.address = address,
		.count = 1,
		.ownership = CW_OWNS,
	};

	if (address == 0)
		return;
	if (context->vtables &&
	    cw_vtable_complete(context->vtables, address, &complete) &&
	    complete.class->type)
		part.type = complete.class->type;
	if (address != inside)
		part.slot = object->address + places[POINTER].offset;
	else if (part.type->size > places[BUFFER].type->size)
		return;
	visitor->part(visitor, &part);
}

static bool function_describe(const struct cw_rule_context *context,
			      const void *data, const struct cw_object *object,
			      struct cw_text *text)
{
	const struct cw_place *places = data;

	if (cw_place_number(&places[POINTER], object) != 0)
		return false;
	cw_text_add(text, "empty");
	return true;
}

const struct cw_rule cw_cxx_callable_rules[] = {
	{"std::function", erased_prepare, erased_visit, erased_describe, NULL},
	{"std::function", function_prepare, function_visit, function_describe,
	 NULL},
	{.name = NULL},
};
