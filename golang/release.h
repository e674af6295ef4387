/*
 * Release: what each release of Go's runtime looks like, for programs without
 * debug info or symbols.
 *
 * Where structures keep their fields was taken from the debug info of programs
 * of each release; the release is the one of the program, by its minor number.
 *
 * The runtime is compiled from the same sources by the same compiler in every
 * program: the n-th word of data that one of its functions mentions is always
 * the same variable.  Several functions are asked, and most must agree.
 *
 * The tables are golang/release_1_NN.inc, which tests/go-release makes.
 */
#ifndef GOLANG_RELEASE_H
#define GOLANG_RELEASE_H

#include "golang/function.h"

/* The field of a structure; false: the release is not known, or has none. */
bool cw_go_release_place(unsigned minor, const char *type, const char *member,
			 struct cw_go_place *ret);

/*
 * The addresses of the runtime's variables by the code that mentions them; 0:
 * not known.  The program's functions must have been read.
 */
void cw_go_release_variables(const struct cw_go *go, const char *const *names,
			     size_t num, cw_addr *ret);

/* For making the tables. */
size_t cw_go_release_names(const char *const **ret);

/* Whether a function of that name may be asked. */
bool cw_go_release_asks(const char *name);

/* Data that a function's code mentions, in the order of its instructions. */
struct cw_go_mentions {
	CW_ARRAY(cw_addr) addresses;
};

struct cw_decoder;

/* Replaces what is there. */
void cw_go_mentions_read(struct cw_go_mentions *mentions,
			 const struct cw_go *go, struct cw_decoder *decoder,
			 cw_addr entry, cw_addr end);
void cw_go_mentions_deinit(struct cw_go_mentions *mentions);

#endif
