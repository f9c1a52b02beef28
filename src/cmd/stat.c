/* pop3 stat: the number of messages and their octets. */
#include <stdlib.h>

#include "cli/output.h"
#include "cmd/commands.h"
#include "mailbox/messages.h"

/* Adds up the sizes of the selected messages, if the server lists them. */
static int ask(struct invocation *in, struct pop3_error *err)
{
	struct messages *const m = in->messages;
	const bool selects = (m->any_operand && !selection_is_all(&m->selection)) ||
			     m->larger > 0 || m->smaller > 0 || m->limit > 0 || m->some_wanted ||
			     !filter_is_empty(&m->filter);
	struct pop3_maildrop *drop;

	if (in->work == NULL)
		in->work = calloc(1, sizeof *drop);
	drop = in->work;
	if (drop == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	if (!selects)
		return pop3_stat_ahead(in->session, drop, err);
	if (messages_choose(m, POP3_LIST_OCTETS, err) < 0)
		return -1;
	*drop = (struct pop3_maildrop){ .messages = m->count };
	for (size_t i = 0; i < m->count; i++)
		if (messages_entry(m, i)->octets != POP3_OCTETS_UNKNOWN)
			drop->octets += messages_entry(m, i)->octets;
	return 0;
}

static int print(struct invocation *in, struct pop3_error *err)
{
	const struct pop3_maildrop *const drop = in->work;

	output_begin(in->output);
	output_number(in->output, "messages", drop->messages);
	output_octet_count(in->output, "octets", drop->octets);
	return output_end(in->output, err);
}

static void release(struct invocation *in)
{
	free(in->work);
}

const struct command cmd_stat = {
	.name = "stat", .summary = "Count the messages and their octets",
	.operands = "[MESSAGE...]", .max = OPERANDS_ANY,
	.needs = NEEDS_SESSION | NEEDS_MESSAGES | QUITS_AT_ONCE,
	.ask = ask, .print = print, .release = release,
	.examples = "  pop3 stat\n"
		    "  pop3 stat new --json\n"
		    "  pop3 stat --larger 10M\n",
};
