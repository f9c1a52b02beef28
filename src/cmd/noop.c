/* noop, in a batch: keep the session alive. */
#include "cmd/commands.h"
#include "pop3/verbs.h"

static int run(struct invocation *in, struct pop3_error *err)
{
	return pop3_noop_ahead(in->session, err);
}

static int tell(struct invocation *in, struct pop3_error *err)
{
	(void)in, (void)err;
	return 0;
}

const struct command cmd_noop = {
	.name = "noop", .summary = "Keep the session alive",
	.operands = "", .needs = NEEDS_SESSION, .run = run, .tell = tell,
};
