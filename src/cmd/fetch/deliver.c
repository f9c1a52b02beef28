/* Fetching into a destination, with the state of the account. */
#include "cmd/fetch/private.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/connection.h"
#include "cli/output.h"
#include "cli/state-file.h"
#include "cli/warn.h"
#include "mail/delivery-kind.h"
#include "mailbox/synthetic-uid.h"
#include "pop3/pipelining.h"
#include "pop3/verbs.h"
#include "state/quirks.h"
#include "state/seen.h"

#define FAILURES_MAX 3		/* runs in which a message failed, after which it is left alone */
#define MANY_KNOWN 10		/* UIDs: that none of so many is there any more is no accident */
#define REOPENS_MAX 3		/* new sessions after a message that broke the old one */
#define SLACK (1024UL * 1024)	/* octets by which LIST may be wrong in any case */

const struct fetch_options *fetching_options(const struct invocation *in)
{
	return in->options;
}

/* --- before the session --- */

static bool is_absolute(const char *path)
{
	return path[0] == '/' || (path[0] == '~' && (path[1] == '/' || path[1] == '\0'));
}

static int append_here(struct buffer *out, struct pop3_error *err)
{
	char *const here = getcwd(NULL, 0);

	if (here == NULL)
		return pop3_fail_errno(err, POP3_E_DESTINATION, "the current folder");
	buffer_append_format(out, "%s/", here);
	free(here);
	return 0;
}

/*
 * "~" stands behind the scheme, where the shell leaves it alone. A path is made absolute, since
 * after a crash the next run may look for it from another folder.
 */
static int expand(struct buffer *out, const char *destination, struct pop3_error *err)
{
	const char *const path = delivery_path(destination);

	if (path == NULL) {
		buffer_append_text(out, destination);
		return buffer_check(out, POP3_E_USAGE, err);
	}
	buffer_append(out, destination, (size_t)(path - destination));
	if (!is_absolute(path) && append_here(out, err) < 0)
		return -1;
	file_expand(out, path);
	return buffer_check(out, POP3_E_USAGE, err);
}

static int open_destination(struct fetching *f, struct pop3_error *err)
{
	const struct invocation *const in = f->in;
	const struct delivery_settings settings = {
		.account = in->account, .crlf = fetching_options(in)->crlf,
		.timeouts = &in->connection->target.timeouts,
	};
	size_t settled;

	if (expand(&f->path, fetching_options(in)->output, err) < 0 ||
	    journal_recover(in->state, &settings, &settled, err) < 0)
		return -1;
	if (settled > 0)
		warn(in, "%zu messages of an interrupted run were there already", settled);
	f->transfer.delivery = delivery_open(f->path.data, &settings, err);
	if (f->transfer.delivery == NULL)
		return -1;
	if (f->transfer.delivery->kind->allow != NULL)
		f->transfer.delivery->kind->allow(f->transfer.delivery, &f->in->sandbox);
	return f->transfer.delivery->kind->tidy(f->transfer.delivery, err);
}

int fetching_prepare(struct invocation *in, struct pop3_error *err)
{
	struct fetching *const f = calloc(1, sizeof *f);

	if (f == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	in->work = f;
	f->in = in;
	if (state_file_open(in, STATE_WRITE, fetching_options(in)->wait_lock, err) < 0)
		return -1;
	return open_destination(f, err);
}

void fetching_release(struct invocation *in)
{
	struct fetching *const f = in->work;

	if (f == NULL)
		return;
	progress_end(&f->progress);
	delivery_close(f->transfer.delivery);
	buffer_release(&f->path);
	buffer_release(&f->shown);
	pop3_listing_release(&f->fresh);
	free(f->transfer.requests);
	free(f->transfer.uids);
	free(f->deleted);
	free(f->deleted_uids);
	free(f);
}

/* --- what is to be fetched --- */

uint64_t fetching_limit(const struct invocation *in, size_t i)
{
	const uint64_t max = fetching_options(in)->max_size;
	const uint64_t octets = messages_entry(in->messages, i)->octets;
	uint64_t limit = 0;

	if (octets != POP3_OCTETS_UNKNOWN && octets < UINT64_MAX / 4)
		limit = octets > SLACK ? 2 * octets : octets + SLACK;
	return max > 0 && (limit == 0 || max < limit) ? max : limit;
}

bool fetching_is_too_large(const struct invocation *in, size_t i)
{
	const uint64_t max = fetching_options(in)->max_size;
	const uint64_t octets = messages_entry(in->messages, i)->octets;

	return max > 0 && octets != POP3_OCTETS_UNKNOWN && octets > max;
}

static int count_present(struct fetching *f, const char **uids, uint64_t *present,
			 struct pop3_error *err)
{
	const struct pop3_listing *const listing = f->in->messages->listing;
	const char *const cursor = messages_cursor(f->in->messages);

	state_begin_reading(f->in->state);
	for (size_t i = 0; i < listing->count; i++) {
		const char *const uid = pop3_listing_uid(listing, i);

		uids[i] = uid != NULL ? uid : "";
		*present += seen_has(f->in->state, cursor, uids[i]);
	}
	return state_end_reading(f->in->state, err);
}

static int fail_changed(uint64_t kept, size_t others, struct pop3_error *err)
{
	return pop3_fail(err, POP3_E_CHANGED,
			 "the server has none of the %llu messages that were fetched, but %zu "
			 "others: were all UIDs changed? --accept-new-uids goes on",
			 (unsigned long long)kept, others);
}

/* What the mailbox holds against what is known of it: a server that renumbers is found out. */
static int check_uids(struct fetching *f, struct pop3_error *err)
{
	struct invocation *const in = f->in;
	const size_t count = in->messages->listing->count;
	const char *const cursor = messages_cursor(in->messages);
	const char **const uids = calloc(count + 1, sizeof *uids);
	uint64_t kept = 0, doomed = 0, present = 0;
	int result;

	if (uids == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	result = count_present(f, uids, &present, err);
	if (result == 0)
		result = seen_count(in->state, cursor, &kept, &doomed, err);
	if (result == 0 && kept >= MANY_KNOWN && present == 0 && count > 0 &&
	    !fetching_options(in)->accept_new_uids)
		result = fail_changed(kept, count, err);
	if (result == 0 && kept + doomed > present)
		result = seen_keep_only(in->state, cursor, uids, count, err);
	free(uids);
	return result;
}

static int report(struct transfer *transfer, const struct delivery_item *item,
		  struct pop3_error *err)
{
	struct fetching *const f = transfer->arg;
	struct output *const output = f->in->output;
	const bool failed = item->failure != NULL;

	progress_advance(&f->progress, 1, 0);
	if (failed) {
		f->in->failed++;
		progress_end(&f->progress);
		warn(f->in, "message %u: %s", item->number, item->failure->text);
	}
	if (transfer->delivery->kind->is_stdout)
		return 0;
	output_begin(output);
	output_number(output, "number", item->number);
	output_text(output, "uid", item->uid);
	output_number(output, "octets", item->octets);
	output_text(output, "status", failed ? "failed" : "fetched");
	if (failed) {
		output_unknown(output, "path");
	} else {
		buffer_clear(&f->shown);
		delivery_show_path(transfer->delivery, item, &f->shown);
		output_octets(output, "path", buffer_text(&f->shown), f->shown.length);
	}
	return output_end(output, err);
}

static void advance(struct transfer *transfer, size_t octets)
{
	progress_advance(&((struct fetching *)transfer->arg)->progress, 0, octets);
}

/* A message that is not even tried. */
static int pass_over(struct fetching *f, size_t i, const char *why, struct pop3_error *err)
{
	struct output *const output = f->in->output;
	const struct pop3_entry *const entry = messages_entry(f->in->messages, i);

	f->in->failed++;
	warn(f->in, "message %u: %s", entry->number, why);
	if (f->transfer.delivery->kind->is_stdout)
		return 0;
	output_begin(output);
	messages_output(f->in, i);
	if (entry->octets != POP3_OCTETS_UNKNOWN)
		output_number(output, "octets", entry->octets);
	else
		output_unknown(output, "octets");
	output_text(output, "status", "skipped");
	output_unknown(output, "path");
	return output_end(output, err);
}

/* Why a message is not tried, or NULL. */
static const char *reason_to_pass(const struct fetching *f, size_t i, unsigned failures)
{
	const struct messages *const m = f->in->messages;

	if (fetching_is_too_large(f->in, i))
		return "larger than --max-size";
	if (messages_are_named(m))
		return NULL;
	if (failures >= FAILURES_MAX)
		return "it failed in three runs: name it by number or UID to try again";
	/* Nobody could tell whether it was fetched already, or another one. */
	if (messages_uid(m, i)[0] == '\0')
		return "the server shows neither UID nor header: name it by number to fetch it";
	return NULL;
}

static int choose_one(struct fetching *f, size_t i, unsigned failures, struct pop3_error *err)
{
	const struct messages *const m = f->in->messages;
	const char *const why = reason_to_pass(f, i, failures);

	if (why != NULL)
		return pass_over(f, i, why, err);
	f->transfer.uids[f->transfer.count] = messages_uid(m, i);
	f->transfer.requests[f->transfer.count++] = (struct pop3_request){
		.number = messages_entry(m, i)->number, .limit = fetching_limit(f->in, i),
	};
	return 0;
}

/* Those that failed before come last, so that they hold up no other. */
static int choose_in_order(struct fetching *f, unsigned *failures, struct pop3_error *err)
{
	const struct messages *const m = f->in->messages;
	const char *const cursor = messages_cursor(m);
	bool any;

	state_begin_reading(f->in->state);
	any = seen_any_failure(f->in->state);
	for (size_t i = 0; any && i < m->count; i++)
		failures[i] = seen_failures(f->in->state, cursor, messages_uid(m, i));
	if (state_end_reading(f->in->state, err) < 0)
		return -1;
	for (int later = 0; later <= 1; later++)
		for (size_t i = 0; i < m->count; i++)
			if ((failures[i] > 0) == later && choose_one(f, i, failures[i], err) < 0)
				return -1;
	return 0;
}

static int choose_messages(struct fetching *f, struct pop3_error *err)
{
	const size_t count = f->in->messages->count;
	unsigned *const failures = calloc(count + 1, sizeof *failures);
	struct transfer *const t = &f->transfer;
	int result;

	free(t->requests);
	free(t->uids);
	t->count = 0;
	t->requests = calloc(count + 1, sizeof *t->requests);
	t->uids = calloc(count + 1, sizeof *t->uids);
	if (t->requests == NULL || t->uids == NULL || failures == NULL)
		result = pop3_fail(err, POP3_E_MEMORY, "out of memory");
	else
		result = choose_in_order(f, failures, err);
	free(failures);
	return result;
}

/* --- fetching --- */

static void start_progress(struct fetching *f)
{
	const struct messages *const m = f->in->messages;
	uint64_t octets = 0;

	for (size_t i = 0; i < m->count; i++)
		if (messages_entry(m, i)->octets != POP3_OCTETS_UNKNOWN)
			octets += messages_entry(m, i)->octets;
	progress_start(&f->progress, (enum progress_when)fetching_options(f->in)->progress,
		       f->transfer.count, octets);
}

/* A server that deletes what it has sent: nothing is asked for before the last one is safe. */
static void heed_expire(struct fetching *f)
{
	if (!pop3_capa_lists(pop3_session_capa(f->in->session), "EXPIRE", "0"))
		return;
	warn(f->in, "the server deletes what was fetched (EXPIRE 0): one message at a time");
	pop3_session_lock_step(f->in->session);
	f->transfer.at_once = true;
}

struct numbered {
	const char *uid;
	uint32_t number;
};

static int by_uid(const void *a, const void *b)
{
	return strcmp(((const struct numbered *)a)->uid, ((const struct numbered *)b)->uid);
}

/* The numbers of the new session; what it does not have is done with. */
static void renumber_by(struct fetching *f, struct numbered *now, size_t count)
{
	struct transfer *const t = &f->transfer;

	qsort(now, count, sizeof *now, by_uid);
	for (size_t i = 0; i < t->count; i++) {
		const struct numbered wanted = { t->uids[i], 0 };
		const struct numbered *const found =
			bsearch(&wanted, now, count, sizeof *now, by_uid);

		if (t->requests[i].number != 0)
			t->requests[i].number = found != NULL ? found->number : 0;
	}
}

static int renumber(struct fetching *f, struct pop3_error *err)
{
	const struct pop3_listing *const listing = &f->fresh;
	struct numbered *now;
	size_t count = 0;

	if (pop3_list(f->in->session, POP3_LIST_UIDS, &f->fresh, err) < 0 ||
	    synthetic_uid_complete(f->in->session, &f->fresh, err) < 0)
		return -1;
	now = calloc(listing->count + 1, sizeof *now);
	if (now == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	for (size_t i = 0; i < listing->count; i++)
		if (pop3_listing_uid(listing, i) != NULL)
			now[count++] = (struct numbered){ pop3_listing_uid(listing, i),
							  listing->entries[i].number };
	renumber_by(f, now, count);
	free(now);
	return 0;
}

static size_t count_undone(const struct transfer *t)
{
	size_t undone = 0;

	for (size_t i = 0; i < t->count; i++)
		undone += t->requests[i].number != 0;
	return undone;
}

/* A message that breaks the session is that message's failure: the others get a new one. */
static int fetch_all(struct fetching *f, struct pop3_error *err)
{
	struct transfer *const t = &f->transfer;

	for (int reopens = 0;; reopens++) {
		const size_t before = count_undone(t);

		if (transfer_run(t, err) == 0)
			return 0;
		/* What other commands have done in the session would be lost with it. */
		if (!f->in->is_last || err->code != POP3_E_PROTOCOL || reopens == REOPENS_MAX ||
		    count_undone(t) == 0 || count_undone(t) == before)
			return -1;
		warn(f->in, "%s: going on with a new session", err->text);
		if (pop3_session_reopen(f->in->session, err) < 0 || renumber(f, err) < 0)
			return -1;
	}
}

/* --- the whole --- */

static int keep_quirks(struct fetching *f, struct pop3_error *err)
{
	const char *quirk;

	for (size_t i = 0; (quirk = pop3_session_quirk(f->in->session, i)) != NULL; i++)
		if (quirks_add(f->in->state, quirk, time(NULL), err) < 0)
			return -1;
	return 0;
}

int fetching_run(struct invocation *in, struct pop3_error *err)
{
	struct fetching *const f = in->work;
	struct pop3_error ignored;
	int result;

	f->deleted_count = 0;
	pop3_listing_release(&f->fresh);
	if (messages_choose(in, POP3_LIST_UIDS | POP3_LIST_OCTETS, err) < 0)
		return -1;
	if (messages_need_state(in->messages) && check_uids(f, err) < 0)
		return -1;
	if (choose_messages(f, err) < 0)
		return -1;
	f->transfer.session = in->session;
	f->transfer.journal = (struct journal){
		.state = in->state, .cursor = messages_cursor(in->messages),
		.destination = f->path.data, .doomed = fetching_options(in)->delete,
		.can_settle = f->transfer.delivery->kind->settle != NULL,
	};
	state_relax(in->state, f->transfer.delivery->kind->is_stdout);
	f->transfer.report = report;
	f->transfer.advance = advance;
	f->transfer.arg = f;
	heed_expire(f);
	start_progress(f);
	result = fetch_all(f, err);
	progress_end(&f->progress);
	if (keep_quirks(f, result < 0 ? &ignored : err) < 0 || result < 0)
		return -1;
	return fetching_delete_due(f, err);
}
