/* pop3 fetch: whole messages, to stdout or a destination. */
#include "cli/messages.h"
#include "cli/output.h"
#include "cmd/commands.h"

struct to_stdout {
	struct pop3_receiver receiver;
	struct pop3_sink sink;
	struct output *output;
	struct pop3_error failure;
};

static int put(struct pop3_sink *sink, const char *data, size_t length, struct pop3_error *err)
{
	struct to_stdout *const t =
		(struct to_stdout *)((char *)sink - offsetof(struct to_stdout, sink));

	return output_raw(t->output, data, length, err);
}

static struct pop3_sink *begin(struct pop3_receiver *r, size_t i, struct pop3_error *err)
{
	(void)i, (void)err;
	return &((struct to_stdout *)r)->sink;
}

static int end(struct pop3_receiver *r, size_t i, const struct pop3_error *failure,
	       struct pop3_error *err)
{
	(void)i, (void)err;
	if (failure != NULL)
		((struct to_stdout *)r)->failure = *failure;
	return 0;
}

static int run(struct invocation *in, struct pop3_error *err)
{
	struct to_stdout t = { { begin, end }, { put }, in->output, { .code = POP3_E_NONE } };
	struct pop3_request request = { 0 };

	if (messages_choose(in, POP3_LIST_OCTETS, err) < 0)
		return -1;
	request.number = messages_entry(in->messages, 0)->number;
	if (pop3_retr(in->session, &request, 1, &t.receiver, err) < 0)
		return -1;
	if (t.failure.code != POP3_E_NONE) {
		*err = t.failure;
		return -1;
	}
	return 0;
}

const struct command cmd_fetch = {
	.name = "fetch", .summary = "Fetch messages, to stdout or a destination",
	.operands = "MESSAGE...", .min = 1, .max = OPERANDS_ANY,
	.needs = NEEDS_SESSION | NEEDS_MESSAGES, .run = run,
};
