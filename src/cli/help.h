#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdio.h>

#include "cli/command.h"

/* Help made from the rows: of the whole program, or of one subcommand. */
void help_overview(FILE *out);
void help_command(FILE *out, const struct command *command);

#endif
