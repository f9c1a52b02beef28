#ifndef OPTIONS_HELP_H
#define OPTIONS_HELP_H

#include "cli/command.h"
#include "options/general.h"

/*
 * Help made from the rows, on stdout: of the whole program where command is NULL, else of that
 * one, as a command line or a line of a batch takes it; or the version where that was asked for.
 */
int help_show(const struct general *general, const struct command *command, bool in_line,
	      struct pop3_error *err);

/* What the lines of a batch may say. */
int help_show_lines(bool manages, struct pop3_error *err);

#endif
