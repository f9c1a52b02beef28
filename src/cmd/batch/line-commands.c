/* Commands that only exist as lines of a batch. */
#include "cli/connection.h"
#include "cmd/commands.h"
#include "mailbox/mailbox.h"
#include "pop3/verbs.h"

static int take_back_marks(struct invocation *in, struct pop3_error *err)
{
	if (pop3_rset_ahead(in->session, err) < 0)
		return -1;
	mailbox_unmark_all(in->mailbox);
	return 0;
}

const struct command cmd_rset = {
	.name = "rset", .summary = "Unmark all messages of this batch",
	.operands = "", .needs = NEEDS_SESSION, .ask = take_back_marks,
};

static int ask_nothing(struct invocation *in, struct pop3_error *err)
{
	return pop3_noop_ahead(in->session, err);
}

const struct command cmd_noop = {
	.name = "noop", .summary = "Keep the session alive",
	.operands = "", .needs = NEEDS_SESSION, .ask = ask_nothing,
};

static int leave(struct invocation *in, struct pop3_error *err)
{
	(void)err;
	in->ends_batch = true;
	return 0;
}

const struct command cmd_quit = {
	.name = "quit", .summary = "Delete the marked messages and end",
	.operands = "", .needs = NEEDS_ACCOUNT, .run = leave,
};

static int hang_up(struct invocation *in, struct pop3_error *err)
{
	(void)err;
	in->hang_up = in->ends_batch = true;
	return 0;
}

const struct command cmd_abort = {
	.name = "abort", .summary = "End without deleting",
	.operands = "", .needs = NEEDS_ACCOUNT, .run = hang_up,
};
