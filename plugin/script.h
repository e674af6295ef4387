/*
 * Script: an answer as commands of GDB.
 *
 * Text goes through GDB's own `printf`, so that paging, logging, pipes and
 * front ends see it as GDB's output.  Variables are set before the text, so
 * that they are there even when the user quits at a page's end.
 *
 * The commands that begin with _corewalk_ are defined in plugin/heap.gdb.
 */
#ifndef PLUGIN_SCRIPT_H
#define PLUGIN_SCRIPT_H

#include <stdio.h>

#include "plugin/plugin.h"

/* The text, the variables, and that the command of that number is answered; or
 * the questions, for the channel at @request_fd. */
void cw_script_write(const struct cw_plugin_answer *answer, int request_fd,
		     unsigned number, FILE *script);

#endif
