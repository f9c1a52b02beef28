/* pop3 list: number, UID and size of each message. */
#include "cli/output.h"
#include "cli/select.h"
#include "cmd/commands.h"

int list_chosen(struct invocation *in, struct pop3_error *err)
{
	const struct messages *const m = in->messages;

	for (size_t i = 0; i < m->count; i++) {
		output_begin(in->output);
		messages_output(in, i);
		output_octet_count(in->output, "octets", messages_entry(m, i)->octets);
		if (output_end(in->output, err) < 0)
			return -1;
	}
	return 0;
}

static int ask(struct invocation *in, struct pop3_error *err)
{
	return messages_choose(in->messages, POP3_LIST_UIDS | POP3_LIST_OCTETS, err);
}

const struct command cmd_list = {
	.name = "list", .summary = "List messages: number, UID, octets",
	.operands = "[MESSAGE...]", .max = OPERANDS_ANY,
	.needs = NEEDS_SESSION | NEEDS_MESSAGES | REOPENS | QUITS_AT_ONCE,
	.ask = ask, .print = list_chosen,
	.examples = "  pop3 list last:10\n"
		    "  pop3 list | awk '$3 > 10000000'\n"
		    "  pop3 list --newer-than 7d --json\n",
};
