/* pop3 stat: how many messages, how many octets. */
#include "cli/messages.h"
#include "cli/output.h"
#include "cmd/commands.h"

/* The selected messages' own sizes, as far as the server tells them. */
static int count_selected(struct invocation *in, struct pop3_maildrop *drop,
			  struct pop3_error *err)
{
	const struct messages *const m = in->messages;

	if (messages_choose_last(in, POP3_LIST_OCTETS, err) < 0)
		return -1;
	*drop = (struct pop3_maildrop){ .messages = m->count };
	for (size_t i = 0; i < m->count; i++)
		if (messages_entry(m, i)->octets != POP3_OCTETS_UNKNOWN)
			drop->octets += messages_entry(m, i)->octets;
	return 0;
}

static int ask_stat(struct invocation *in, struct pop3_maildrop *drop, struct pop3_error *err)
{
	pop3_session_last_round(in->session);
	return pop3_stat(in->session, drop, err);
}

static int run(struct invocation *in, struct pop3_error *err)
{
	struct pop3_maildrop drop;

	if (messages_selects(in->messages) ? count_selected(in, &drop, err) < 0
					   : ask_stat(in, &drop, err) < 0)
		return -1;
	output_begin(in->output);
	output_number(in->output, "messages", drop.messages);
	if (drop.octets != POP3_OCTETS_UNKNOWN)
		output_number(in->output, "octets", drop.octets);
	else
		output_unknown(in->output, "octets");
	return output_end(in->output, err);
}

const struct command cmd_stat = {
	.name = "stat", .summary = "Count the messages and their octets",
	.operands = "[MESSAGE...]", .max = OPERANDS_ANY,
	.needs = NEEDS_SESSION | NEEDS_MESSAGES, .run = run,
};
