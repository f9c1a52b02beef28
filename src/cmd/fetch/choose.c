/*
 * Which messages a fetch retrieves, and their numbers in the current session. The selectors, "new"
 * too, and the filters are applied before, by messages_choose (mailbox/messages.c).
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cmd/fetch/fetch.h"
#include "mailbox/mailbox.h"
#include "state/seen.h"

#define UNFINISHED INT_MAX	/* not a count: an unfinished delivery has it elsewhere */
#define MANY_KNOWN 10		/* UIDs: enough that nine tenths missing is no accident */
#define SLACK (1024UL * 1024)	/* octets by which LIST may always be wrong */

/* --- sizes --- */

uint64_t fetch_limit(const struct invocation *in, size_t i)
{
	const struct fetch_options *const options = in->options;
	uint64_t octets = messages_entry(in->messages, i)->octets;

	if (octets == POP3_OCTETS_UNKNOWN && options->max_size > 0)
		octets = options->max_size;
	if (octets >= UINT64_MAX / 4)
		return 0;
	return octets > SLACK ? 2 * octets : octets + SLACK;
}

bool fetch_is_too_large(const struct invocation *in, size_t i)
{
	const struct fetch_options *const options = in->options;
	const uint64_t max = options->max_size;
	const uint64_t octets = messages_entry(in->messages, i)->octets;

	return max > 0 && octets != POP3_OCTETS_UNKNOWN && octets > max;
}

/* --- UIDs that were all changed --- */

/* How the mailbox compares with the UIDs recorded for it. */
struct comparison {
	const char **uids;	       /* of the known messages, NULL for the others */
	uint64_t known, listed, others; /* recorded UIDs; those listed; other UIDs listed */
	bool moved;		       /* recorded messages have disappeared or come back */
};

static int compare(struct fetch *f, struct comparison *c, struct pop3_error *err)
{
	const struct pop3_listing *const listing = f->in->messages->listing;
	const char *const cursor = f->in->messages->cursor;
	uint64_t doomed, doomed_listed = 0;

	if (seen_count(f->in->state, cursor, &c->known, &doomed, err) < 0)
		return -1;
	state_begin_reading(f->in->state);
	for (size_t i = 0; i < listing->count; i++) {
		const char *const uid = pop3_listing_uid(listing, i);
		const struct seen *seen =
			uid != NULL ? seen_find(f->in->state, cursor, uid) : NULL;

		/* Another message under the same UID: the fetched one is not in the mailbox. */
		if (seen != NULL && !seen_is_known(seen, listing->entries[i].octets))
			seen = NULL;
		c->uids[i] = seen != NULL ? uid : NULL;
		c->others += uid != NULL && uid[0] != '\0' && seen == NULL;
		c->moved = c->moved || (seen != NULL && seen->place == SEEN_ABSENT);
		if (seen != NULL && seen->place == SEEN_THERE)
			*(seen->doomed ? &doomed_listed : &c->listed) += 1;
	}
	c->moved = c->moved || c->listed < c->known || doomed_listed < doomed;
	return state_end_reading(f->in->state, err);
}

static int fail_renumbered(const struct comparison *c, struct pop3_error *err)
{
	char listed[24] = "none";

	if (c->listed > 0)
		snprintf(listed, sizeof listed, "%llu", (unsigned long long)c->listed);
	return pop3_fail(err, POP3_E_CHANGED,
			 "the server has %s of the %llu messages that were fetched before, and "
			 "%llu unknown ones: have all UIDs changed? use --accept-new-uids to fetch "
			 "them",
			 listed, (unsigned long long)c->known, (unsigned long long)c->others);
}

/* Detects a server that changes its UIDs, and records which fetched messages are still there. */
static int check_mailbox(struct fetch *f, struct pop3_error *err)
{
	struct invocation *const in = f->in;
	const size_t count = in->messages->listing->count;
	const bool go_on = f->options->accept_new_uids ||
			   !selection_has(&in->messages->selection, SELECTOR_NEW);
	struct comparison c = { .uids = calloc(count + 1, sizeof *c.uids) };
	bool renumbered;
	int result;

	if (c.uids == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	result = compare(f, &c, err);
	/* Nine tenths, not all: the server may have reused a few of the UIDs for other messages. */
	renumbered = c.known >= MANY_KNOWN && c.others > 0 && c.listed <= c.known / 10;
	if (result == 0 && renumbered && !go_on)
		result = fail_renumbered(&c, err);
	f->is_proven = f->options->accept_new_uids || !renumbered;
	if (result == 0 && c.moved && f->is_proven)
		result = seen_note_listing(in->state, in->messages->cursor, c.uids, count,
					   err);
	/* If an earlier line of the batch retrieved them, they go with QUIT (EXPIRE 0). */
	if (result == 0 && c.moved && !in->is_last && !in->hang_up &&
	    pop3_session_expires(in->session))
		result = seen_set_place(in->state, c.uids, count, SEEN_ABSENT, err);
	free(c.uids);
	return result;
}

/* --- choosing --- */

/* Why a message is skipped, or NULL. */
static const char *reason_to_skip(const struct fetch *f, size_t i, int failures)
{
	const struct messages *const m = f->in->messages;

	if (fetch_is_too_large(f->in, i))
		return TRANSFER_TOO_LARGE;
	if (messages_are_named(m))
		return NULL;
	if (failures == UNFINISHED)
		return "its delivery to another destination is unfinished: name it by number or "
		       "UID to fetch it here";
	if (failures >= SEEN_FAILURES_MAX)
		return "it failed in three runs: name it by number or UID to try again";
	/* Without a UID, the next run could not know whether it was fetched. */
	if (pop3_listing_uid(m->listing, m->chosen[i]) == NULL)
		return "the server gives neither UID nor header: name it by number to fetch it";
	if (messages_uid(m, i)[0] == '\0')
		return "it has the same UID as another one, and the same size or header: name it "
		       "by number to fetch it";
	return NULL;
}

static int choose_one(struct fetch *f, size_t i, int failures, struct pop3_error *err)
{
	struct invocation *const in = f->in;
	const struct pop3_entry *const entry = messages_entry(in->messages, i);
	const char *const uid = messages_uid(in->messages, i);
	const char *const why = reason_to_skip(f, i, failures);

	if (why != NULL) {
		in->failed++;
		in->skipped++;
		warn(in, "message %u: %s", entry->number, why);
		buffer_clear(&f->path);
		return fetch_print_record(f, entry->number, uid, entry->octets, "skipped", NULL,
					  err);
	}
	f->transfer.uids[f->transfer.count] = uid;
	f->transfer.requests[f->transfer.count++] = (struct pop3_request){
		.number = entry->number, .limit = fetch_limit(in, i),
		.octets = entry->octets != POP3_OCTETS_UNKNOWN ? entry->octets : 0,
	};
	return 0;
}

/* Messages that are skipped do not count, or they could keep all others from being fetched. */
static void apply_limit(struct fetch *f, const int *failures)
{
	struct messages *const m = f->in->messages;
	size_t fetched = 0, count = 0;

	if (m->limit == 0)
		return;
	while (count < m->count && fetched < m->limit) {
		fetched += reason_to_skip(f, count, failures[count]) == NULL;
		count++;
	}
	messages_cut(m, count);
}

/* Messages that failed in earlier runs come last, so that they do not delay the others. */
static int choose_in_order(struct fetch *f, int *failures, struct pop3_error *err)
{
	const struct messages *const m = f->in->messages;
	const char *const cursor = m->cursor;
	bool any;

	state_begin_reading(f->in->state);
	any = seen_any_failure(f->in->state);
	for (size_t i = 0; i < m->count; i++)
		failures[i] = any ? seen_failures(f->in->state, cursor, messages_uid(m, i)) : -1;
	for (size_t i = 0; f->unfinished && i < m->count; i++)
		if (journal_has(f->in->state, cursor, messages_uid(m, i)))
			failures[i] = UNFINISHED;
	if (state_end_reading(f->in->state, err) < 0)
		return -1;
	apply_limit(f, failures);
	for (int later = 0; later <= 1; later++)
		for (size_t i = 0; i < m->count; i++)
			if ((failures[i] >= 0) == later && choose_one(f, i, failures[i], err) < 0)
				return -1;
	return 0;
}

int fetch_choose(struct fetch *f, struct pop3_error *err)
{
	struct state *const state = f->in->state;
	struct messages *const m = f->in->messages;
	struct transfer *const t = &f->transfer;
	int *failures; /* of each chosen message, from seen_failures */
	int result = 0;

	if (messages_choose(m, POP3_LIST_UIDS | POP3_LIST_OCTETS, err) < 0 ||
	    messages_prove(m, err) < 0)
		return -1;
	/* Messages named explicitly are fetched anyway, but prove nothing about other UIDs. */
	if (messages_are_named(m)) {
		state_begin_reading(state);
		f->is_proven = !seen_has_many(state, m->cursor, MANY_KNOWN);
		result = state_end_reading(state, err);
	} else {
		result = check_mailbox(f, err);
	}
	if (result < 0)
		return -1;
	free(t->requests);
	free(t->uids);
	t->count = 0;
	t->requests = calloc(m->count + 1, sizeof *t->requests);
	t->uids = calloc(m->count + 1, sizeof *t->uids);
	failures = calloc(m->count + 1, sizeof *failures);
	if (t->requests == NULL || t->uids == NULL || failures == NULL)
		result = pop3_fail(err, POP3_E_MEMORY, "out of memory");
	else
		result = choose_in_order(f, failures, err);
	free(failures);
	return result;
}

/* --- numbers in another session --- */

struct numbered {
	const char *uid;
	uint32_t number;
};

static int by_uid(const void *a, const void *b)
{
	return strcmp(((const struct numbered *)a)->uid, ((const struct numbered *)b)->uid);
}

/* Deleted by another client, or without a UID by which to find it. */
static int report_missing(struct fetch *f, size_t i, struct pop3_error *err)
{
	struct pop3_error why;

	pop3_fail(&why, POP3_E_LOST, "not found again in the new session");
	f->in->failed++;
	warn(f->in, "message %u: %s", f->transfer.requests[i].number, why.text);
	buffer_clear(&f->path);
	return fetch_print_record(f, f->transfer.requests[i].number, f->transfer.uids[i],
				  POP3_OCTETS_UNKNOWN, "failed", &why, err);
}

int fetch_renumber(struct fetch *f, struct pop3_error *err)
{
	struct transfer *const t = &f->transfer;
	const struct pop3_listing *const listing = &f->new_listing;
	const struct synthetic_uid_known known = {
		.state = f->in->state, .cursor = f->in->messages->cursor,
		.shared = &f->in->mailbox->shared,
	};
	/* Messages to delete are identified by their size, too. */
	const unsigned octets = fetch_has_to_delete(f) ? POP3_LIST_OCTETS : 0;
	struct numbered *now;
	size_t count = 0, left = 0;
	int result = 0;

	if (pop3_list(f->in->session, POP3_LIST_UIDS | octets, &f->new_listing, err) < 0)
		return -1;
	if (f->in->messages->listing->has_uids && !listing->has_uids)
		return pop3_fail(err, POP3_E_SYS_TEMP,
				 "the server refused UIDL, though it gave UIDs before");
	if (synthetic_uid_complete(f->in->session, &f->new_listing, &known, err) < 0)
		return -1;
	now = calloc(listing->count + 1, sizeof *now);
	if (now == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	for (size_t i = 0; i < listing->count; i++) {
		const char *const uid = pop3_listing_uid(listing, i);

		if (uid != NULL && uid[0] != '\0')
			now[count++] = (struct numbered){ uid, listing->entries[i].number };
	}
	qsort(now, count, sizeof *now, by_uid);
	for (size_t i = 0; result == 0 && i < t->count; i++) {
		const struct numbered wanted = { t->uids[i], 0 };
		const struct numbered *const found =
			bsearch(&wanted, now, count, sizeof *now, by_uid);

		if (found == NULL) {
			result = report_missing(f, i, err);
			continue;
		}
		t->requests[left] = t->requests[i];
		t->requests[left].number = found->number;
		t->uids[left++] = t->uids[i];
	}
	t->count = left;
	free(now);
	return result;
}
