/*
 * Moves messages from a session into a destination, in batches: they are written, synced, entered
 * in the journal, published, recorded as delivered (commit_batch), and only then reported. A batch
 * waits until all its messages are settled: with pipelined commands, an answer out of step may
 * belong to another message.
 */
#include "cmd/fetch/transfer.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/progress.h"
#include "mail/delivery-kind.h"
#include "mail/header-digest.h"
#include "mailbox/fetch-headers.h"
#include "pop3/pipelining.h"
#include "pop3/verbs.h"
#include "state/seen.h"

#define BATCH_MAX 1000			/* messages; no destination kind allows more */
#define BATCH_OCTETS (64UL * 1024 * 1024) /* after this many, the batch is delivered */
#define BATCH_MS 2000			/* the same: little stays undelivered on a slow line */

struct batch {
	struct pop3_receiver receiver;
	struct pop3_sink sink;
	struct header_digest digest; /* of the message being received */
	struct transfer *transfer;
	struct delivery_item items[BATCH_MAX + POP3_UNSETTLED_MAX + 1];
	size_t request_of[BATCH_MAX + POP3_UNSETTLED_MAX + 1]; /* of each item, its index */
	size_t count; /* complete messages; the one being received follows */
	struct delivery_item failed[POP3_UNSETTLED_MAX + 1]; /* to be reported when settled */
	size_t failed_request_of[POP3_UNSETTLED_MAX + 1];
	size_t failed_count;
	size_t first, next; /* indexes of requests: start of this round; next to end */
	struct suspect last; /* the last message received */
	uint64_t octets;
	int64_t started_ms; /* when the first message began */
	bool under_way;
	struct pop3_error end_failure; /* why the destination could not finish a message */
	struct pop3_error fatal; /* why nothing more can be delivered, if so */
};

static struct delivery_item *current(struct batch *b)
{
	return &b->items[b->count];
}

/* --- outcomes --- */

/* Skipped: larger than --max-size, although LIST gave a smaller size. */
static bool is_unwanted(const struct transfer *t, const struct delivery_item *item)
{
	return t->max_size > 0 && item->octets > t->max_size;
}

/*
 * Only a failure of the message itself counts against it. After a failure of the server or the
 * connection, the message comes last in the next run. A local failure is not recorded.
 */
static int note_failure(const struct transfer *t, const struct delivery_item *item,
			struct pop3_error *err)
{
	const enum pop3_code code = item->failure->code;
	const bool counts = (pop3_recovery(code, POP3_IN_MESSAGE) & POP3_COUNTS) != 0;

	if (!counts && code != POP3_E_TIMEOUT && code != POP3_E_LOST && code != POP3_E_SYS_TEMP)
		return 0;
	return seen_add_failure(t->journal.state, t->journal.cursor, item->uid,
				item->failure->text, counts, err);
}

/*
 * Whether the server was in step after all: without pipelining, the suspect message arrived just
 * as before, or a message broke the session again.
 */
static bool clears(const struct transfer *t, const struct delivery_item *item)
{
	const struct suspect *const suspect = &t->suspect;

	if (suspect->uid == NULL || is_unwanted(t, item))
		return false;
	if (item->failure != NULL && item->failure->code == POP3_E_PROTOCOL)
		return true;
	return strcmp(suspect->uid, item->uid) == 0 &&
	       (item->failure != NULL || item->octets == suspect->octets);
}

static int report_item(struct batch *b, struct delivery_item *item, size_t request,
		       struct pop3_error *err)
{
	struct transfer *const t = b->transfer;

	t->requests[request].number = 0; /* finished */
	if (clears(t, item)) {
		t->suspect.uid = NULL;
		pop3_session_judge_pipelining(t->session, false);
	}
	t->delivered += item->failure == NULL;
	if (item->failure != NULL && !is_unwanted(t, item) && note_failure(t, item, err) < 0)
		return -1;
	return t->report(t, item, err);
}

/* --- messages that failed --- */

/* Answers settle together, up to the last one received. */
static bool are_settled(const struct batch *b)
{
	return b->next <= b->first + b->receiver.settled;
}

static int report_settled(struct batch *b, struct pop3_error *err)
{
	int result = 0;

	if (!are_settled(b))
		return 0;
	for (size_t i = 0; i < b->failed_count && result == 0; i++)
		result = report_item(b, &b->failed[i], b->failed_request_of[i], err);
	b->failed_count = 0;
	return result;
}

/* --- a batch --- */

/*
 * Delivers a batch. publish may fail single items: it sets item->failure, and journal_commit
 * records only the items without a failure as delivered. A failure of this function is not a
 * message's and ends the transfer. Until the batch is in the journal, it is undone; from then on it
 * is left as it is. After that, as after a crash, journal_recover (state/journal.c) finishes it in
 * a later run.
 */
static int commit_batch(struct batch *b, struct pop3_error *err)
{
	struct delivery *const delivery = b->transfer->delivery;
	const struct delivery_kind *const kind = delivery->kind;

	if ((kind->sync != NULL && kind->sync(delivery, b->items, b->count, err) < 0) ||
	    journal_begin(&b->transfer->journal, b->items, b->count, err) < 0) {
		/* In reverse, since several may share a file. */
		for (size_t i = b->count; i > 0; i--)
			kind->abort(delivery, &b->items[i - 1]);
		if (kind->finish != NULL)
			kind->finish(delivery);
		return -1;
	}
	if ((kind->publish != NULL && kind->publish(delivery, b->items, b->count, err) < 0) ||
	    journal_commit(&b->transfer->journal, b->items, b->count, err) < 0)
		return -1;
	if (kind->finish != NULL)
		kind->finish(delivery);
	return 0;
}

/* A failure that ends the transfer is not a message's: it is reported once, at the end. */
static int stop(struct batch *b, const struct pop3_error *why)
{
	if (b->fatal.code == POP3_E_NONE)
		b->fatal = *why;
	return -1;
}

/* Also after the destination has failed: the messages completed earlier may still fit. */
static int flush_batch(struct batch *b, struct pop3_error *err)
{
	const bool is_lost = b->fatal.code != POP3_E_NONE && b->transfer->delivery->kind->is_stdout;

	if (b->fatal.code == POP3_E_NONE && report_settled(b, err) < 0)
		stop(b, err);
	if (b->count > 0 && !is_lost) {
		int result = commit_batch(b, err);

		for (size_t i = 0; result == 0 && i < b->count; i++)
			result = report_item(b, &b->items[i], b->request_of[i], err);
		if (result < 0)
			stop(b, err);
	}
	b->count = 0;
	b->octets = 0;
	if (b->fatal.code == POP3_E_NONE)
		return 0;
	*err = b->fatal;
	return -1;
}

/* --- one message --- */

/* A destination that is full, read-only or gone cannot take other messages either. */
static int fail_destination(struct batch *b, const struct pop3_error *why)
{
	if (b->transfer->delivery->kind->is_stdout || why->code == POP3_E_DESTINATION)
		stop(b, why);
	return -1;
}

static int take_octets(struct pop3_sink *sink, const char *data, size_t length,
		       struct pop3_error *err)
{
	struct batch *const b =
		(struct batch *)((char *)sink - offsetof(struct batch, sink));
	struct transfer *const t = b->transfer;
	struct delivery_item *const item = current(b);

	progress_advance(0, length);
	if (t->max_size > 0 && length > t->max_size - item->octets) {
		item->octets += length;
		return pop3_fail(err, POP3_E_REFUSED, TRANSFER_TOO_LARGE);
	}
	header_digest_feed(&b->digest, data, length);
	if (delivery_write(t->delivery, item, data, length, err) < 0)
		return fail_destination(b, err);
	return 0;
}

static void start_item(struct batch *b, size_t request)
{
	const struct transfer *const t = b->transfer;
	struct delivery_item *const item = current(b);

	delivery_item_clear(item);
	item->number = t->requests[request].number;
	item->uid = t->uids[request];
	item->listed = t->requests[request].octets;
	b->request_of[b->count] = request;
}

static bool is_flush_due(const struct batch *b)
{
	return b->count >= b->transfer->delivery->kind->batch || b->octets >= BATCH_OCTETS ||
	       (b->count > 0 && clock_coarse_ms() - b->started_ms >= BATCH_MS);
}

static struct pop3_sink *begin_message(struct pop3_receiver *receiver, size_t i,
				       struct pop3_error *err)
{
	struct batch *const b = (struct batch *)receiver;
	struct delivery *const delivery = b->transfer->delivery;

	b->transfer->retrieved++;
	/* The next message has begun, so the previous one really had ended. */
	if (report_settled(b, err) < 0)
		return NULL;
	if (are_settled(b) && is_flush_due(b) && flush_batch(b, err) < 0)
		return NULL;
	if (b->count == 0)
		b->started_ms = clock_coarse_ms();
	start_item(b, b->first + i);
	header_digest_begin(&b->digest, HEADER_OCTETS);
	b->under_way = delivery->kind->begin(delivery, current(b), err) == 0;
	if (!b->under_way)
		fail_destination(b, err);
	return b->under_way ? &b->sink : NULL;
}

static int end_message(struct pop3_receiver *receiver, size_t i, const struct pop3_error *failure,
	       struct pop3_error *err)
{
	struct batch *const b = (struct batch *)receiver;
	struct delivery *const delivery = b->transfer->delivery;
	struct delivery_item *const item = current(b);

	if (failure == NULL && delivery->kind->end(delivery, item, &b->end_failure) < 0) {
		fail_destination(b, &b->end_failure);
		failure = &b->end_failure;
	}
	if (!b->under_way)
		start_item(b, b->first + i); /* refused before any octet of it */
	if (failure != NULL && b->under_way)
		delivery->kind->abort(delivery, item);
	b->under_way = false;
	if (b->fatal.code != POP3_E_NONE) {
		*err = b->fatal;
		return -1;
	}
	if (report_settled(b, err) < 0)
		return -1;
	if (failure == NULL || failure->code == POP3_E_PROTOCOL)
		b->last = (struct suspect){ item->uid, item->octets };
	if (failure != NULL && pop3_session_phase(b->transfer->session) == POP3_UNSETTLED)
		return 0; /* it will be requested again */
	b->next = b->first + i + 1;
	progress_advance(1, 0);
	if (failure != NULL) {
		const struct delivery_item spare = b->failed[b->failed_count];

		delivery_item_fail(item, failure);
		b->failed[b->failed_count] = *item;
		b->failed_request_of[b->failed_count++] = b->first + i;
		*item = spare;
		return report_settled(b, err);
	}
	item->header = header_digest_end(&b->digest);
	b->octets += item->octets;
	b->count++;
	return b->transfer->at_once ? flush_batch(b, err) : 0;
}

/* --- the whole --- */

/*
 * The last message has not ended where it seemed to. If the message after it may be at fault
 * instead, the last one is requested again, followed by a command that is not about a message; on
 * stdout, where that would write it twice, its failure does not count.
 */
static void doubt_last(struct batch *b)
{
	const struct delivery_kind *const kind = b->transfer->delivery->kind;
	struct delivery_item *const item = &b->items[b->count - 1];
	struct pop3_request *const request =
		&b->transfer->requests[b->request_of[b->count - 1]];
	const bool is_unsure = b->receiver.either_failed && !request->is_doubted;
	struct pop3_error why, ignored;

	b->count--;
	if (is_unsure && !kind->is_stdout) {
		request->is_doubted = true;
		kind->abort(b->transfer->delivery, item);
		return;
	}
	pop3_fail(&why, is_unsure ? POP3_E_LOST : POP3_E_PROTOCOL,
		  "the server sent more after the end of the message");
	delivery_item_fail(item, &why);
	kind->abort(b->transfer->delivery, item);
	report_item(b, item, b->request_of[b->count], &ignored);
}

static int finish_broken(struct batch *b, struct pop3_error *err)
{
	struct transfer *const t = b->transfer;
	const enum pop3_phase phase = pop3_session_phase(t->session);
	const unsigned recovery = pop3_recovery(err->code, phase);
	const size_t settled = b->first + b->receiver.settled;
	struct pop3_error late;

	/* Unless another one followed it, the last message received whole is in doubt. */
	if ((recovery & POP3_DOUBTS) != 0 && b->count > 0 &&
	    b->request_of[b->count - 1] + 1 == b->next)
		doubt_last(b);
	/* Unsettled messages are requested again; their failures do not count. */
	for (; b->count > 0 && b->request_of[b->count - 1] >= settled; b->count--)
		t->delivery->kind->abort(t->delivery, &b->items[b->count - 1]);
	b->failed_count = 0;
	b->next = settled;
	if (phase == POP3_UNSETTLED)
		t->suspect = b->last;
	/* Deliver what was settled before the session broke, and report why it broke. */
	if (flush_batch(b, &late) < 0)
		*err = b->fatal;
	return -1;
}

/* After answers out of step, the first round ends with the message that clears(). */
static size_t round_length(const struct transfer *t, size_t first)
{
	size_t i = first;

	if (t->suspect.uid == NULL)
		return t->count - first;
	while (i + 1 < t->count && strcmp(t->uids[i], t->suspect.uid) != 0)
		i++;
	return i + 1 - first;
}

static int retrieve(struct batch *b, struct pop3_error *err)
{
	struct transfer *const t = b->transfer;

	for (size_t count; b->first < t->count; b->first += count) {
		count = round_length(t, b->first);
		b->next = b->first;
		if (pop3_retr(t->session, t->requests + b->first, count, &b->receiver, err) < 0)
			return finish_broken(b, err);
		if (flush_batch(b, err) < 0)
			return -1;
		if (t->suspect.uid != NULL)
			pop3_session_judge_pipelining(t->session, true);
		t->suspect.uid = NULL;
	}
	return 0;
}

int transfer_run(struct transfer *t, struct pop3_error *err)
{
	struct batch *const b = calloc(1, sizeof *b);
	size_t left = 0;
	int result;

	if (b == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	b->receiver = (struct pop3_receiver){
		.begin = begin_message, .end = end_message, .hangs_up = t->hangs_up,
	};
	b->sink.write = take_octets;
	b->transfer = t;
	result = retrieve(b, err);
	/* A message that is finished has the number 0. */
	for (size_t i = 0; i < t->count; i++) {
		if (t->requests[i].number == 0)
			continue;
		t->requests[left] = t->requests[i];
		t->uids[left++] = t->uids[i];
	}
	t->count = left;
	header_digest_release(&b->digest);
	for (size_t i = 0; i < sizeof b->items / sizeof b->items[0]; i++)
		delivery_item_release(&b->items[i]);
	for (size_t i = 0; i < sizeof b->failed / sizeof b->failed[0]; i++)
		delivery_item_release(&b->failed[i]);
	free(b);
	return result;
}
