/*
 * Rule: what a library's type holds that its declared members do not say.
 *
 * A std::vector declares three pointers; that live elements lie between the
 * first two, that an allocation of the third hangs on them and that nothing
 * behind the second counts, is the library's knowledge.  A rule says for which
 * types it is, and visits the parts of an object of such a type.
 *
 * A part is a run of live objects of one type: in the object itself (the value
 * of an optional, the active variant of an enum), or in memory that a word of
 * the object refers to (the elements of a vector).  A rule goes one step and
 * never along a whole list: a node's type has a rule of its own, which visits
 * the node's value and the next nodes.
 *
 * A rule covers the whole object: members are not looked at besides.  What
 * shall be, it visits as a part.
 *
 * All of a target's memory is input: counts are checked against the memory that
 * there is, and an object that contradicts itself has no parts.
 *
 * Not here: who asks (object/typing.h, object/name.h).
 */
#ifndef OBJECT_RULE_H
#define OBJECT_RULE_H

#include "base/arena.h"
#include "base/array.h"
#include "base/map.h"
#include "base/text.h"
#include "dwarf/debug.h"
#include "golang/type.h"
#include "object/dyn.h"

struct cw_vtables;

/* What rules may ask; kept by the typing. */
struct cw_rule_context {
	struct cw_target *target;
	struct cw_debug *debug;
	struct cw_arena *arena;	    /* of plans */
	struct cw_dyns *dyns;	    /* Rust's vtables; NULL: not asked */
	struct cw_vtables *vtables; /* of C++; or NULL: not asked */
	struct cw_go_types *go;	    /* NULL: no Go program */
};

struct cw_object {
	const struct cw_type *type; /* stripped */
	cw_addr address;
	const unsigned char *bytes; /* type->size of them, borrowed */
};

/* What the word that refers to a part means for its lifetime. */
enum cw_ownership {
	CW_OWNERSHIP_UNKNOWN, /* a plain pointer: nobody said */
	CW_OWNS,	      /* frees it when it goes itself */
	CW_SHARES,  /* one of the strong references that are counted */
	CW_WEAKLY,  /* one of the weak references that are counted */
	CW_BORROWS, /* does not keep it: iterators, parents, &T */
};

enum cw_part_kind {
	CW_PART_OBJECTS, /* count objects of type */
	CW_PART_TEXT,	 /* count characters of type (or bytes: NULL) */
	CW_PART_BYTES,	 /* memory of the object that holds no pointers */
};

struct cw_part {
	enum cw_part_kind kind;
	const struct cw_type *type; /* of one element */
	cw_addr address;	    /* of the first live element */
	uint64_t count;		    /* live ones */
	uint64_t stride;	    /* 0: the type's size */

	/* The word that refers to the part: the object of the visit holds it.
	 * 0: the part lies within the object itself. */
	cw_addr slot;
	enum cw_ownership ownership;
	/* The allocation that the part is in, when the slot's word does not
	 * point to its start or it is larger than the part.  0: address is
	 * taken, and its size is not known. */
	cw_addr storage;
	uint64_t storage_size;

	/* How a person names it: "value"; NULL: elements, "[first_index]" and
	 * on, or nothing when count is 1 and it is no element. */
	const char *label;
	bool is_element;
	bool is_map_entry; /* its first member is the key of the second */
	uint64_t first_index;
};

struct cw_part_visitor {
	void (*part)(struct cw_part_visitor *visitor,
		     const struct cw_part *part);
};

/* What an object that is counted says of itself. */
struct cw_reference_counts {
	uint64_t strong;
	uint64_t weak; /* without the one that all strong ones share */
};

struct cw_rule {
	const char *name; /* for "why": "std::vector" */
	/*
	 * Whether the rule is for @type, asked once a type.  What visit() needs
	 * to know of the type (offsets of members, found by their names) goes
	 * into *ret, in the context's arena.
	 */
	bool (*prepare)(const struct cw_rule_context *context,
			const struct cw_type *type, const void **ret);
	void (*visit)(const struct cw_rule_context *context, const void *plan,
		      const struct cw_object *object,
		      struct cw_part_visitor *visitor);
	/* The object in a person's words: "3 elements, room for 4", "\"abc\"";
	 * false, or NULL: there is nothing short to say. */
	bool (*describe)(const struct cw_rule_context *context,
			 const void *plan, const struct cw_object *object,
			 struct cw_text *text);
	/* The counts that the object carries (a control block of shared_ptr,
	 * an RcInner); false, or NULL: it carries none. */
	bool (*counts)(const struct cw_rule_context *context, const void *plan,
		       const struct cw_object *object,
		       struct cw_reference_counts *ret);
};

/* Each library's table, ended by a row without a name. */
extern const struct cw_rule cw_absl_rules[];
extern const struct cw_rule cw_boost_rules[];
extern const struct cw_rule cw_cxx_callable_rules[];
extern const struct cw_rule cw_cxx_container_rules[];
extern const struct cw_rule cw_cxx_control_rules[];
extern const struct cw_rule cw_cxx_deque_rules[];
extern const struct cw_rule cw_cxx_node_rules[];
extern const struct cw_rule cw_cxx_pointer_rules[];
extern const struct cw_rule cw_cxx_sequence_rules[];
extern const struct cw_rule cw_cxx_state_rules[];
extern const struct cw_rule cw_cxx_string_rules[];
extern const struct cw_rule cw_cxx_wrapper_rules[];
extern const struct cw_rule cw_protobuf_rules[];
extern const struct cw_rule cw_qt_array_rules[];
extern const struct cw_rule cw_qt_list_rules[];
extern const struct cw_rule cw_qt_map_rules[];
extern const struct cw_rule cw_qt_node_rules[];
extern const struct cw_rule cw_go_rules[];
extern const struct cw_rule cw_go_map_rules[];
extern const struct cw_rule cw_go_pool_rules[];
extern const struct cw_rule cw_rust_enum_rules[];
extern const struct cw_rule cw_rust_pointer_rules[];
extern const struct cw_rule cw_rust_vec_rules[];
extern const struct cw_rule cw_rust_map_rules[];
extern const struct cw_rule cw_rust_tree_rules[];
extern const struct cw_rule cw_rust_rc_rules[];
extern const struct cw_rule cw_rust_once_rules[];
extern const struct cw_rule cw_rust_channel_rules[];

/* Whether it is for nodes of containers, which are allocated one by one. */
bool cw_rule_is_of_nodes(const struct cw_rule *rule);

/* The rule for @type, which is stripped, and its plan; NULL: none. */
const struct cw_rule *cw_rule_for(const struct cw_rule_context *context,
				  const struct cw_type *type,
				  const void **ret_plan);

struct cw_found_rule {
	const struct cw_rule *rule;
	const void *plan;
};

/* The same with a memory: each type is asked for once. */
struct cw_rules {
	struct cw_rule_context context;
	struct cw_arena arena;
	struct cw_dyns dyns;
	struct cw_go_types go_types;
	struct cw_map by_type; /* id to number in found, or UINT32_MAX */
	CW_ARRAY(const struct cw_found_rule *) found;
};

/* @go may be NULL. */
void cw_rules_init(struct cw_rules *rules, struct cw_target *target,
		   struct cw_debug *debug, const struct cw_go *go);
void cw_rules_deinit(struct cw_rules *rules);

/* NULL: no rule is for @type, which is stripped.  Lives as long as @rules. */
const struct cw_found_rule *cw_rules_find(struct cw_rules *rules,
					  const struct cw_type *type);

#endif
