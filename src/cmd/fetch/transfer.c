/*
 * From a session into a destination, a batch at a time: written, synced, written down, named,
 * struck off, and only then told. The last message of a batch waits until the server's next
 * status line shows that its end was one.
 */
#include "cmd/fetch/transfer.h"

#include <stdlib.h>

#include "base/clock.h"
#include "mail/delivery-kind.h"
#include "pop3/verbs.h"
#include "state/seen.h"

#define BATCH_MAX 1000			/* messages; no kind of destination takes more */
#define BATCH_OCTETS (64UL * 1024 * 1024) /* after which a batch is delivered */
#define BATCH_MS 2000			/* the same: a slow line does not leave much undone */

struct moving {
	struct pop3_receiver receiver;
	struct pop3_sink sink;
	struct transfer *transfer;
	struct delivery_item items[BATCH_MAX + 1];
	size_t place_of[BATCH_MAX + 1];
	size_t count; /* whole ones; the one under way is the next */
	uint64_t octets;
	int64_t started_ms; /* when the first one began */
	bool under_way;
	struct pop3_error not_ended; /* why the destination could not end a message */
	struct pop3_error fatal; /* why nothing more can be delivered, when that is so */
};

static struct delivery_item *current(struct moving *m)
{
	return &m->items[m->count];
}

/* --- outcomes --- */

/* Trouble of this machine says nothing about the message. */
static bool is_its_own_fault(enum pop3_code code)
{
	return code == POP3_E_REFUSED || code == POP3_E_PROTOCOL || code == POP3_E_TIMEOUT ||
	       code == POP3_E_LOST || code == POP3_E_SYS_TEMP;
}

static int tell(struct moving *m, struct delivery_item *item, size_t place, struct pop3_error *err)
{
	struct transfer *const t = m->transfer;

	t->requests[place].number = 0;
	if (item->failure != NULL && is_its_own_fault(item->failure->code) &&
	    seen_add_failure(t->journal.state, t->journal.cursor, item->uid, item->failure->text,
			     err) < 0)
		return -1;
	return t->report(t, item, err);
}

/* --- a batch --- */

/*
 * What fails here is no message's fault, and ends the work. Before the batch is written down it is
 * undone; afterwards it is left as it is, for the next run to look at.
 */
static int publish_batch(struct moving *m, struct pop3_error *err)
{
	struct delivery *const delivery = m->transfer->delivery;
	const struct delivery_kind *const kind = delivery->kind;

	if (kind->sync(delivery, m->items, m->count, err) < 0 ||
	    journal_depart(&m->transfer->journal, m->items, m->count, err) < 0) {
		for (size_t i = 0; i < m->count; i++)
			kind->abort(delivery, &m->items[i]);
		if (kind->finish != NULL)
			kind->finish(delivery);
		return -1;
	}
	if (kind->publish(delivery, m->items, m->count, err) < 0 ||
	    journal_arrive(&m->transfer->journal, m->items, m->count, err) < 0)
		return -1;
	if (kind->finish != NULL)
		kind->finish(delivery);
	return 0;
}

static int tell_batch(struct moving *m, const struct pop3_error *why, struct pop3_error *err)
{
	int result = 0;

	for (size_t i = 0; i < m->count && result == 0; i++) {
		if (why != NULL && m->items[i].failure == NULL)
			delivery_item_fail(&m->items[i], why);
		result = tell(m, &m->items[i], m->place_of[i], err);
	}
	m->count = 0;
	m->octets = 0;
	return result;
}

static int deliver_batch(struct moving *m, struct pop3_error *err)
{
	struct pop3_error ignored;

	if (m->fatal.code != POP3_E_NONE) {
		*err = m->fatal;
		return -1;
	}
	if (m->count == 0)
		return 0;
	if (publish_batch(m, err) == 0) {
		if (tell_batch(m, NULL, err) == 0)
			return 0;
		m->fatal = *err;
		return -1;
	}
	m->fatal = *err;
	tell_batch(m, err, &ignored);
	return -1;
}

/* --- one message --- */

/* What stdout did not take, no other message makes up for: that ends the work. */
static int fail_destination(struct moving *m, const struct pop3_error *why)
{
	if (m->transfer->delivery->kind->is_stdout)
		m->fatal = *why;
	return -1;
}

static int take_octets(struct pop3_sink *sink, const char *data, size_t length,
		       struct pop3_error *err)
{
	struct moving *const m =
		(struct moving *)((char *)sink - offsetof(struct moving, sink));

	if (m->transfer->advance != NULL)
		m->transfer->advance(m->transfer, length);
	if (delivery_write(m->transfer->delivery, current(m), data, length, err) < 0)
		return fail_destination(m, err);
	return 0;
}

static void start_item(struct moving *m, size_t place)
{
	const struct transfer *const t = m->transfer;
	struct delivery_item *const item = current(m);

	delivery_item_clear(item);
	item->number = t->requests[place].number;
	item->uid = t->uids[place];
	m->place_of[m->count] = place;
}

static bool is_ripe(const struct moving *m)
{
	return m->count >= m->transfer->delivery->kind->batch || m->octets >= BATCH_OCTETS ||
	       (m->count > 0 && clock_coarse_ms() - m->started_ms >= BATCH_MS);
}

static struct pop3_sink *begin(struct pop3_receiver *receiver, size_t i, struct pop3_error *err)
{
	struct moving *const m = (struct moving *)receiver;
	struct delivery *const delivery = m->transfer->delivery;

	/* The server has begun with the next one: those before it are whole beyond doubt. */
	if (is_ripe(m) && deliver_batch(m, err) < 0)
		return NULL;
	if (m->count == 0)
		m->started_ms = clock_coarse_ms();
	start_item(m, i);
	m->under_way = delivery->kind->begin(delivery, current(m), err) == 0;
	return m->under_way ? &m->sink : NULL;
}

static int end(struct pop3_receiver *receiver, size_t i, const struct pop3_error *failure,
	       struct pop3_error *err)
{
	struct moving *const m = (struct moving *)receiver;
	struct delivery *const delivery = m->transfer->delivery;
	struct delivery_item *const item = current(m);

	if (failure == NULL && m->fatal.code == POP3_E_NONE &&
	    delivery->kind->end(delivery, item, &m->not_ended) < 0) {
		fail_destination(m, &m->not_ended);
		failure = &m->not_ended;
	}
	if (m->fatal.code != POP3_E_NONE) {
		*err = m->fatal;
		return -1;
	}
	if (!m->under_way)
		start_item(m, i); /* refused before it began */
	if (failure != NULL && m->under_way)
		delivery->kind->abort(delivery, item);
	m->under_way = false;
	if (failure != NULL) {
		delivery_item_fail(item, failure);
		return tell(m, item, i, err);
	}
	m->octets += item->octets;
	m->count++;
	return m->transfer->at_once ? deliver_batch(m, err) : 0;
}

/* --- the whole --- */

static void doubt_last(struct moving *m)
{
	struct delivery_item *const item = &m->items[m->count - 1];
	struct pop3_error why, ignored;

	m->count--;
	pop3_fail(&why, POP3_E_PROTOCOL,
		  "the server went on behind the message's end: perhaps it was none");
	delivery_item_fail(item, &why);
	m->transfer->delivery->kind->abort(m->transfer->delivery, item);
	tell(m, item, m->place_of[m->count], &ignored);
}

static int retrieve(struct moving *m, struct pop3_error *err)
{
	struct transfer *const t = m->transfer;
	const int result = pop3_retr(t->session, t->requests, t->count, &m->receiver, err);
	struct pop3_error late;

	if (result == 0)
		return deliver_batch(m, err);
	if (err->code == POP3_E_PROTOCOL && m->count > 0)
		doubt_last(m);
	/* What was whole before the session broke is delivered; why it broke is what is told. */
	if (deliver_batch(m, &late) < 0)
		*err = m->fatal;
	return -1;
}

static void drop_done(struct transfer *t)
{
	size_t left = 0;

	for (size_t i = 0; i < t->count; i++) {
		if (t->requests[i].number == 0)
			continue;
		t->requests[left] = t->requests[i];
		t->uids[left++] = t->uids[i];
	}
	t->count = left;
}

int transfer_run(struct transfer *t, struct pop3_error *err)
{
	struct moving *const m = calloc(1, sizeof *m);
	int result;

	if (m == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	drop_done(t);
	m->receiver = (struct pop3_receiver){ .begin = begin, .end = end };
	m->sink.write = take_octets;
	m->transfer = t;
	result = retrieve(m, err);
	for (size_t i = 0; i <= BATCH_MAX; i++)
		delivery_item_release(&m->items[i]);
	free(m);
	return result;
}
