/* quit, in a batch: leave here, and delete what is marked. */
#include "cmd/commands.h"

static int run(struct invocation *in, struct pop3_error *err)
{
	(void)err;
	in->leaves = true;
	return 0;
}

const struct command cmd_quit = {
	.name = "quit", .summary = "Leave, and delete what is marked",
	.operands = "", .needs = NEEDS_ACCOUNT, .run = run,
};
