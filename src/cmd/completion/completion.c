/* pop3 completion: the script that lets a shell complete this program's words. */
#include <string.h>

#include "cli/output.h"
#include "cmd/commands.h"

/* Of completions/, made by the Makefile. */
extern const char completion_bash[], completion_zsh[], completion_fish[];

static int run(struct invocation *in, struct pop3_error *err)
{
	static const struct {
		const char *shell, *script;
	} scripts[] = {
		{ "bash", completion_bash }, { "zsh", completion_zsh }, { "fish", completion_fish },
	};

	for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++)
		if (strcmp(scripts[i].shell, in->operands[0]) == 0)
			return output_raw(in->output, scripts[i].script, strlen(scripts[i].script),
					  err);
	return pop3_fail(err, POP3_E_USAGE, "no completion for the shell '%s' (use %s)",
					    in->operands[0],
			 cmd_completion.operands);
}

const struct command cmd_completion = {
	.name = "completion", .summary = "Print the completion script for a shell",
	.operands = "bash|zsh|fish", .min = 1, .max = 1, .run = run,
	.examples = "  pop3 completion bash\n"
		    "  source <(pop3 completion bash)\n",
};
