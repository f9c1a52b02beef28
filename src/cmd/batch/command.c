/* pop3 batch: one login, many subcommands, a line each. */
#include "cmd/batch/batch.h"

#include "cmd/commands.h"

static const struct option_spec options[] = {
	{ OPTION_FLAG, 0, "keep-going", offsetof(struct batch_options, keep_going), NULL,
	  "go on after a line that failed", NULL },
	{ OPTION_END, 0, NULL, 0, NULL, NULL, NULL },
};

const struct command cmd_batch = {
	.name = "batch", .summary = "Run many subcommands in one session, a line each",
	.operands = "[FILE]", .max = 1, .needs = NEEDS_SESSION | RUNS_ONCE | MANAGES | REOPENS,
	.options = options, .options_size = sizeof(struct batch_options),
	.prepare = batch_prepare, .run = batch_run, .after = batch_after,
	.release = batch_release,
};
