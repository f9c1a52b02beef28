/* pop3 help: the overview, a subcommand's page or a shared page; also for batch lines. */
#include <string.h>

#include "base/file.h"
#include "cli/connection.h"
#include "cli/run.h"
#include "cmd/commands.h"

static int run(struct invocation *in, struct pop3_error *err)
{
	const struct general none = { .json = false };
	const bool in_line = in->run->outer != NULL;
	struct nearest nearest = { .word = NULL };
	const struct command *command;
	char hint[128];

	if (in->operand_count == 0)
		return in_line ? help_show_lines(in->connection->manages, err)
			       : help_show(&none, NULL, false, err);
	for (const struct help_topic *topic = help_topics; topic->name != NULL; topic++) {
		nearest_offer(&nearest, in->operands[0], topic->name);
		if (strcmp(topic->name, in->operands[0]) == 0) {
			topic->show(stdout);
			return fflush(stdout) == 0 ? 0 : file_fail_stdout(err);
		}
	}
	command = command_find(in->operands[0], in_line, err);
	if (command != NULL)
		return help_show(&none, command, in_line, err);
	if (nearest.word == NULL)
		return -1;
	return pop3_fail(err, POP3_E_USAGE, "unknown topic '%s'%s", in->operands[0],
			 nearest_hint(&nearest, hint, sizeof hint));
}

const struct command cmd_help = {
	.name = "help", .summary = "Show help for a subcommand or a topic",
	.operands = "[SUBCOMMAND|TOPIC]", .max = 1, .needs = FITS_ANY_LINE, .run = run,
	.examples = "  pop3 help fetch\n"
		    "  pop3 help connection\n",
};
