/* pop3 wait: until a message that is selected is there. */
#include "base/deadline.h"
#include "cli/connection.h"
#include "cmd/commands.h"
#include "mailbox/messages.h"

struct wait_options {
	uint64_t interval;
};

static const struct option_spec options[] = {
	{ OPTION_DURATION, 0, "interval", offsetof(struct wait_options, interval), "TIME",
	  "between two looks; LOGIN-DELAY when that is longer", "10" },
	{ OPTION_END, 0, NULL, 0, NULL, NULL, NULL },
};

/* "No such message" is what is waited for to change, and so is trouble that passes. */
static bool may_change(const struct pop3_error *err)
{
	return err->code == POP3_E_NO_MESSAGE || err->code == POP3_E_NOTHING ||
	       (pop3_recovery(err->code, POP3_CONNECTING) & POP3_RETRY) != 0;
}

static unsigned seconds_between(const struct invocation *in, const struct pop3_error *err)
{
	const uint64_t interval = ((const struct wait_options *)in->options)->interval;
	unsigned seconds = interval < 86400 ? (unsigned)interval : 86400;
	const unsigned delay = pop3_session_login_delay(in->session);

	if (delay > seconds)
		seconds = delay;
	return err->retry_after > seconds ? err->retry_after : seconds;
}

/* One look: 1 when a message is there, 0 when it is worth another look, or -1. */
static int look(struct invocation *in, bool again, struct pop3_error *err)
{
	err->retry_after = 0;
	if ((again && pop3_session_reopen(in->session, err) < 0) ||
	    messages_choose(in->messages, POP3_LIST_UIDS | POP3_LIST_OCTETS, err) < 0)
		return may_change(err) ? 0 : -1;
	return in->messages->count > 0;
}

static int run(struct invocation *in, struct pop3_error *err)
{
	int found = look(in, false, err);

	while (found == 0) {
		pop3_session_abandon(in->session);
		if (deadline_delay(&in->connection->target.timeouts, seconds_between(in, err), err) < 0)
			return -1;
		found = look(in, true, err);
	}
	return found < 0 ? -1 : list_chosen(in, err);
}

const struct command cmd_wait = {
	.name = "wait", .summary = "Wait until a message is there, and list it",
	.operands = "[MESSAGE...]", .max = OPERANDS_ANY,
	.needs = NEEDS_SESSION | NEEDS_MESSAGES | KEEPS_TRYING | REOPENS,
	.options = options, .options_size = sizeof(struct wait_options), .run = run,
	.examples = "  pop3 wait new --max-time 300\n"
		    "  pop3 wait all --match 'subject~code' --limit 1 --max-time 60\n",
};
