/* pop3 completion: the script that lets a shell complete this program's words. */
#include "cmd/completion/candidates.h"

#include <string.h>

#include "cli/output.h"
#include "cmd/commands.h"

static const struct completion_shell *find_shell(const char *name)
{
	for (size_t i = 0; completion_shells[i] != NULL; i++)
		if (strcmp(completion_shells[i]->name, name) == 0)
			return completion_shells[i];
	return NULL;
}

static int run(struct invocation *in, struct pop3_error *err)
{
	const struct completion_shell *const shell = find_shell(in->operands[0]);
	struct buffer script = { 0 };
	int result;

	if (shell == NULL)
		return pop3_fail(err, POP3_E_USAGE, "'%s' is no shell known here: use %s",
				 in->operands[0], cmd_completion.operands);
	shell->print(&script);
	result = buffer_check(&script, POP3_E_BUG, err);
	if (result == 0)
		result = output_raw(in->output, script.data, script.length, err);
	buffer_release(&script);
	return result;
}

const struct command cmd_completion = {
	.name = "completion", .summary = "Print the completion script of a shell",
	.operands = "bash|zsh|fish", .min = 1, .max = 1, .run = run,
};
