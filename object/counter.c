#include "object/counter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bases in bases: types are input. */
enum { MAX_DEPTH = 4 };

/* glib 2.x gobject.h, CPython 3.x object.h. */
static const struct cw_counter known[] = {
	{"_GObject", "ref_count"},
	{"GObject", "ref_count"},
	{"_object", "ob_refcnt"},
	{"PyObject", "ob_refcnt"},
};

void cw_counters_init(struct cw_counters *counters)
{
	*counters = (struct cw_counters){0};
	cw_arena_init(&counters->arena);
	cw_map_init(&counters->by_type);
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		*cw_array_push(&counters->counters) = known[i];
}

void cw_counters_deinit(struct cw_counters *counters)
{
	cw_array_deinit(&counters->counters);
	cw_array_deinit(&counters->borrowers);
	cw_arena_deinit(&counters->arena);
	cw_map_deinit(&counters->by_type);
	cw_array_deinit(&counters->places);
}

static char *skip_blanks(char *text)
{
	while (*text == ' ' || *text == '\t')
		text++;
	return text;
}

static void cut_end(char *text)
{
	size_t length = strlen(text);

	while (length > 0 && strchr(" \t\r\n", text[length - 1]))
		text[--length] = '\0';
}

/* "count TYPE MEMBER": names of types may have blanks in them. */
static bool read_count(struct cw_counters *counters, char *rest)
{
	char *blank = strrchr(rest, ' ');

	if (!blank)
		blank = strrchr(rest, '\t');
	if (!blank)
		return false;
	*blank = '\0';
	cut_end(rest);
	if (!*rest)
		return false;
	*cw_array_push(&counters->counters) = (struct cw_counter){
		.type = cw_arena_strdup(&counters->arena, rest),
		.member = cw_arena_strdup(&counters->arena, blank + 1),
	};
	return true;
}

/* "borrows TYPE.MEMBER" */
static bool read_borrows(struct cw_counters *counters, char *rest)
{
	char *end = strrchr(rest, '>'); /* dots of template arguments */
	char *dot = strchr(end ? end : rest, '.');

	if (!dot || dot == rest || !dot[1])
		return false;
	*dot = '\0';
	*cw_array_push(&counters->borrowers) = (struct cw_borrower){
		.type = cw_arena_strdup(&counters->arena, rest),
		.member = cw_arena_strdup(&counters->arena, dot + 1),
	};
	return true;
}

static bool read_line(struct cw_counters *counters, char *line)
{
	line = skip_blanks(line);
	cut_end(line);
	if (!*line || *line == '#')
		return true;
	size_t length = strcspn(line, " \t");
	char *rest = skip_blanks(line + length);
	if (length == 5 && strncmp(line, "count", length) == 0)
		return read_count(counters, rest);
	if (length == 7 && strncmp(line, "borrows", length) == 0)
		return read_borrows(counters, rest);
	return false;
}

struct cw_error *cw_counters_read(struct cw_counters *counters,
				  const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t capacity = 0, number = 0;
	struct cw_error *err = NULL;

	if (!file)
		return cw_error_new(CW_ERROR_USAGE, "cannot open '%s': %s",
				    path, strerror(errno));
	while (!err && getline(&line, &capacity, file) >= 0) {
		number++;
		if (!read_line(counters, line))
			err = cw_error_new(CW_ERROR_USAGE,
					   "'%s', line %zu: neither 'count "
					   "TYPE MEMBER' nor 'borrows "
					   "TYPE.MEMBER'",
					   path, number);
	}
	if (!err && ferror(file))
		err = cw_error_new(CW_ERROR_USAGE, "cannot read '%s': %s", path,
				   strerror(errno));
	free(line);
	fclose(file);
	return err;
}

/* The member of @type called @name, looking into bases too. */
static const struct cw_member *find_member(const struct cw_type *type,
					   const char *name, size_t length,
					   uint64_t *offset, unsigned depth)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	for (size_t i = 0; i < num; i++)
		if (members[i].name && !members[i].is_virtual_base &&
		    strlen(members[i].name) == length &&
		    memcmp(members[i].name, name, length) == 0) {
			*offset += members[i].offset;
			return &members[i];
		}
	for (size_t i = 0; i < num && depth < MAX_DEPTH; i++) {
		uint64_t inner = *offset + members[i].offset;
		if (members[i].name && !members[i].is_base)
			continue;
		if (members[i].is_virtual_base)
			continue;
		const struct cw_member *found =
			find_member(cw_type_strip(members[i].type), name,
				    length, &inner, depth + 1);
		if (found) {
			*offset = inner;
			return found;
		}
	}
	return NULL;
}

static const struct cw_type *walk_path(const struct cw_type *type,
				       const char *path, uint64_t *offset)
{
	for (;;) {
		size_t length = strcspn(path, ".");
		const struct cw_member *member =
			find_member(type, path, length, offset, 0);
		if (!member)
			return NULL;
		type = cw_type_strip(member->type);
		if (!path[length])
			return type;
		path += length + 1;
	}
}

/* An integer, or one in an atomic of some kind. */
static const struct cw_type *integer_in(const struct cw_type *type,
					uint64_t *offset)
{
	for (unsigned depth = 0; type && depth < MAX_DEPTH; depth++) {
		const struct cw_member *members;
		if (type->kind == CW_TYPE_BASE)
			return type->size <= 8 && type->encoding !=
							  CW_ENCODING_FLOAT
				       ? type
				       : NULL;
		if (!cw_type_is_aggregate(type) ||
		    cw_type_members(type, &members) == 0)
			return NULL;
		*offset += members[0].offset;
		type = cw_type_strip(members[0].type);
	}
	return NULL;
}

static struct cw_counter_place find_counter(const struct cw_counters *counters,
					    const struct cw_type *type)
{
	cw_array_foreach(counter, &counters->counters)
	{
		uint64_t offset = 0;
		if (strcmp(counter->type, type->name) != 0)
			continue;
		const struct cw_type *found =
			walk_path(type, counter->member, &offset);
		found = found ? integer_in(found, &offset) : NULL;
		if (found && offset + found->size <= type->size)
			return (struct cw_counter_place){
				.offset = offset,
				.size = found->size,
				.is_signed =
					found->encoding == CW_ENCODING_SIGNED,
			};
	}
	return (struct cw_counter_place){0};
}

bool cw_counter_of(struct cw_counters *counters, const struct cw_type *type,
		   struct cw_counter_place *ret)
{
	uint32_t number;

	if (!type->name)
		return false;
	if (!cw_map_get(&counters->by_type, type->id, &number)) {
		number = counters->places.num;
		*cw_array_push(&counters->places) =
			find_counter(counters, type);
		cw_map_set(&counters->by_type, type->id, number);
	}
	*ret = counters->places.items[number];
	return ret->size > 0;
}

static bool borrows(const struct cw_counters *counters,
		    const struct cw_type *holder, uint64_t offset)
{
	cw_array_foreach(borrower, &counters->borrowers)
	{
		uint64_t at = 0;
		if (!holder->name || strcmp(borrower->type, holder->name) != 0)
			continue;
		const struct cw_type *found =
			walk_path(holder, borrower->member, &at);
		if (found && offset >= at &&
		    offset - at < (found->size ? found->size : 8))
			return true;
	}
	return false;
}

enum cw_ownership cw_counters_tell(struct cw_counters *counters,
				   const struct cw_type *holder,
				   uint64_t offset,
				   const struct cw_type *target)
{
	struct cw_counter_place place;

	if (holder->size > 0)
		offset %= holder->size;
	if (borrows(counters, holder, offset))
		return CW_BORROWS;
	if (target && cw_counter_of(counters, cw_type_strip(target), &place))
		return CW_SHARES;
	return CW_OWNERSHIP_UNKNOWN;
}
