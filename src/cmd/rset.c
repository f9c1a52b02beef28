/* rset, in a batch: take back all marks of dele. */
#include "cmd/commands.h"
#include "mailbox/mailbox.h"
#include "pop3/verbs.h"

static int ask(struct invocation *in, struct pop3_error *err)
{
	if (pop3_rset_ahead(in->session, err) < 0)
		return -1;
	mailbox_unmark_all(in->mailbox);
	return 0;
}

const struct command cmd_rset = {
	.name = "rset", .summary = "Take back all deletions of this batch",
	.operands = "", .needs = NEEDS_SESSION, .ask = ask,
};
