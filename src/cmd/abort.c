/* abort, in a batch: leave without deleting anything. */
#include "cmd/commands.h"

static int run(struct invocation *in, struct pop3_error *err)
{
	(void)err;
	in->hang_up = in->leaves = true;
	return 0;
}

const struct command cmd_abort = {
	.name = "abort", .summary = "Leave without deleting",
	.operands = "", .needs = NEEDS_ACCOUNT, .run = run,
};
