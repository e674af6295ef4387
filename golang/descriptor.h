/*
 * Descriptor: what a Go program's own tables say of a type.
 *
 * The compiler writes a descriptor (abi.Type, runtime._type up to 1.20) for
 * each type that the program allocates, or puts into an interface; stripping
 * leaves them.  One leads to those that it is made of.
 *
 * All that is read is input: a descriptor may be damaged, or be none at all.
 *
 * Not here: the same as types that blocks can have (golang/type.h).
 */
#ifndef GOLANG_DESCRIPTOR_H
#define GOLANG_DESCRIPTOR_H

#include "golang/runtime.h"

/* As the runtime numbers them. */
enum cw_go_kind {
	CW_GO_KIND_BOOL = 1,
	CW_GO_KIND_INT = 2,
	CW_GO_KIND_INT64 = 6,
	CW_GO_KIND_UINT = 7,
	CW_GO_KIND_UINTPTR = 12,
	CW_GO_KIND_FLOAT32 = 13,
	CW_GO_KIND_COMPLEX128 = 16,
	CW_GO_KIND_ARRAY = 17,
	CW_GO_KIND_CHANNEL = 18,
	CW_GO_KIND_FUNCTION = 19,
	CW_GO_KIND_INTERFACE = 20,
	CW_GO_KIND_MAP = 21,
	CW_GO_KIND_POINTER = 22,
	CW_GO_KIND_SLICE = 23,
	CW_GO_KIND_STRING = 24,
	CW_GO_KIND_STRUCT = 25,
	CW_GO_KIND_UNSAFE_POINTER = 26,
	CW_GO_KIND_MASK = 31, /* of the byte, which up to 1.25 has flags */
};

enum cw_go_direction {
	CW_GO_RECEIVES = 1,
	CW_GO_SENDS = 2,
};

/* Borrowed from the target; not ended by 0. */
struct cw_go_name {
	const char *chars;
	uint32_t length; /* 0: none */
	bool is_exported, is_embedded;
};

struct cw_go_descriptor {
	cw_addr address;
	uint64_t size, with_pointers; /* bytes; up to the last pointer */
	enum cw_go_kind kind;
	uint32_t alignment;
	bool is_named;
	/* In an interface it is the data word itself: pointers, maps,
	 * channels, functions, and structs of just one of these. */
	bool is_direct;
	bool has_equal; /* a function that compares two */
	/* With the last part of its package's path: "list.Element". */
	struct cw_go_name name;
	struct cw_go_name package; /* path; of structs: that of its fields */
	/* Of what has elements; or of a map, of its values. */
	cw_addr element, key;
	cw_addr part; /* of a map: bucket, or (from 1.24) group */
	/* Elements of an array, methods of an interface; of a channel:
	 * cw_go_direction. */
	uint64_t count;
	cw_addr parts;	   /* of a struct, fields; of a function, types */
	uint32_t num;	   /* fields, or parameters */
	uint32_t num_more; /* results */
	bool is_variadic;
};

/* False: there is none, or it makes no sense. */
bool cw_go_descriptor_read(const struct cw_go *go, cw_addr address,
			   struct cw_go_descriptor *ret);

struct cw_go_part {
	struct cw_go_name name; /* of a field */
	cw_addr type;
	uint64_t offset;
};

/* Fields of a struct, parameters and then results of a function, by number. */
bool cw_go_descriptor_part(const struct cw_go *go,
			   const struct cw_go_descriptor *descriptor,
			   uint32_t number, struct cw_go_part *ret);

/*
 * The whole name, as debug info has it: packages with their paths,
 * "map[string]*container/list.Element".
 */
void cw_go_descriptor_name(const struct cw_go *go, cw_addr address,
			   struct cw_text *text);

#endif
