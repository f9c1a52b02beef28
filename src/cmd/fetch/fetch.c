/* pop3 fetch: whole messages, to stdout or to a destination, each exactly once. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/output.h"
#include "cli/warn.h"
#include "cmd/commands.h"
#include "cmd/fetch/deliver.h"

#define FIELD(name) offsetof(struct fetch_options, name)

static const struct option_spec options[] = {
	{ OPTION_TEXT, 'o', "output", FIELD(output), "DEST",
	  "-, maildir:PATH, mbox:PATH, mbox:-, dir:PATH or pipe:COMMAND", NULL },
	{ OPTION_FLAG, 0, "delete", FIELD(delete), NULL,
	  "delete on the server what is safe on disk", NULL },
	{ OPTION_DURATION, 0, "delete-after", FIELD(delete_after), "TIME",
	  "delete what was fetched that long ago", NULL },
	{ OPTION_FLAG, 0, "peek", FIELD(peek), NULL,
	  "end without QUIT, so that the server notes nothing", NULL },
	{ OPTION_FLAG, 0, "crlf", FIELD(crlf), NULL, "keep CRLF in Maildir and mbox", NULL },
	{ OPTION_SIZE, 0, "max-size", FIELD(max_size), "SIZE", "leave larger messages alone",
	  NULL },
	{ OPTION_NUMBER, 0, "wait-lock", FIELD(wait_lock), "SECONDS",
	  "wait for another run on this account", "0" },
	{ OPTION_FLAG, 0, "accept-new-uids", FIELD(accept_new_uids), NULL,
	  "go on when the server has changed all UIDs", NULL },
	{ OPTION_CHOICE, 0, "progress", FIELD(progress), "auto|always|never",
	  "show how far it is on stderr", "auto" },
	{ OPTION_END, 0, NULL, 0, NULL, NULL, NULL },
};

/* --- to stdout --- */

struct to_stdout {
	struct pop3_sink sink;
	struct output *output;
};

static int put(struct pop3_sink *sink, const char *data, size_t length, struct pop3_error *err)
{
	return output_raw(((struct to_stdout *)sink)->output, data, length, err);
}

static int fetch_to_stdout(struct invocation *in, struct pop3_error *err)
{
	struct to_stdout t = { .sink = { put }, .output = in->output };
	struct pop3_request request = { 0 };

	if (messages_choose(in, POP3_LIST_OCTETS, err) < 0)
		return -1;
	if (in->messages->count == 0)
		return 0;
	request.number = messages_entry(in->messages, 0)->number;
	if (fetching_is_too_large(in, 0)) {
		in->failed++;
		warn(in, "message %u: larger than --max-size", request.number);
		return 0;
	}
	request.limit = fetching_limit(in, 0);
	return pop3_retr_one(in->session, &request, &t.sink, err);
}

/* --- the whole --- */

static bool is_to_stdout(const struct fetch_options *fetch)
{
	return fetch->output == NULL || strcmp(fetch->output, "-") == 0;
}

static int prepare(struct invocation *in, struct pop3_error *err)
{
	const struct fetch_options *const fetch = in->options;
	const bool plain = is_to_stdout(fetch);
	const bool deletes = fetch->delete || fetch->delete_after > 0;

	if (deletes && (plain || strcmp(fetch->output, "mbox:-") == 0))
		return pop3_fail(err, POP3_E_USAGE,
				 "--delete needs a destination on disk: name one by --output");
	if (deletes && fetch->peek)
		return pop3_fail(err, POP3_E_USAGE, "--peek leaves without QUIT, which is what "
						    "deletes: not with --delete");
	in->hang_up = in->hang_up || fetch->peek;
	if (plain && !selection_is_one(&in->messages->selection))
		return pop3_fail(err, POP3_E_USAGE,
				 "stdout takes one message by its form (7, last, uid:X): for more "
				 "name a destination by --output");
	return plain ? 0 : fetching_prepare(in, err);
}

static int run(struct invocation *in, struct pop3_error *err)
{
	return is_to_stdout(in->options) ? fetch_to_stdout(in, err) : fetching_run(in, err);
}

static int after(struct invocation *in, const struct pop3_error *quit, struct pop3_error *err)
{
	return quit == NULL && in->work != NULL ? fetching_confirm(in, err) : 0;
}

const struct command cmd_fetch = {
	.name = "fetch", .summary = "Fetch messages, to stdout or a destination",
	.operands = "MESSAGE...", .min = 1, .max = OPERANDS_ANY,
	.needs = NEEDS_SESSION | NEEDS_MESSAGES | REOPENS,
	.options = options, .options_size = sizeof(struct fetch_options),
	.prepare = prepare, .run = run, .after = after, .release = fetching_release,
};
