/*
 * Manual: the manual page and the shell completion, made from the tables of
 * commands and options, so that they cannot differ from the program.
 */
#ifndef COMMAND_MANUAL_H
#define COMMAND_MANUAL_H

#include <stdio.h>

/* corewalk.1, for man(1). */
void cw_manual_write(FILE *file);
/* A completion for bash. */
void cw_completion_write(FILE *file);

#endif
