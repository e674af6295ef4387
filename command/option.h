/*
 * Option: words that begin with a dash, and the values they give.
 *
 * "--limit 5", "--limit=5", "-limit 5" and any abbreviation that fits only one
 * option that the command takes are the same.  "--" ends the options; what
 * begins with a dash and a digit is a number.
 *
 * All values are members of one struct cw_options, so that a row of a table
 * says where its value goes.  Common options are known to every command that
 * says it takes their kind; own options are in the command's file.
 */
#ifndef COMMAND_OPTION_H
#define COMMAND_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Which of the common options a command takes; those of 0 all do. */
enum cw_takes {
	CW_TAKES_LIMIT = 1 << 0, /* --limit, --short */
	CW_TAKES_SORT = 1 << 1,
	CW_TAKES_FILTER = 1 << 2, /* --type, --min, --max */
	CW_TAKES_TYPE = 1 << 3,	  /* --type alone */
	CW_TAKES_SHORT = 1 << 4,  /* --short alone */
};

enum cw_sort {
	CW_SORT_BYTES,
	CW_SORT_BLOCKS,
	CW_SORT_RETAINED,
};

struct cw_options {
	/* Common. */
	uint64_t limit; /* 0: all */
	unsigned sort;	/* enum cw_sort */
	bool has_sort;
	const char *type; /* regular expression, or NULL */
	uint64_t min_size, max_size;
	bool is_short;
	bool is_json;
	bool is_exact;	    /* --bytes */
	const char *output; /* file, or NULL */
	const char *exe, *sysroot, *debug_dir;
	bool has_no_progress, has_no_cache;
	uint64_t threads; /* 0: as many as there are processors */
	uint64_t pid;
	unsigned snapshot; /* enum cw_snapshot */
	const char *fail_if;
	bool wants_help, wants_version;

	/* Of single commands. */
	unsigned by;	       /* stat: enum cw_histogram_by */
	unsigned state;	       /* list: enum cw_block_state, or beyond: any */
	unsigned kind;	       /* leaks */
	bool has_all;	       /* path */
	bool has_types;	       /* leaks, cycles */
	const char *refcounts; /* the same: a file, or NULL */
	unsigned width;	       /* search */
	bool is_everywhere;
	bool is_reachable, is_unreachable; /* cycles, list */
	const char *root;		   /* dominators */
	bool is_dot;			   /* deadlocks */
	const char *pprof;		   /* profile: a file, or NULL */
	bool is_tree;			   /* stacks */
	bool is_leaked, has_labels;	   /* tasks */
	uint64_t interval, count;	   /* watch */
	const char *save;		   /* watch: a core */
	bool is_man, is_completion;	   /* help */
};

enum cw_option_kind {
	CW_OPTION_FLAG,	  /* bool */
	CW_OPTION_COUNT,  /* uint64_t */
	CW_OPTION_SIZE,	  /* uint64_t, with K, M, G */
	CW_OPTION_TEXT,	  /* const char * */
	CW_OPTION_CHOICE, /* unsigned: number among choices */
};

struct cw_option {
	const char *name;     /* without dashes */
	const char *argument; /* "N", or NULL */
	const char *help;     /* one line, lower case, no full stop */
	enum cw_option_kind kind;
	size_t offset;		    /* in struct cw_options */
	const char *const *choices; /* NULL behind the last */
	unsigned takes;		    /* common ones: of enum cw_takes */
	size_t has_offset;	    /* a bool set when given; 0: none */
};

/* The common options, up to one without a name. */
extern const struct cw_option cw_common_options[];

/* Values when nothing is said. */
extern const struct cw_options cw_option_defaults;

/* What is needed to tell one command's options from another's. */
struct cw_option_set {
	unsigned takes;
	const struct cw_option *own; /* or NULL */
	const char *who;	     /* "heap leaks", for messages */
};

/* Whether the command of @set takes the common option @option. */
bool cw_option_is_taken(const struct cw_option_set *set,
			const struct cw_option *option);

/*
 * Reads the option at words[*at], with its argument where it has one, and
 * moves *at behind.  Fails with CW_ERROR_USAGE and a suggestion.  Values
 * borrow from @words.
 */
struct cw_error *cw_option_read(const struct cw_option_set *set,
				size_t num_words, const char *const *words,
				size_t *at,
				struct cw_options *options) cw_must_check;

/* Whether @word is to be read as an option. */
bool cw_option_is_option(const char *word);

/*
 * Steps over a common option at words[*at]; false: it is none, whoever takes
 * it.
 */
bool cw_option_skip_common(size_t num_words, const char *const *words,
			   size_t *at);

/* "64", "0x40", "4K", "1.5M": bytes.  False: not a size. */
bool cw_option_parse_size(const char *text, uint64_t *ret);

#endif
