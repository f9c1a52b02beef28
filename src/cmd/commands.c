/* Registers the subcommands with the dispatcher. */
#include "cmd/commands.h"

#include "cli/connection.h"

#define POINT_TO_COMMAND(name) &cmd_##name,

static const struct command *const subcommands[] = { SUBCOMMANDS(POINT_TO_COMMAND) NULL };
static const struct command *const of_lines[] = { LINE_SUBCOMMANDS(POINT_TO_COMMAND) NULL };

void commands_begin(void)
{
	connection_options_begin();
	commands = subcommands;
	line_commands = of_lines;
	command_for_shells = &cmd_complete;
}
