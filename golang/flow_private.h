/*
 * Flow private: what the parts of the flow share, and nobody else.
 *
 * A node is something that has, at any time, pointers of one type: a global, a
 * parameter, what one instruction loads or one call gives.  An edge says that
 * what the one holds is put into the other.
 */
#ifndef GOLANG_FLOW_PRIVATE_H
#define GOLANG_FLOW_PRIVATE_H

#include "code/instruction.h"
#include "golang/flow.h"
#include "golang/function.h"

enum cw_flow_kind {
	CW_FLOW_OBJECT,	   /* the type is known from the start */
	CW_FLOW_GLOBAL,	   /* what is at the address @number */
	CW_FLOW_PARAMETER, /* function and register: @number */
	CW_FLOW_RESULT,	   /* the same */
	CW_FLOW_CLOSURE,   /* that the function @number was called with */
	CW_FLOW_LOAD,	   /* what is at @offset of what @base points to */
	CW_FLOW_MEETING,   /* @base or @other */
};

struct cw_flow_node {
	/* Of what it points to; &cw_flow_conflict: of several; or NULL. */
	const struct cw_type *type;
	uint64_t number;
	uint32_t base, other;
	int32_t offset;
	uint8_t kind;
	bool is_fixed; /* what flows into it says nothing new */
	bool is_used;  /* a parameter or result that is read */
};

struct cw_flow_edge {
	uint32_t from, to;
};

extern const struct cw_type cw_flow_conflict;

/* Numbers of nodes that are none: what a value is besides. */
enum {
	CW_FLOW_NOTHING,
	CW_FLOW_STACK,	  /* the address of a word of the frame: @offset */
	CW_FLOW_VARIABLE, /* an address: @offset from the variables */
	CW_FLOW_TYPE,	  /* a descriptor: @offset from the types */
	CW_FLOW_CODE,	  /* @offset from the code */
	CW_FLOW_CALL,	  /* the last call's result; @offset: register */
	CW_FLOW_FIRST_NODE,
};

/* What a register or word of the frame holds: a node's value and so much. */
struct cw_flow_value {
	uint32_t node;
	int32_t offset;
};

struct cw_flow_graph {
	const struct cw_go *go;
	struct cw_go_types *types;
	CW_ARRAY(struct cw_flow_node) nodes;
	CW_ARRAY(struct cw_flow_edge) edges;
	struct cw_map named;	/* hash of kind and number to a node */
	struct cw_map closures; /* entry to the number of its type, and 1 */
	CW_ARRAY(const struct cw_type *) closure_types; /* NULL: several */
};

void cw_flow_graph_init(struct cw_flow_graph *graph, const struct cw_go *go,
			struct cw_go_types *types);
void cw_flow_graph_deinit(struct cw_flow_graph *graph);

/* The node of that kind and number; made when it is not there. */
uint32_t cw_flow_node(struct cw_flow_graph *graph, enum cw_flow_kind kind,
		      uint64_t number);
uint32_t cw_flow_object(struct cw_flow_graph *graph,
			const struct cw_type *type);
uint32_t cw_flow_load(struct cw_flow_graph *graph, uint32_t base,
		      int32_t offset);
uint32_t cw_flow_meeting(struct cw_flow_graph *graph, uint32_t base,
			 uint32_t other);
/* What the call there has of a function's result, in that register. */
uint32_t cw_flow_value_of_call(struct cw_flow_graph *graph, cw_addr call,
			       uint32_t result, unsigned reg);

/* @value is put into a node; what is no node's own value is not. */
void cw_flow_put(struct cw_flow_graph *graph, struct cw_flow_value value,
		 uint32_t to);

/* The node points to objects of @type, whatever flows into it. */
void cw_flow_fix(struct cw_flow_graph *graph, uint32_t node,
		 const struct cw_type *type);

/* A closure of the function is an object of @type. */
void cw_flow_note_closure(struct cw_flow_graph *graph, cw_addr entry,
			  const struct cw_type *type);

/* Lets types go along all edges. */
void cw_flow_solve(struct cw_flow_graph *graph);

/* The type of the node, NULL where it is not known. */
const struct cw_type *cw_flow_type(const struct cw_flow_graph *graph,
				   struct cw_flow_value value);

/* ---- Functions */

enum cw_flow_role {
	CW_FLOW_PLAIN,
	CW_FLOW_QUIET,	/* it changes no register that is looked at */
	CW_FLOW_ENDING, /* it does not return */
	CW_FLOW_NEW,	/* of the type that it is given */
	CW_FLOW_MAKE,	/* a map or channel, of the type that it is given */
	CW_FLOW_GROW,	/* elements; given the old ones, too */
	CW_FLOW_AT_KEY, /* a value of the map that it is given */
	CW_FLOW_ON_MAP, /* nothing, of the map that it is given */
	CW_FLOW_SPAWN,	/* a goroutine */
};

struct cw_flow_function {
	cw_addr entry, end;
	uint8_t role;
};

/* By its name. */
enum cw_flow_role cw_flow_role_of(const char *name);

/* "main.node" of "main.(*node).Area"; false: it is no such method. */
bool cw_flow_receiver(const char *name, struct cw_text *ret);

enum {
	CW_FLOW_BELOW = 4096, /* bytes of a frame that are looked at */
	CW_FLOW_ABOVE = 1024, /* and of its caller's */
	CW_FLOW_NUM_SLOTS = (CW_FLOW_BELOW + CW_FLOW_ABOVE) / 8,
	CW_FLOW_NUM_ARGUMENTS = 9,
};

/* Registers of parameters and results, in that order. */
extern const uint8_t cw_flow_arguments[CW_FLOW_NUM_ARGUMENTS];

struct cw_flow_state {
	struct cw_flow_value registers[CW_NUM_REGISTERS];
	int64_t sp;	 /* from what it was at the entry */
	uint32_t callee; /* of the last call: number of the function, and 1 */
	cw_addr call;	 /* where that was */
	uint32_t first, end; /* slots in use */
	struct cw_flow_value slots[CW_FLOW_NUM_SLOTS];
};

/* A word of a frame, as it is found. */
struct cw_flow_slot {
	cw_addr place;
	struct cw_flow_value value; /* or of no node: */
	const struct cw_type *type; /* an object that is there */
	int32_t offset;
};

/* The address of a global is the first argument of a call. */
struct cw_flow_receiver_of {
	uint32_t function;
	int32_t offset; /* of the global, from the variables */
};

struct cw_flow_scan {
	struct cw_flow_graph graph;
	const struct cw_go *go;
	struct cw_decoder *decoder;
	CW_ARRAY(struct cw_flow_function) functions; /* sorted */
	const cw_addr *places;
	size_t num_places;
	CW_ARRAY(struct cw_flow_slot) slots;
	/* Globals that are objects themselves. */
	CW_ARRAY(struct cw_go_flow_word) objects;
	CW_ARRAY(struct cw_flow_receiver_of) receivers;

	/* Of the function that is read. */
	uint32_t function; /* number */
	CW_ARRAY(struct cw_instruction) code;
	CW_ARRAY(uint32_t) labels; /* by byte: number of a state, and 1 */
	CW_ARRAY(struct cw_flow_state *) states;
	size_t num_states;
	struct cw_flow_state now;
	int64_t body_sp;     /* of most of the function */
	bool is_unreachable; /* nothing leads here */
	bool has_backward;   /* to where the state was not known */
	/* Objects of the frame. */
	CW_ARRAY(struct cw_flow_slot) frame_objects;
};

/* Words of the frame, from what the stack pointer was at the entry. */
void cw_flow_slot_set(struct cw_flow_state *state, int64_t offset,
		      struct cw_flow_value value);
struct cw_flow_value cw_flow_slot_get(const struct cw_flow_state *state,
				      int64_t offset);

/* One or the other. */
struct cw_flow_value cw_flow_values_meet(struct cw_flow_scan *scan,
					 struct cw_flow_value left,
					 struct cw_flow_value right);

/* A way leads to @address with what is known now. */
void cw_flow_state_keep(struct cw_flow_scan *scan, cw_addr address);

/* What is known where the instruction at @address begins. */
void cw_flow_state_arrive(struct cw_flow_scan *scan, cw_addr address);

/* Number of the function that begins there; UINT32_MAX: none does. */
uint32_t cw_flow_function_at(const struct cw_flow_scan *scan, cw_addr entry);

/* The value with a node, where it is a call's that was not looked at yet. */
struct cw_flow_value cw_flow_use(struct cw_flow_scan *scan,
				 struct cw_flow_value value);

/* What a call does; the registers are then those of its results. */
void cw_flow_call(struct cw_flow_scan *scan,
		  const struct cw_instruction *instruction);

/* What a function leaves behind when it returns. */
void cw_flow_return(struct cw_flow_scan *scan);

void cw_flow_read(struct cw_flow_scan *scan, uint32_t function);

#endif
