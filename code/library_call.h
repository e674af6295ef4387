/*
 * Library call: what functions of a library do with a container that they are
 * given, where the library itself has no debug info.
 *
 * Each argument has a letter:
 *
 *	c	the container
 *	k, v	a key, a value: to be put there, or like one that is
 *	e	an element of a list: the first word of its nodes
 *	a	an element of an array of pointers, the first word's
 *	K, V	where a key, or a value, is written to
 *	i	an iterator, which is in memory of the caller
 *	f	a function that is called with elements, as @callback has them
 *	d	what that function is given besides
 *	p, q	a function that is called with keys, with values
 *	-	nothing of all that
 *
 * and so has the result; where that is c, it is the same container, or a new
 * one.
 *
 * Private to this folder.
 */
#ifndef CODE_LIBRARY_CALL_H
#define CODE_LIBRARY_CALL_H

struct cw_library_call {
	const char *name;
	const char *arguments;
	char result;
	const char *callback; /* letters of its parameters; or NULL */
};

/* NULL: nothing is known of functions of that name, which may be NULL. */
const struct cw_library_call *cw_library_call_of(const char *name);

#endif
