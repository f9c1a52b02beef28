/* noop, in a batch: keep the session alive. */
#include "cmd/commands.h"
#include "pop3/verbs.h"

static int ask(struct invocation *in, struct pop3_error *err)
{
	return pop3_noop_ahead(in->session, err);
}

const struct command cmd_noop = {
	.name = "noop", .summary = "Keep the session alive",
	.operands = "", .needs = NEEDS_SESSION, .ask = ask,
};
