/*
 * pop3 fetch: whole messages, to stdout or into a destination, each exactly once there. The steps
 * of a fetch into a destination are in prepare, fetch_into_destination, before_quit and after_quit.
 * A message is delivered once commit_batch (transfer.c) has published it and recorded it in the
 * state.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/connection.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cmd/commands.h"
#include "cmd/fetch/fetch.h"
#include "mail/delivery-kind.h"
#include "mailbox/mailbox.h"
#include "options/config.h"
#include "pop3/pipelining.h"
#include "state/quirks.h"
#include "state/seen.h"

#define FUTILE_MAX 3 /* sessions in a row that broke without progress */

#define FIELD(name) offsetof(struct fetch_options, name)

static const struct option_spec options[] = {
	{ OPTION_TEXT, 'o', "output", FIELD(output), "DEST", DELIVERY_FORMS, NULL },
	{ OPTION_FLAG, 0, "delete", FIELD(delete), NULL,
	  "delete messages once they are safe on disk", NULL },
	{ OPTION_DURATION, 0, "delete-after", FIELD(delete_after), "TIME",
	  "delete messages this long after they were fetched", NULL },
	{ OPTION_FLAG, 0, "peek", FIELD(peek), NULL,
	  "end without QUIT, so that the server records nothing", NULL },
	{ OPTION_FLAG, 0, "crlf", FIELD(crlf), NULL, "keep CRLF in Maildir and mbox", NULL },
	{ OPTION_SIZE, 0, "max-size", FIELD(max_size), "SIZE", "skip larger messages",
	  NULL },
	{ OPTION_NUMBER, 0, "wait-lock", FIELD(wait_lock), "SECONDS",
	  "wait for another run on this account", "0" },
	{ OPTION_FLAG, 0, "accept-new-uids", FIELD(accept_new_uids), NULL,
	  "continue although the server has changed all UIDs", NULL },
	{ OPTION_CHOICE, 0, "progress", FIELD(progress), "auto|always|never",
	  "show progress on stderr", "auto" },
	{ OPTION_END, 0, NULL, 0, NULL, NULL, NULL },
};

/* --- to stdout --- */

struct stdout_sink {
	struct pop3_sink sink;
	struct output *output;
	bool raw; /* unchanged, even at a terminal */
	uint64_t max_size, octets; /* limit in octets, 0 = none; octets received */
};

static int write_to_stdout(struct pop3_sink *sink, const char *data, size_t length,
			   struct pop3_error *err)
{
	struct stdout_sink *const s = (struct stdout_sink *)sink;

	progress_advance(0, length);
	s->octets += length;
	if (s->max_size > 0 && s->octets > s->max_size)
		return pop3_fail(err, POP3_E_REFUSED, TRANSFER_TOO_LARGE);
	return (s->raw ? output_raw : output_mail)(s->output, data, length, err);
}

static int pass_over(struct invocation *in, uint32_t number)
{
	in->failed++;
	in->skipped++;
	warn(in, "message %u: %s", number, TRANSFER_TOO_LARGE);
	return 0;
}

static int fetch_to_stdout(struct invocation *in, struct pop3_error *err)
{
	const struct fetch_options *const o = in->options;
	struct stdout_sink out = {
		.sink = { write_to_stdout }, .output = in->output, .raw = o->output != NULL,
		.max_size = o->max_size,
	};
	struct pop3_request request = { 0 };
	uint64_t octets;
	int result;

	if (messages_choose(in->messages, POP3_LIST_OCTETS, err) < 0 ||
	    messages_prove(in->messages, err) < 0 || mailbox_learn_expiry(in->session, err) < 0)
		return -1;
	/* What is written cannot be taken back, so the session will not be opened again. */
	forget_password(in);
	if (in->messages->count == 0)
		return 0;
	request.number = messages_entry(in->messages, 0)->number;
	if (fetch_is_too_large(in, 0))
		return pass_over(in, request.number);
	request.limit = fetch_limit(in, 0);
	octets = messages_entry(in->messages, 0)->octets;
	if (isatty(STDOUT_FILENO) != 1)
		progress_begin((enum progress_when)o->progress, "message", 1,
			       octets != POP3_OCTETS_UNKNOWN ? octets : 0);
	result = pop3_retr_one(in->session, &request, &out.sink, err);
	progress_end();
	if (result == 0)
		return 0;
	in->mailbox->must_stay = in->mailbox->must_stay || pop3_session_expires(in->session);
	if (err->code == POP3_E_REFUSED && out.octets > 0)
		return pass_over(in, request.number);
	return -1;
}

/* --- the destination --- */

/*
 * The shell does not expand a "~" after the scheme. Paths are made absolute, since the run that
 * recovers from a crash may start in another directory.
 */
static int expand(struct buffer *out, const char *destination, struct pop3_error *err)
{
	const char *const path = delivery_path(destination);
	const bool in_home = path != NULL && path[0] == '~' && (path[1] == '/' || path[1] == '\0');

	if (path == NULL) {
		buffer_append_text(out, destination);
		return buffer_check(out, POP3_E_USAGE, err);
	}
	buffer_append(out, destination, (size_t)(path - destination));
	if (path[0] != '/' && !in_home) {
		char *const directory = getcwd(NULL, 0);

		if (directory == NULL)
			return pop3_fail_errno(err, POP3_E_DESTINATION,
					       "cannot find the current directory");
		buffer_append_format(out, "%s/", directory);
		free(directory);
	}
	return file_expand(out, path, err);
}

/* Only the messages of that delivery wait, unless this fetch has the same destination. */
static int postpone(struct journal_recovery *recovery, const char *destination,
		    const struct pop3_error *why, struct pop3_error *err)
{
	struct fetch *const f = recovery->arg;

	if (why->code == POP3_E_INTERRUPTED || strcmp(destination, f->destination.data) == 0) {
		*err = *why;
		return -1;
	}
	warn(f->in, "%s: its messages are left for a later run", why->text);
	f->unfinished = true;
	return 0;
}

/* Recovers the unfinished deliveries of earlier runs, to any destination, then opens this one. */
static int open_destination(struct fetch *f, struct pop3_error *err)
{
	struct invocation *const in = f->in;
	struct delivery_settings settings = {
		.tracer = in->connection->target.tracer,
		.account = in->account, .crlf = f->options->crlf,
		.to_terminal = isatty(STDOUT_FILENO) == 1,
		.timeouts = &in->connection->target.timeouts,
	};
	struct journal_recovery recovery = { .postpone = postpone, .arg = f };
	struct delivery *delivery;

	settings.mark = state_mark(in->state, err);
	if (settings.mark == NULL || expand(&f->destination, f->options->output, err) < 0 ||
	    journal_recover(in->state, &settings, &recovery, err) < 0)
		return -1;
	if (recovery.arrived > 0)
		warn(in, "%zu messages from an interrupted run had already been delivered",
		     recovery.arrived);
	delivery = delivery_open(f->destination.data, &settings, err);
	f->transfer.delivery = delivery;
	if (delivery == NULL)
		return err->code != POP3_E_USAGE ? -1 :
		       config_blame(in->config, in->connection->account, in->set, "output", err);
	if (delivery->kind->allow != NULL)
		delivery->kind->allow(delivery, &in->sandbox);
	return delivery->kind->tidy != NULL ? delivery->kind->tidy(delivery, err) : 0;
}

/* --- records --- */

int fetch_print_record(struct fetch *f, uint32_t number, const char *uid, uint64_t octets,
		       const char *status, const struct pop3_error *why, struct pop3_error *err)
{
	struct output *const output = f->in->output;

	if (f->transfer.delivery->kind->is_stdout)
		return 0; /* stdout holds the messages: no records between them */
	output_begin(output);
	output_number(output, "number", number);
	output_text(output, "uid", uid);
	output_octet_count(output, "octets", octets);
	output_text(output, "status", status);
	if (f->path.length > 0)
		output_octets(output, "path", f->path.data, f->path.length);
	else
		output_unknown(output, "path");
	if (why != NULL)
		output_failure(output, why);
	return output_end(output, err);
}

/* By number, since a message may have no UID. */
static int note_stored(struct fetch *f, uint32_t number, struct pop3_error *err)
{
	uint32_t *const stored =
		array_room(f->stored, f->stored_count, &f->stored_capacity, sizeof *stored);

	if (stored == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	f->stored = stored;
	f->stored[f->stored_count++] = number;
	return 0;
}

/* Such a failure is also that of the run, which reports it. */
static bool has_ended_session(const struct fetch *f, const struct pop3_error *failure)
{
	return (failure->code == POP3_E_LOST || failure->code == POP3_E_TIMEOUT) &&
	       pop3_session_phase(f->in->session) == POP3_IN_MESSAGE;
}

static int report(struct transfer *transfer, const struct delivery_item *item,
		  struct pop3_error *err)
{
	struct fetch *const f = transfer->arg;
	const bool failed = item->failure != NULL;

	if (failed && item->failure->code == POP3_E_INTERRUPTED)
		return 0; /* the run was interrupted, which is reported once */
	progress_advance(0, 0); /* redraw: storing takes time, too */
	buffer_clear(&f->path);
	if (failed) {
		f->in->failed++;
		if (!has_ended_session(f, item->failure))
			warn(f->in, "message %u: %s", item->number, item->failure->text);
	} else {
		f->fetched++;
		delivery_show_path(transfer->delivery, item, &f->path);
		if (f->options->delete && note_stored(f, item->number, err) < 0)
			return -1;
	}
	return fetch_print_record(f, item->number, item->uid, item->octets,
				  failed ? "failed" : "fetched", item->failure, err);
}

/* --- the steps --- */

/* A server may delete what it has sent: request a message only once the previous one is safe. */
static int heed_expire(struct fetch *f, struct pop3_error *err)
{
	struct pop3_session *const session = f->in->session;

	if (mailbox_learn_expiry(session, err) < 0)
		return -1;
	f->transfer.at_once = pop3_session_expires(session);
	if (!f->transfer.at_once)
		return 0;
	warn(f->in, "the server deletes messages once fetched (EXPIRE 0): fetching one at a time");
	pop3_session_lock_step(session);
	/* A message read to its end but not stored would rule out QUIT: hang up instead. */
	for (size_t i = 0; f->options->max_size > 0 && i < f->transfer.count; i++)
		f->transfer.requests[i].limit = f->options->max_size;
	return 0;
}

/* How often the messages left may still be requested. */
static size_t count_tries(const struct transfer *t)
{
	size_t tries = 0;

	for (size_t i = 0; i < t->count; i++)
		tries += t->requests[i].is_doubted ? 1 : 2;
	return tries;
}

static bool may_go_on(const struct fetch *f, unsigned recovery, unsigned futile)
{
	const struct transfer *const t = &f->transfer;

	if ((recovery & POP3_RECONNECT) == 0 || futile > FUTILE_MAX)
		return false;
	if ((recovery & POP3_LOCK_STEP) == 0)
		return futile == 0;
	/* Octets already written to stdout cannot be taken back: it would get them twice. */
	return !t->delivery->kind->is_stdout || t->retrieved == 0;
}

/* In a batch, other lines rely on the numbers and on their marks. */
static int reopen(struct fetch *f, struct pop3_error *err)
{
	struct invocation *const in = f->in;

	if (!in->is_last) {
		if (mailbox_reopen(in->mailbox, &in->mailbox->listing, in->session, err) < 0 ||
		    messages_prove(in->messages, err) < 0)
			return -1;
		return mailbox_learn_expiry(in->session, err);
	}
	f->is_reopened = true;
	f->stored_count = 0; /* the same number may be another message */
	if (pop3_session_reopen(in->session, err) < 0 || fetch_renumber(f, err) < 0)
		return -1;
	return mailbox_learn_expiry(in->session, err);
}

/*
 * A message that breaks the session fails alone: a new session is opened for the other messages
 * and for the deletions.
 */
static int transfer_all(struct fetch *f, struct pop3_error *err)
{
	struct transfer *const t = &f->transfer;

	for (unsigned futile = 0;;) {
		const size_t before = count_tries(t);
		unsigned recovery;

		if (transfer_run(t, err) == 0)
			return 0;
		recovery = pop3_recovery(err->code, pop3_session_phase(t->session));
		futile = count_tries(t) < before ? 0 : futile + 1;
		if (!may_go_on(f, recovery, futile))
			return -1;
		if (f->in->is_last && t->count == 0 && !fetch_has_to_delete(f)) {
			f->in->hang_up = true;
			return 0;
		}
		warn(f->in, "%s: continuing in a new session", err->text);
		if ((recovery & POP3_LOCK_STEP) != 0)
			pop3_session_lock_step(t->session);
		if (reopen(f, err) < 0)
			return -1;
		t->retrieved = t->delivered = 0;
	}
}

static int keep_quirks(struct fetch *f, struct pop3_error *err)
{
	const char *quirk;

	for (size_t i = 0; (quirk = pop3_session_quirk(f->in->session, i)) != NULL; i++)
		if (quirks_add(f->in->state, quirk, time(NULL), err) < 0)
			return -1;
	return 0;
}

/*
 * QUIT would delete what could not be stored, too (EXPIRE 0). What is stored can be deleted in a
 * session that has retrieved nothing.
 */
static bool reopen_to_delete(struct fetch *f)
{
	struct invocation *const in = f->in;
	struct pop3_error why;

	if (!in->is_last || f->options->peek ||
	    (f->options->delete_after == 0 && !seen_any_doomed(in->state)))
		return false;
	warn(in, "deleting in a new session, as QUIT in this one would delete messages that could "
		 "not be stored");
	if (reopen(f, &why) < 0) {
		warn(in, "%s", why.text);
		return false;
	}
	in->mailbox->must_stay = false;
	return true;
}

static int fetch_into_destination(struct fetch *f, struct pop3_error *err)
{
	struct transfer *const t = &f->transfer;
	struct invocation *const in = f->in;
	uint64_t octets = 0;
	size_t count;
	struct pop3_error ignored;
	int result;

	f->marked_count = 0;
	f->is_reopened = false;
	pop3_listing_release(&f->new_listing);
	if (fetch_choose(f, err) < 0 || heed_expire(f, err) < 0)
		return -1;
	t->session = in->session;
	t->hangs_up = in->is_last;
	t->max_size = f->options->max_size;
	t->retrieved = t->delivered = f->stored_count = f->fetched = 0;
	t->journal = (struct journal){
		.state = in->state, .cursor = in->messages->cursor,
		.destination = f->destination.data, .doomed = f->options->delete && in->is_last,
		.place = f->is_proven && (!t->at_once || in->hang_up) ? SEEN_THERE : SEEN_ABSENT,
		.can_recover = t->delivery->kind->recover != NULL,
	};
	state_relax(in->state, t->delivery->kind->is_stdout);
	count = t->count;
	for (size_t i = 0; i < count; i++)
		octets += t->requests[i].octets;
	progress_begin((enum progress_when)f->options->progress, "message", count, octets);
	result = transfer_all(f, err);
	progress_end();
	/* Delivered messages stay in the destination; without QUIT, the server keeps all. */
	if (result < 0 && err->code == POP3_E_INTERRUPTED && !t->delivery->kind->is_stdout)
		pop3_fail(err, POP3_E_INTERRUPTED,
			  "interrupted: %zu of %zu messages were fetched, nothing was deleted",
			  f->fetched, count);
	in->mailbox->must_stay = in->mailbox->must_stay ||
				 (t->at_once && (result < 0 || t->retrieved > t->delivered));
	if (in->mailbox->must_stay && (result < 0 || !reopen_to_delete(f)))
		warn(in, "ending without QUIT, which would delete messages that could not be "
			 "stored");
	if (keep_quirks(f, result < 0 ? &ignored : err) < 0 || result < 0)
		return -1;
	return in->mailbox->must_stay || in->hang_up ? 0 : fetch_mark(f, err);
}

/* --- the command --- */

/*
 * A single message to stdout is written as it is: it bypasses transfer.c and is not recorded.
 * "mbox:-" is a destination like the others, of a kind that is_stdout.
 */
static bool is_to_stdout(const struct fetch_options *o)
{
	return o->output == NULL || strcmp(o->output, "-") == 0;
}

/* The deletion may come from the configuration, which the user may not have in mind. */
static int fail_deletion(const struct invocation *in, const char *why, struct pop3_error *err)
{
	const bool always = ((const struct fetch_options *)in->options)->delete;
	const enum option_source source = option_origin(in->set, always ? "delete" : "delete-after");

	if (source != FROM_ACCOUNT && source != FROM_DEFAULTS)
		return pop3_fail(err, POP3_E_USAGE, "%s", why);
	return pop3_fail(err, POP3_E_USAGE, "%s (or use %s: the configuration has '%s')", why,
			 always ? "--delete=no" : "--delete-after 0",
			 always ? "delete" : "delete_after");
}

static int check_options(const struct invocation *in, struct pop3_error *err)
{
	const struct fetch_options *const o = in->options;
	const bool deletes = o->delete || o->delete_after > 0;

	if (deletes && (is_to_stdout(o) || delivery_loses_messages(o->output)))
		return fail_deletion(
			in, "--delete needs a destination that keeps messages: use --output", err);
	if (deletes && o->peek)
		return fail_deletion(
			in, "--peek ends without QUIT, so it cannot be used with --delete", err);
	if (is_to_stdout(o) && in->messages->limit != 1 &&
	    !selection_is_one(&in->messages->selection))
		return pop3_fail(err, POP3_E_USAGE,
				 "stdout takes a single message (7, last, uid:X, or any with "
				 "--limit 1): use --output for more");
	return 0;
}

/* Runs before the session: everything that can fail without one fails here. */
static int prepare(struct invocation *in, struct pop3_error *err)
{
	const struct fetch_options *const o = in->options;
	const enum option_source source = option_origin(in->set, "output");
	struct fetch *f;

	if (check_options(in, err) < 0)
		return -1;
	in->hang_up = in->hang_up || o->peek;
	if (is_to_stdout(o))
		return 0;
	/* Who asks for one message may want to read it, and has forgotten what the account says. */
	if ((source == FROM_ACCOUNT || source == FROM_DEFAULTS) &&
	    (selection_is_one(&in->messages->selection) || in->messages->limit == 1))
		warn(in, "delivering to %s, as 'output' in the configuration says; use '-o -' for "
			 "standard output", o->output);
	f = in->work = calloc(1, sizeof *f);
	if (f == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	f->in = in;
	f->options = o;
	in->messages->limits_later = true;
	f->transfer.report = report;
	f->transfer.arg = f;
	if (state_file_open(in, STATE_WRITE, o->wait_lock, err) < 0)
		return -1;
	return open_destination(f, err);
}

static int run(struct invocation *in, struct pop3_error *err)
{
	return in->work != NULL ? fetch_into_destination(in->work, err) : fetch_to_stdout(in, err);
}

static int before_quit(struct invocation *in, struct pop3_error *err)
{
	return in->work != NULL ? fetch_doom(in->work, err) : 0;
}

static int after_quit(struct invocation *in, const struct pop3_error *quit, struct pop3_error *err)
{
	const struct fetch *const f = in->work;

	(void)err;
	if (quit == NULL && f != NULL)
		state_file_note_deleted(in, f->marked_uids, f->marked_count, SEEN_DELETED);
	return 0;
}

static void release(struct invocation *in)
{
	struct fetch *const f = in->work;

	if (f == NULL)
		return;
	delivery_close(f->transfer.delivery);
	buffer_release(&f->destination);
	buffer_release(&f->path);
	pop3_listing_release(&f->new_listing);
	free(f->transfer.requests);
	free(f->transfer.uids);
	free(f->stored);
	free(f->marked);
	free(f->marked_uids);
	free(f);
}

const struct command cmd_fetch = {
	.name = "fetch", .summary = "Fetch messages to standard output or a destination",
	.operands = "MESSAGE...", .min = 1, .max = OPERANDS_ANY,
	.needs = NEEDS_SESSION | NEEDS_MESSAGES | REOPENS,
	.options = options, .options_size = sizeof(struct fetch_options),
	.prepare = prepare, .run = run, .before_quit = before_quit, .after_quit = after_quit,
	.release = release,
	.examples = "  pop3 fetch last\n"
		    "  pop3 fetch new -o maildir:~/Maildir\n"
		    "  pop3 fetch new --delete-after 14d -o mbox:~/mail\n"
		    "  pop3 fetch all --match 'from~ann@' -o dir:ann\n",
};
