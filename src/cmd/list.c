/* pop3 list: number, UID and size of each message. */
#include "cli/listed.h"
#include "cmd/commands.h"

static int run(struct invocation *in, struct pop3_error *err)
{
	return messages_choose_last(in, POP3_LIST_UIDS | POP3_LIST_OCTETS, err);
}

const struct command cmd_list = {
	.name = "list", .summary = "List number, UID and octets of messages",
	.operands = "[MESSAGE...]", .max = OPERANDS_ANY,
	.needs = NEEDS_SESSION | NEEDS_MESSAGES, .run = run, .tell = list_chosen,
};
