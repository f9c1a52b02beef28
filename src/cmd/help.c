/* help, in a batch: what its lines may say. */
#include "cli/command.h"

#include "cli/connection.h"
#include "cmd/commands.h"
#include "options/getopt.h"

static int run(struct invocation *in, struct pop3_error *err)
{
	const struct general none = { .json = false };
	const struct command *command;

	if (in->operand_count == 0)
		return help_show_lines(in->connection->manages, err);
	command = command_find(in->operands[0], true, err);
	return command != NULL ? help_show(&none, command, true, err) : -1;
}

const struct command cmd_help = {
	.name = "help", .summary = "Show what a line may say",
	.operands = "[SUBCOMMAND]", .max = 1, .needs = NEEDS_ACCOUNT, .run = run,
};
