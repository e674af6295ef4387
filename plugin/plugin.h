/*
 * Plugin: what the loader, which GDB loads, asks of the plugin proper, which
 * does the work.
 *
 * There are two shared objects since GDB has libdw in it, whose functions are
 * named like libdwarf's: corewalk-gdb.so is a JIT reader of base libc only; it
 * loads corewalk-plugin.so in a way that binds that one to its own libraries.
 * This header is all that they share.
 *
 * A request is answered at once, or with questions to GDB; then the same
 * request comes again with GDB's replies.
 *
 * Not here: how requests and answers travel (plugin/channel.h), how answers
 * become GDB's commands (plugin/script.h).
 */
#ifndef PLUGIN_PLUGIN_H
#define PLUGIN_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CW_PLUGIN_NUM_REGISTERS 17

/* Where GDB stands: the innermost frame of the selected thread. */
struct cw_plugin_frame {
	/* False: there is no process and no core. */
	bool has_registers;
	/* By DWARF number: rax, rdx, rcx, rbx, rsi, rdi, rbp, rsp, r8 to r15,
	 * rip. */
	uint64_t registers[CW_PLUGIN_NUM_REGISTERS];
	/* Reads the target as GDB does; false: not all of it can be read.  On
	 * GDB's main thread only, and errors of GDB fly out of it. */
	bool (*read)(void *context, uint64_t address, void *buffer,
		     uint64_t size);
	void *context;
};

/*
 * The words of a command as GDB has them: quotes and backslashes of the user
 * are still there.  Replies come in the order of the questions.
 */
struct cw_plugin_request {
	unsigned width;	   /* columns of GDB's terminal; 0: no limit */
	bool has_terminal; /* stderr is one, on which a line may be shown */
	/* GDB unwound frames since the last command, as after each stop. */
	bool has_moved;
	size_t num_words;
	const char *const *words;
	bool has_replies;
	size_t num_replies;
	const char *const *replies;
};

enum cw_plugin_question_kind {
	/* The value of an expression, as a decimal number. */
	CW_PLUGIN_ASK_VALUE,
	/* What a command of GDB prints. */
	CW_PLUGIN_ASK_OUTPUT,
};

struct cw_plugin_question {
	enum cw_plugin_question_kind kind;
	char *text;
};

/* With questions there is nothing else in it. */
struct cw_plugin_answer {
	size_t num_questions;
	struct cw_plugin_question *questions;

	char *text; /* for the user; or NULL */
	size_t size;
	int status;
	bool has_address;
	uint64_t address;
	bool has_totals;
	uint64_t count, bytes;
};

struct cw_plugin;

/* What corewalk-plugin.so exports, under the name "cw_plugin_functions". */
struct cw_plugin_functions {
	unsigned version; /* CW_PLUGIN_VERSION */
	struct cw_plugin *(*create)(void);
	void (*destroy)(struct cw_plugin *plugin);
	/* Fills @ret, whose strings and list the caller frees. */
	void (*answer)(struct cw_plugin *plugin,
		       const struct cw_plugin_request *request,
		       const struct cw_plugin_frame *frame,
		       struct cw_plugin_answer *ret);
};

/* Of this header; the two objects must come from one build. */
#define CW_PLUGIN_VERSION 3

void cw_plugin_answer_deinit(struct cw_plugin_answer *answer);

#endif
