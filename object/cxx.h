/*
 * C++: what the rules for the standard library's types have in common.
 *
 * Two libraries are known, libstdc++ (both ABIs of its strings and lists) and
 * libc++ (with pairs that are compressed, and without).  Where their classes
 * work alike, they are rows of one table: the names of the members differ, what
 * is done with them does not.  A row is for a type when all of its members are
 * there.
 *
 * Names: std::X, with an inline namespace of the library between or not
 * (std::__cxx11::, std::__1::).
 */
#ifndef OBJECT_CXX_H
#define OBJECT_CXX_H

#include "object/place.h"

/* Whether @type is std::@name, or std::@name<...>. */
bool cw_std_is(const struct cw_type *type, const char *name);
/* Whether @type is the class @name, or @name<...>: "boost::optional". */
bool cw_class_is(const struct cw_type *type, const char *name);

/* Bytes in which an object of another type is made: an array, or a class of
 * the library that has nothing else. */
bool cw_type_is_raw(const struct cw_type *type);

/*
 * The text of the template argument number @index of @name, outermost first;
 * false: it has fewer.
 */
bool cw_template_argument(const char *name, unsigned index, const char **ret,
			  size_t *ret_length);

/* The template argument number @index that is a type, stripped; or NULL. */
const struct cw_type *cw_type_argument(const struct cw_type *type,
				       unsigned index);

/*
 * The type "@scope@name<@argument@rest>" of the debug info, however its
 * producer puts blanks.  Of several of that name, the one whose first argument
 * is @wanted.  NULL: none.
 */
const struct cw_type *cw_template_find(const struct cw_rule_context *context,
				       const char *scope, const char *name,
				       const char *argument, size_t length,
				       const char *rest,
				       const struct cw_type *wanted);

/* Characters of a text that are shown. */
#define CW_MAX_SHOWN 200

/*
 * A text in quotes, of @length characters of @size bytes, the first @num_shown
 * of which are at @bytes.
 */
void cw_text_add_quoted(struct cw_text *text, const void *bytes,
			uint64_t num_shown, uint64_t length, uint64_t size);

/* The class "@type::@name" of the debug info.  NULL: none. */
const struct cw_type *cw_class_inner(const struct cw_rule_context *context,
				     const struct cw_type *type,
				     const char *name);

/* The word at @address; 0: it cannot be read. */
uint64_t cw_word_at(const struct cw_rule_context *context, cw_addr address);

/* Whether the target has memory, readable or not, all the way. */
bool cw_memory_holds(const struct cw_rule_context *context, cw_addr address,
		     uint64_t size);

/* The largest alignment of what the type is made of; at least 1. */
uint64_t cw_type_alignment(const struct cw_type *type);

/* "1 element", "3,000 elements". */
void cw_text_add_elements(struct cw_text *text, uint64_t count);

#endif
