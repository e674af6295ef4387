#include "dwarf/type.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "dwarf/record.h"

enum {
	MAX_STRIP = 64,
	MAX_PRINT = 64,
};

static struct cw_type_record *record_of(const struct cw_type *type)
{
	return (struct cw_type_record *)type;
}

size_t cw_type_members(const struct cw_type *type, const struct cw_member **ret)
{
	struct cw_type_record *record = record_of(type);

	if (record->num_members && !record->members) {
		struct cw_member *members =
			cw_arena_alloc(record->store->arena,
				       record->num_members * sizeof(*members));
		for (uint32_t i = 0; i < record->num_members; i++)
			members[i] = cw_record_member(record,
						      &record->raw_members[i]);
		record->members = members;
	}
	*ret = record->members;
	return record->num_members;
}

size_t cw_type_enumerators(const struct cw_type *type,
			   const struct cw_enumerator **ret)
{
	struct cw_type_record *record = record_of(type);

	*ret = record->enumerators;
	return record->num_enumerators;
}

size_t cw_type_arguments(const struct cw_type *type,
			 const struct cw_type_argument **ret)
{
	struct cw_type_record *record = record_of(type);

	if (record->num_arguments && !record->arguments) {
		struct cw_type_argument *arguments = cw_arena_alloc(
			record->store->arena,
			record->num_arguments * sizeof(*arguments));
		for (uint32_t i = 0; i < record->num_arguments; i++) {
			const struct cw_raw_argument *raw =
				&record->raw_arguments[i];
			arguments[i] = (struct cw_type_argument){
				.name = raw->name,
				.type = cw_reader_type(record->store,
						       record->file, raw->type),
				.has_value = raw->has_value,
				.value = raw->value,
			};
		}
		record->arguments = arguments;
	}
	*ret = record->arguments;
	return record->num_arguments;
}

const struct cw_type *cw_type_containing(const struct cw_type *type)
{
	struct cw_type_record *record = record_of(type);

	if (!record->containing)
		return NULL;
	return cw_reader_type(record->store, record->file, record->containing);
}

const struct cw_type *cw_type_strip(const struct cw_type *type)
{
	for (int i = 0; i < MAX_STRIP; i++) {
		if (type->kind != CW_TYPE_TYPEDEF &&
		    type->kind != CW_TYPE_QUALIFIED)
			break;
		type = type->target;
	}
	return type->is_declaration ? cw_reader_complete(type) : type;
}

bool cw_type_is_aggregate(const struct cw_type *type)
{
	enum cw_type_kind kind = cw_type_strip(type)->kind;

	return kind == CW_TYPE_STRUCT || kind == CW_TYPE_CLASS ||
	       kind == CW_TYPE_UNION;
}

uint64_t cw_type_open_bytes(const struct cw_type *type)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	if (num < 2 || type->kind == CW_TYPE_UNION)
		return 0;
	const struct cw_type *last = cw_type_strip(members[num - 1].type);
	if (last->kind != CW_TYPE_ARRAY || last->count != 0 || !last->target)
		return 0;
	const struct cw_type *element = cw_type_strip(last->target);
	return element->kind == CW_TYPE_BASE && element->size == 1
		       ? members[num - 1].offset
		       : 0;
}

/*
 * A declaration is written from the inside out: what stands before the name,
 * then what stands behind it.
 */
struct declarator {
	char before[256], behind[256];
	size_t num_before, num_behind;
};

static void put_before(struct declarator *out, const char *text)
{
	size_t length = strlen(text);

	if (out->num_before + length >= sizeof(out->before))
		return;
	memmove(out->before + length, out->before, out->num_before);
	memcpy(out->before, text, length);
	out->num_before += length;
}

static void put_behind(struct declarator *out, const char *text)
{
	size_t length = strlen(text);

	if (out->num_behind + length >= sizeof(out->behind))
		return;
	memcpy(out->behind + out->num_behind, text, length);
	out->num_behind += length;
}

/* A pointer to an array or function is put in brackets. */
static void put_pointer(struct declarator *out, const struct cw_type *type,
			const char *sign)
{
	put_before(out, sign);
	if (type->target->kind == CW_TYPE_ARRAY ||
	    type->target->kind == CW_TYPE_FUNCTION) {
		put_before(out, "(");
		put_behind(out, ")");
	}
}

/* "int S::*", "void (S::*)()". */
static void put_member_pointer(struct declarator *out,
			       const struct cw_type *type)
{
	const struct cw_type *class = cw_type_containing(type);

	put_before(out, "::*");
	if (class && class->name)
		put_before(out, class->name);
	if (type->target->kind == CW_TYPE_FUNCTION) {
		put_before(out, "(");
		put_behind(out, ")");
	}
}

static const char *name_or_kind(const struct cw_type *type)
{
	if (type->name)
		return type->name;
	switch (type->kind) {
	case CW_TYPE_STRUCT:
		return "struct {...}";
	case CW_TYPE_CLASS:
		return "class {...}";
	case CW_TYPE_UNION:
		return "union {...}";
	case CW_TYPE_ENUM:
		return "enum {...}";
	default:
		return "?";
	}
}

void cw_type_print(const struct cw_type *type, struct cw_text *text)
{
	struct declarator out = {0};
	cw_cleanup_text struct cw_text qualifiers = {0};
	char count[CW_NUMBER_SIZE + 4];

	for (int i = 0; i < MAX_PRINT; i++) {
		switch (type->kind) {
		case CW_TYPE_POINTER:
			if (type->name)
				goto innermost;
			put_pointer(&out, type, "*");
			break;
		case CW_TYPE_REFERENCE:
			put_pointer(&out, type, type->qualifier);
			break;
		case CW_TYPE_MEMBER_POINTER:
			put_member_pointer(&out, type);
			break;
		case CW_TYPE_ARRAY:
			snprintf(count, sizeof(count), "[%llu]",
				 (unsigned long long)type->count);
			put_behind(&out, type->count ? count : "[]");
			break;
		case CW_TYPE_FUNCTION:
			put_behind(&out, "()");
			break;
		case CW_TYPE_QUALIFIED:
			if (type->target->kind == CW_TYPE_POINTER) {
				if (out.num_before)
					put_before(&out, " ");
				put_before(&out, type->qualifier);
				put_before(&out, " ");
			} else if (!qualifiers.chars ||
				   !strstr(qualifiers.chars, type->qualifier)) {
				cw_text_add(&qualifiers, type->qualifier);
				cw_text_add(&qualifiers, " ");
			}
			break;
		default:
			goto innermost;
		}
		type = type->target;
	}
innermost:
	if (qualifiers.length)
		cw_text_add(text, qualifiers.chars);
	cw_text_add(text, name_or_kind(type));
	if (out.num_before || out.num_behind)
		cw_text_add(text, " ");
	cw_text_add_n(text, out.before, out.num_before);
	cw_text_add_n(text, out.behind, out.num_behind);
}
