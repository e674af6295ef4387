/*
 * Descriptor layout: where a descriptor has what, in bytes.
 *
 * abi.Type (runtime._type up to 1.20), the same in all releases:
 *
 *	 0 size   8 bytes with pointers   16 hash (4)   20 flags (1)
 *	21 align   22 align of a field   23 kind (1)   24 equal
 *	32 mask of pointers   40 name (4)   44 pointer to this (4)
 *
 * Behind its 48 bytes:
 *
 *	array	 element's type 48   slice's type 56   length 64
 *	channel	 element's type 48   direction 56
 *	function parameters 48 (2)   results 50 (2), highest bit: variadic
 *	pointer	 element's type 48
 *	slice	 element's type 48
 *	interface package 48   methods: address 56, number 64
 *	map	 key's type 48   value's type 56   bucket's or group's 64
 *	struct	 package 48   fields: address 56, number 64; a field has 24
 *		bytes: name 0   type 8   offset 16
 *
 * and then, where the flags say so, what named types have:
 *
 *	 0 path of the package (4)   4 methods (2)   6 exported (2)   8 (8)
 *
 * and then a function's parameters and results.  A name is a byte of flags, its
 * length as a varint, and so many characters.  Names are offsets from the
 * module's types, as are types in 4 bytes.
 *
 * Types that package reflect makes while the program runs are in the heap: they
 * are never named, and what they are called has a number below 0 in place of an
 * offset.  A bucket of a map (up to 1.23) is a struct of which nothing more is
 * there than what all types have.
 *
 * That the data word of an interface is the value itself was a bit of the kind
 * up to 1.25, and is a flag since.
 *
 * Private to golang/descriptor.c and golang/type_mask.c.
 */
#ifndef GOLANG_DESCRIPTOR_LAYOUT_H
#define GOLANG_DESCRIPTOR_LAYOUT_H

enum {
	CW_GO_TYPE_SIZE = 48,
	CW_GO_TYPE_WITH_POINTERS = 8,
	CW_GO_TYPE_FLAGS = 20,
	CW_GO_TYPE_ALIGNMENT = 21,
	CW_GO_TYPE_KIND = 23,
	CW_GO_TYPE_EQUAL = 24,
	CW_GO_TYPE_MASK = 32,
	CW_GO_TYPE_NAME = 40,
	CW_GO_TYPE_POINTER_TO_THIS = 44,
	CW_GO_TYPE_ELEMENT = 48,
	CW_GO_TYPE_LENGTH = 64,
	CW_GO_TYPE_KEY = 48,
	CW_GO_TYPE_VALUE = 56,
	CW_GO_TYPE_PART = 64,
	CW_GO_TYPE_DIRECTION = 56,
	CW_GO_TYPE_NUM_PARAMETERS = 48,
	CW_GO_TYPE_NUM_RESULTS = 50,
	CW_GO_TYPE_VARIADIC = 1 << 15,
	CW_GO_TYPE_NUM_METHODS = 64,
	CW_GO_TYPE_PACKAGE = 48,
	CW_GO_TYPE_FIELDS = 56,
	CW_GO_TYPE_NUM_FIELDS = 64,
	CW_GO_FIELD_SIZE = 24,
	CW_GO_FIELD_TYPE = 8,
	CW_GO_FIELD_OFFSET = 16,
	CW_GO_UNCOMMON_SIZE = 16,

	CW_GO_FLAG_UNCOMMON = 1 << 0,
	CW_GO_FLAG_STAR = 1 << 1, /* the name begins with "*", not its own */
	CW_GO_FLAG_NAMED = 1 << 2,
	CW_GO_FLAG_ON_DEMAND = 1 << 4, /* its mask is made when needed */
	CW_GO_FLAG_DIRECT = 1 << 5,    /* or bit of the kind */
	CW_GO_KIND_PROGRAM = 1 << 6,   /* its mask is a program */
	CW_GO_DIRECT_FLAG_SINCE = 26,
	CW_GO_ON_DEMAND_SINCE = 24, /* and no programs */

	CW_GO_MAX_FIELDS = 1 << 16,
};

#endif
