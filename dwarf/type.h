/*
 * Type: a type of the program, as its debug info describes it, in our own
 * immutable form.
 *
 * Types are owned by the struct cw_debug that they come from and live as long.
 * The same type from several compile units is one struct cw_type where name,
 * size and members agree; the same name may stand for several types (two
 * different `struct dict` in one program do happen).
 *
 * Sizes and offsets are bytes unless a name says bits.
 *
 * Not here: where debug info is found (dwarf/debug.h).
 */
#ifndef DWARF_TYPE_H
#define DWARF_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum cw_type_kind {
	CW_TYPE_VOID,
	CW_TYPE_BASE,
	CW_TYPE_POINTER,
	CW_TYPE_REFERENCE, /* & and && of C++ */
	CW_TYPE_STRUCT,
	CW_TYPE_CLASS,
	CW_TYPE_UNION,
	CW_TYPE_ENUM,
	CW_TYPE_ARRAY, /* one dimension; more are arrays of arrays */
	CW_TYPE_TYPEDEF,
	CW_TYPE_QUALIFIED, /* const, volatile, restrict, atomic */
	CW_TYPE_FUNCTION,
	CW_TYPE_MEMBER_POINTER, /* C++ pointer to member */
	CW_TYPE_UNKNOWN,	/* could not be read: counted by the debug */
};

enum cw_encoding {
	CW_ENCODING_NONE,
	CW_ENCODING_SIGNED,
	CW_ENCODING_UNSIGNED,
	CW_ENCODING_BOOL,
	CW_ENCODING_CHAR, /* signed or unsigned, UTF-8 */
	CW_ENCODING_UTF,  /* char16_t, char32_t, wchar_t, Rust char */
	CW_ENCODING_FLOAT,
};

struct cw_type;

struct cw_member {
	const char *name; /* NULL: anonymous struct or union, or a base */
	const struct cw_type *type;
	/* Of a virtual base: how many bytes before what the vtable pointer
	 * points to its offset is; 0: not said. */
	uint64_t offset;
	uint32_t bit_offset;  /* from offset, least significant bit is 0 */
	uint32_t bit_size;    /* 0: no bit-field */
	bool is_base;	      /* base class */
	bool is_virtual_base; /* offset is not known from the type */
	bool is_artificial;   /* such as _vptr.X */
};

struct cw_enumerator {
	const char *name;
	int64_t value;
};

/*
 * A template or generic argument: a type, or a value of a type.  Those of a
 * pack ("_Elements") are one after the other.
 */
struct cw_type_argument {
	const char *name; /* "T"; may be NULL */
	const struct cw_type *type;
	bool has_value; /* a constant; false also where it is no number */
	int64_t value;
};

/* Values from first to last, as unsigned numbers of the discriminant's size. */
struct cw_discriminant_range {
	unsigned __int128 first, last;
};

/* What is there when the discriminant has one of some values. */
struct cw_variant {
	const struct cw_discriminant_range *ranges;
	uint32_t num_ranges;
	uint32_t num_members; /* Rust: at most one, named as the variant is */
	const struct cw_member *members;
	bool is_default; /* for all values that no other has */
};

struct cw_variant_part {
	/* Without one there is one variant that is possible. */
	bool has_discriminant;
	struct cw_member discriminant; /* up to 16 bytes */
	const struct cw_variant *variants;
	uint32_t num_variants;
};

struct cw_type {
	enum cw_type_kind kind;
	uint32_t id; /* small, from 1, unique within the cw_debug */
	/* With namespaces: "std::vector<int>"; or NULL.  Pointers of Rust have
	 * names, which say what they own: "&T", "alloc::boxed::Box<T>". */
	const char *name;
	uint64_t size;	     /* 0 where there is none (void, declarations) */
	uint32_t alignment;  /* bytes, a power of 2; 0: not said */
	bool is_declaration; /* incomplete and no definition was found */
	enum cw_encoding encoding; /* of a base type */
	/* Pointed to, element, aliased, qualified, underlying, returned. */
	const struct cw_type *target;
	uint64_t count;	       /* of an array; 0: flexible or not said */
	const char *qualifier; /* "const", … of a qualified type */
};

/*
 * Members of a struct, class or union: read on first use, in DWARF's order.
 * Static members are left out.  None for other kinds.
 */
size_t cw_type_members(const struct cw_type *type,
		       const struct cw_member **ret);
size_t cw_type_enumerators(const struct cw_type *type,
			   const struct cw_enumerator **ret);
size_t cw_type_arguments(const struct cw_type *type,
			 const struct cw_type_argument **ret);

/*
 * The part of a struct that an enum of Rust is: its variants, of which one at a
 * time is there.  They are not among the members.  NULL: it has none.
 */
const struct cw_variant_part *cw_type_variants(const struct cw_type *type);

/*
 * The variant that is there in the object whose type->size bytes are at
 * @object; NULL: none that is known.
 */
const struct cw_variant *cw_variant_active(const struct cw_type *type,
					   const unsigned char *object);

/*
 * What DW_AT_containing_type says: the type that a vtable of Rust is for, the
 * class that a pointer to member is of, the base whose vtable pointer a class
 * of C++ uses.  NULL: it is not said.
 */
const struct cw_type *cw_type_containing(const struct cw_type *type);

/* Without typedefs and qualifiers. */
const struct cw_type *cw_type_strip(const struct cw_type *type);

/* As a declaration would say it: "Node *", "char [16]", "int (*)()". */
void cw_type_print(const struct cw_type *type, struct cw_text *text);

/* struct, class or union, after stripping. */
bool cw_type_is_aggregate(const struct cw_type *type);

/*
 * Where in a structure its last member begins that is an array of bytes of no
 * declared length; 0: it has none.
 */
uint64_t cw_type_open_bytes(const struct cw_type *type);

#endif
