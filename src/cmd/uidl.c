/* pop3 uidl: number and UID of each message. */
#include "cli/output.h"
#include "cli/select.h"
#include "cmd/commands.h"

static int ask(struct invocation *in, struct pop3_error *err)
{
	return messages_choose(in->messages, POP3_LIST_UIDS, err);
}

static int print(struct invocation *in, struct pop3_error *err)
{
	for (size_t i = 0; i < in->messages->count; i++) {
		output_begin(in->output);
		messages_output(in, i);
		if (output_end(in->output, err) < 0)
			return -1;
	}
	return 0;
}

const struct command cmd_uidl = {
	.name = "uidl", .summary = "List messages: number, UID",
	.operands = "[MESSAGE...]", .max = OPERANDS_ANY,
	.needs = NEEDS_SESSION | NEEDS_MESSAGES | REOPENS | QUITS_AT_ONCE,
	.ask = ask, .print = print,
	.examples = "  pop3 uidl\n"
		    "  pop3 uidl new\n",
};
