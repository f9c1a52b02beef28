/* pop3 dele: delete messages. The result is known only after QUIT. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/lines.h"
#include "cli/command.h"
#include "cli/connection.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/select.h"
#include "cmd/commands.h"
#include "mailbox/mailbox.h"
#include "state/seen.h"

struct dele_options {
	bool dry_run, yes;
	uint32_t wait_lock;
};

static const struct option_spec options[] = {
	{ OPTION_FLAG, 'n', "dry-run", offsetof(struct dele_options, dry_run), NULL,
	  "print what would be deleted, and delete nothing", NULL },
	{ OPTION_FLAG, 'y', "yes", offsetof(struct dele_options, yes), NULL,
	  "delete several messages without asking", NULL },
	{ OPTION_NUMBER, 0, "wait-lock", offsetof(struct dele_options, wait_lock), "SECONDS",
	  "wait for another run on this account", "0" },
	{ OPTION_END, 0, NULL, 0, NULL, NULL, NULL },
};

/* Lives from ask to release: the chosen messages that the server refused to mark. */
struct work {
	struct pop3_deletions deletions; /* first: DELE's callback casts it to struct work */
	struct invocation *in;
	size_t count;
	struct refusal {
		bool is_refused;
		struct pop3_error *why; /* NULL when out of memory */
	} refusals[];
};

static void note_refusal(struct pop3_deletions *deletions, size_t i, const struct pop3_error *why)
{
	struct work *const work = (struct work *)deletions;
	struct invocation *const in = work->in;

	work->refusals[i].is_refused = true;
	work->refusals[i].why = malloc(sizeof *why);
	if (work->refusals[i].why != NULL)
		*work->refusals[i].why = *why;
	mailbox_unmark(in->mailbox, in->messages->chosen[i]);
	in->failed++;
	warn(in, "message %u: %s", messages_entry(in->messages, i)->number, why->text);
}

static void forget_attempt(struct invocation *in)
{
	struct work *const work = in->work;

	for (size_t i = 0; work != NULL && i < work->count; i++)
		free(work->refusals[i].why);
	free(work);
	in->work = NULL;
}

static int mark(struct invocation *in, struct pop3_error *err)
{
	const struct messages *const m = in->messages;
	uint32_t *const numbers = calloc(m->count + 1, sizeof *numbers);
	int result = 0;

	if (numbers == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	for (size_t i = 0; result == 0 && i < m->count; i++) {
		numbers[i] = messages_entry(m, i)->number;
		result = mailbox_mark(in->mailbox, m->chosen[i], err);
	}
	if (result == 0)
		result = pop3_dele_ahead(in->session, numbers, m->count, in->work, err);
	free(numbers);
	in->mailbox->unanswered++;
	return result;
}

static bool is_dry(const struct invocation *in)
{
	return ((const struct dele_options *)in->options)->dry_run;
}

/* Opens the state: a later fetch needs to know which messages we deleted ourselves. */
static int prepare(struct invocation *in, struct pop3_error *err)
{
	const struct dele_options *const o = in->options;

	return is_dry(in) ? 0 : state_file_open(in, STATE_AMEND, o->wait_lock, err);
}

/* Asks before deleting several messages. Not in a batch, where they can still be unmarked. */
static int confirm(const struct invocation *in, struct pop3_error *err)
{
	const struct dele_options *const o = in->options;
	struct lines answers = {
		.fd = STDIN_FILENO, .end = '\n', .what = "the answer", .limit = 256,
	};
	const size_t count = in->messages->count;
	const char *answer;
	size_t length;
	int more;

	if (o->yes || o->dry_run || !in->is_last || count <= 1 || isatty(STDIN_FILENO) != 1 ||
	    isatty(STDERR_FILENO) != 1)
		return 0;
	if (in->connection->no_input)
		return pop3_fail(err, POP3_E_USAGE, "--no-input: use --yes to delete %zu messages",
				 count);
	report_question("delete %zu messages of %s? [y/N]", count, in->account);
	more = lines_next(&answers, &in->connection->target.timeouts, &answer, &length, err);
	if (more <= 0)
		fputc('\n', stderr); /* Ctrl-D and Ctrl-C leave the cursor on the line */
	if (more < 0 && err->code == POP3_E_INTERRUPTED)
		pop3_fail(err, POP3_E_INTERRUPTED, "interrupted: nothing was deleted");
	if (more == 0 || (more > 0 && (length == 0 || (answer[0] != 'y' && answer[0] != 'Y'))))
		more = pop3_fail(err, POP3_E_INTERRUPTED, "nothing was deleted");
	lines_release(&answers);
	return more > 0 ? 0 : -1;
}

/* In a new session, nothing shows which message one without UID was. */
static int check_identity(const struct invocation *in, struct pop3_error *err)
{
	for (size_t i = 0; in->mailbox->is_renewed && i < in->messages->count; i++)
		if (messages_uid(in->messages, i)[0] == '\0')
			return pop3_fail(err, POP3_E_LOST,
					 "message %u has no UID, and may be another one in the new "
					 "session",
					 messages_entry(in->messages, i)->number);
	return 0;
}

static int ask(struct invocation *in, struct pop3_error *err)
{
	struct work *work;

	if (messages_choose(in->messages, POP3_LIST_UIDS, err) < 0 ||
	    messages_prove(in->messages, err) < 0 || check_identity(in, err) < 0)
		return -1;
	forget_attempt(in);
	in->work = work = calloc(1, sizeof *work + in->messages->count * sizeof *work->refusals);
	if (work == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	work->deletions.refused = note_refusal;
	work->in = in;
	work->count = in->messages->count;
	/* Marks belong to this session, so it will not be opened again. */
	forget_password(in);
	if (confirm(in, err) < 0)
		return -1;
	return is_dry(in) ? 0 : mark(in, err);
}

static int print_status(struct invocation *in, size_t i, const char *status,
			struct pop3_error *err)
{
	const struct pop3_error *const why = ((struct work *)in->work)->refusals[i].why;

	output_begin(in->output);
	messages_output(in, i);
	output_text(in->output, "status", status);
	if (why != NULL)
		output_failure(in->output, why);
	return output_end(in->output, err);
}

static int print(struct invocation *in, struct pop3_error *err)
{
	if (!is_dry(in)) {
		in->mailbox->unanswered--;
		return 0;
	}
	for (size_t i = 0; i < in->messages->count; i++)
		if (print_status(in, i, "would-delete", err) < 0)
			return -1;
	return 0;
}

/* They are marked again by the next ask. */
static int broke(struct invocation *in, const struct pop3_error *why, struct pop3_error *err)
{
	(void)why, (void)err;
	if (is_dry(in))
		return 0;
	for (size_t i = 0; i < in->messages->count; i++)
		mailbox_unmark(in->mailbox, in->messages->chosen[i]);
	in->mailbox->unanswered--;
	in->failed = 0;
	return 0;
}

static int after_quit(struct invocation *in, const struct pop3_error *quit, struct pop3_error *err)
{
	const struct work *const work = in->work;
	const size_t count = in->messages->count;
	const char **uids;
	int result = 0;

	if (is_dry(in))
		return 0;
	uids = calloc(count + 1, sizeof *uids);
	if (uids == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	for (size_t i = 0; i < count; i++)
		uids[i] = work->refusals[i].is_refused ? NULL : messages_uid(in->messages, i);
	state_file_note_deleted(in, uids, count, quit == NULL ? SEEN_DELETED : SEEN_ABSENT);
	free(uids);
	for (size_t i = 0; result == 0 && i < count; i++) {
		const char *const status = work->refusals[i].is_refused ? "failed"
					   : quit != NULL		? "unknown"
									: "deleted";

		result = print_status(in, i, status, err);
	}
	return result;
}

const struct command cmd_dele = {
	.name = "dele", .summary = "Delete messages",
	.operands = "MESSAGE...", .min = 1, .max = OPERANDS_ANY,
	.needs = NEEDS_SESSION | NEEDS_MESSAGES | REOPENS,
	.options = options, .options_size = sizeof(struct dele_options),
	.prepare = prepare, .ask = ask, .print = print, .broke = broke, .after_quit = after_quit,
	.release = forget_attempt,
	.examples = "  pop3 dele all --older-than 90d --dry-run\n"
		    "  pop3 dele last\n"
		    "  pop3 list | awk '$3 > 10000000' | pop3 dele -\n",
};
