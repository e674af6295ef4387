#include "object/cxx.h"

#include <string.h>

#include "base/memory.h"

enum {
	MAX_ALIGNMENT_DEPTH = 16,
	/* Side by side, of one mapping. */
	MAX_SEGMENTS = 4096,
};

/* Behind an inline namespace such as "__cxx11::"; or NULL. */
static const char *inline_namespace_skip(const char *name)
{
	const char *colon;

	if (strncmp(name, "__", 2) != 0)
		return NULL;
	colon = strpbrk(name, ":<(");
	return colon && strncmp(colon, "::", 2) == 0 ? colon + 2 : NULL;
}

static bool name_begins(const char *name, const char *wanted)
{
	size_t length = strlen(wanted);

	return strncmp(name, wanted, length) == 0 &&
	       (name[length] == '<' || name[length] == '\0');
}

bool cw_std_is(const struct cw_type *type, const char *name)
{
	const char *rest = type->name;

	if (!rest || strncmp(rest, "std::", 5) != 0 ||
	    !cw_type_is_aggregate(type))
		return false;
	rest += 5;
	while (rest) {
		if (name_begins(rest, name))
			return true;
		rest = inline_namespace_skip(rest);
	}
	return false;
}

bool cw_class_is(const struct cw_type *type, const char *name)
{
	return type->name && cw_type_is_aggregate(type) &&
	       name_begins(type->name, name);
}

bool cw_type_is_raw(const struct cw_type *type)
{
	static const char buffer[] = "__gnu_cxx::__aligned_";

	return type->kind == CW_TYPE_ARRAY ||
	       cw_std_is(type, "aligned_storage") ||
	       cw_class_is(type, "boost::optional_detail::aligned_storage") ||
	       (type->name &&
		strncmp(type->name, buffer, sizeof(buffer) - 1) == 0);
}

static const char *arguments_begin(const char *name)
{
	const char *open = strchr(name, '<');

	return open ? open + 1 : NULL;
}

bool cw_template_argument(const char *name, unsigned index, const char **ret,
			  size_t *ret_length)
{
	const char *start = arguments_begin(name);
	int depth = 0;

	for (const char *c = start; c && *c; c++) {
		bool is_end = depth == 0 && (*c == ',' || *c == '>');
		if (is_end && index == 0) {
			while (c > start && c[-1] == ' ')
				c--;
			*ret = start;
			*ret_length = c - start;
			return true;
		}
		if (is_end) {
			if (*c == '>')
				return false;
			index--;
			start = c + 1 + strspn(c + 1, " ");
		}
		if (strchr("<([{", *c))
			depth++;
		else if (strchr(">)]}", *c) && (c == name || c[-1] != '-'))
			depth--;
	}
	return false;
}

const struct cw_type *cw_type_argument(const struct cw_type *type,
				       unsigned index)
{
	const struct cw_type_argument *arguments;
	size_t num = cw_type_arguments(type, &arguments);

	if (index >= num || !arguments[index].type)
		return NULL;
	return cw_type_strip(arguments[index].type);
}

static const struct cw_type *found_choose(const struct cw_type *const *found,
					  size_t num,
					  const struct cw_type *wanted)
{
	const struct cw_type *first = NULL;

	for (size_t i = 0; i < num; i++) {
		const struct cw_type *type = cw_type_strip(found[i]);
		if (!cw_type_is_aggregate(type) || type->size == 0)
			continue;
		if (!wanted || cw_type_argument(type, 0) == wanted)
			return type;
		if (!first)
			first = type;
	}
	return first;
}

const struct cw_type *cw_template_find(const struct cw_rule_context *context,
				       const char *scope, const char *name,
				       const char *argument, size_t length,
				       const char *rest,
				       const struct cw_type *wanted)
{
	static const char *const ends[] = {">", " >"};

	for (size_t i = 0; i < cw_num_elements(ends); i++) {
		cw_cleanup_text struct cw_text full = {0};
		const struct cw_type **found;

		cw_text_addf(&full, "%s%s<", scope, name);
		cw_text_add_n(&full, argument, length);
		cw_text_addf(&full, "%s%s", rest, ends[i]);
		size_t num = cw_debug_types_named(context->debug, full.chars,
						  &found);
		const struct cw_type *type = found_choose(found, num, wanted);
		if (type)
			return type;
	}
	return NULL;
}

const struct cw_type *cw_class_inner(const struct cw_rule_context *context,
				     const struct cw_type *type,
				     const char *name)
{
	cw_cleanup_text struct cw_text full = {0};
	const struct cw_type **found;

	cw_text_addf(&full, "%s::%s", type->name, name);
	size_t num = cw_debug_types_named(context->debug, full.chars, &found);
	return found_choose(found, num, NULL);
}

uint64_t cw_word_at(const struct cw_rule_context *context, cw_addr address)
{
	uint64_t word;

	return cw_target_read_word(context->target, address, &word) ? word : 0;
}

bool cw_memory_holds(const struct cw_rule_context *context, cw_addr address,
		     uint64_t size)
{
	const struct cw_segment *segment =
		cw_target_segment(context->target, address);
	cw_addr end;

	if (!segment || __builtin_add_overflow(address, size, &end))
		return false;
	for (unsigned i = 0; end > segment->end && i < MAX_SEGMENTS; i++) {
		segment = cw_target_segment(context->target, segment->end);
		if (!segment)
			return false;
	}
	return end <= segment->end;
}

static uint64_t alignment_of(const struct cw_type *type, unsigned depth)
{
	const struct cw_member *members;
	uint64_t alignment = 1;

	type = cw_type_strip(type);
	if (!type || depth >= MAX_ALIGNMENT_DEPTH)
		return 1;
	if (type->kind == CW_TYPE_ARRAY)
		return alignment_of(type->target, depth + 1);
	if (!cw_type_is_aggregate(type)) {
		uint64_t size = type->size;
		return size && size <= 16 && !(size & (size - 1)) ? size : 1;
	}
	size_t num = cw_type_members(type, &members);
	for (size_t i = 0; i < num; i++) {
		uint64_t inner = alignment_of(members[i].type, depth + 1);
		if (inner > alignment)
			alignment = inner;
	}
	return alignment;
}

uint64_t cw_type_alignment(const struct cw_type *type)
{
	return alignment_of(type, 0);
}

void cw_text_add_elements(struct cw_text *text, uint64_t count)
{
	char number[CW_NUMBER_SIZE];

	cw_text_addf(text, "%s element%s", cw_text_count(number, count),
		     count == 1 ? "" : "s");
}
