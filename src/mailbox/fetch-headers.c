/* Fetches the headers of many messages with TOP, or with RETR where the server has no TOP. */
#include "mailbox/fetch-headers.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "mail/header.h"
#include "mailbox/mailbox.h"
#include "pop3/pipelining.h"
#include "pop3/verbs.h"

/* --- receiving headers --- */

static struct waiting_block *current_block(struct header_fetch *h)
{
	return &h->waiting[h->waiting_count];
}

static int collect(struct pop3_sink *sink, const char *data, size_t length,
		   struct pop3_error *err)
{
	struct header_fetch *const h =
		(struct header_fetch *)((char *)sink - offsetof(struct header_fetch, sink));
	struct buffer *const block = &current_block(h)->block;
	const size_t room = block->limit - block->length;

	h->octets += length;
	buffer_append(block, data, length < room ? length : room);
	return buffer_check(block, POP3_E_MEMORY, err);
}

static struct pop3_sink *begin(struct pop3_receiver *receiver, size_t i, struct pop3_error *err)
{
	struct header_fetch *const h = (struct header_fetch *)receiver;
	struct buffer *const block = &current_block(h)->block;

	(void)i, (void)err;
	buffer_clear(block);
	block->limit = h->lines > 0 ? HEADER_LINES_OCTETS : HEADER_OCTETS;
	h->octets = 0;
	return &h->sink;
}

/*
 * Passes on all waiting headers: they settle together. The last one waits for the next answer even
 * in lock step: only that shows that the header was complete.
 */
static int hand_over(struct header_fetch *h, struct pop3_error *err)
{
	const size_t count = h->waiting_count;

	h->waiting_count = 0;
	for (size_t w = 0; w < count; w++) {
		const char *const block = buffer_text(&h->waiting[w].block);
		const size_t got = h->waiting[w].block.length, i = h->waiting[w].request;
		size_t wanted = got;

		if (h->lines == 0 || h->is_whole)
			wanted = header_block_length(block, got);
		/* As many lines of the body as TOP would have sent. */
		for (uint32_t line = 0; line < h->lines && wanted < got; line++) {
			const char *const lf = memchr(block + wanted, '\n', got - wanted);

			wanted = lf != NULL ? (size_t)(lf - block) + 1 : got;
		}
		h->taken[i] = true;
		h->taken_count++;
		if (h->to->take(h->to, i, block, wanted, NULL, err) < 0)
			return -1;
	}
	return 0;
}

static int end(struct pop3_receiver *receiver, size_t i, const struct pop3_error *failure,
	       struct pop3_error *err)
{
	struct header_fetch *const h = (struct header_fetch *)receiver;
	const size_t here = h->waiting_count;
	const struct waiting_block spare = h->waiting[0];

	h->overran = false;
	/* The headers before the current one are settled: it takes their place. */
	if (h->next <= h->first + h->receiver.settled) {
		if (hand_over(h, err) < 0)
			return -1;
		h->waiting[0] = h->waiting[here];
		h->waiting[here] = spare;
	}
	if (failure != NULL && failure->code == POP3_E_MEMORY) {
		*err = *failure; /* not a refusal by the server */
		return -1;
	}
	/* A body over the limit still has a header, unless it may be another message's. */
	h->overran = failure != NULL && failure->code == POP3_E_PROTOCOL && h->octets > h->limit;
	if (failure != NULL && pop3_session_phase(h->session) == POP3_UNSETTLED)
		return 0; /* it is requested again */
	h->next = h->first + i + 1;
	if (failure != NULL && (!h->overran || h->lines > 0)) {
		h->refusal = *failure;
		return 0;
	}
	current_block(h)->request = h->first + i;
	h->waiting_count++;
	return 0;
}

static int prepare(struct header_fetch *h, struct pop3_error *err)
{
	h->receiver = (struct pop3_receiver){ .begin = begin, .end = end };
	h->sink.write = collect;
	h->taken = calloc(h->count + 1, sizeof *h->taken);
	return h->taken != NULL ? 0 : pop3_fail(err, POP3_E_MEMORY, "out of memory");
}

/* Prepares to request everything from first on in the current session. */
static void begin_session(struct header_fetch *h, size_t first, uint64_t limit)
{
	h->first = h->next = first;
	h->limit = limit;
	h->overran = false;
	h->waiting_count = 0;
	for (size_t i = first; i < h->count; i++)
		h->requests[i].limit = limit;
}

int fetch_headers_ahead(struct header_fetch *h, struct pop3_error *err)
{
	if (prepare(h, err) < 0)
		return -1;
	begin_session(h, 0, HEADER_LIMIT);
	return pop3_top_ahead(h->session, h->lines, h->requests, h->count, &h->receiver, err);
}

bool fetch_headers_all_refused(const struct header_fetch *h)
{
	return h->taken_count + h->waiting_count == 0 && h->count > 0;
}

int fetch_headers_finish(struct header_fetch *h, struct pop3_error *err)
{
	if (hand_over(h, err) < 0)
		return -1;
	for (size_t i = 0; i < h->count; i++)
		if (!h->taken[i] && h->to->take(h->to, i, NULL, 0, &h->refusal, err) < 0)
			return -1;
	return 0;
}

void fetch_headers_release(struct header_fetch *h)
{
	for (size_t i = 0; i < sizeof h->waiting / sizeof h->waiting[0]; i++)
		buffer_release(&h->waiting[i].block);
	free(h->taken);
	h->taken = NULL;
	h->count = 0;
}

/* --- a new session --- */

/* Marks of deletion would be lost, unless they are known. */
static bool may_reopen(const struct header_fetch *h)
{
	return !h->in_one_session &&
	       (pop3_session_may_reopen(h->session) ||
		(h->mailbox != NULL && h->mailbox->marked_count > 0));
}

/* A new login is cheaper than reading long bodies, unless marks must be repeated. */
static bool may_start_over(const struct header_fetch *h)
{
	return h->lines == 0 && !h->in_one_session && h->reopens < HEADER_REOPENS &&
	       pop3_session_may_reopen(h->session) && pop3_session_login_delay(h->session) == 0;
}

/* --- TOP, then RETR --- */

/*
 * Whether the session broke because of the last message alone. It fails then; if the message after
 * it may be at fault, it is first requested again, see pop3_request.
 */
static bool fails_alone(struct header_fetch *h, const struct pop3_error *why)
{
	const enum pop3_phase phase = pop3_session_phase(h->session);
	const unsigned recovery = pop3_recovery(why->code, phase);
	size_t last;

	if ((recovery & POP3_RECONNECT) == 0 || (recovery & POP3_COUNTS) == 0)
		return false;
	if ((recovery & POP3_DOUBTS) == 0)
		return h->next > h->first && !h->overran; /* end has noted it */
	if (h->waiting_count == 0)
		return false;
	h->waiting_count--;
	last = h->waiting[h->waiting_count].request;
	if (h->receiver.either_failed && !h->requests[last].is_doubted) {
		h->requests[last].is_doubted = true;
		h->next = last;
		return true;
	}
	pop3_fail(&h->refusal, POP3_E_PROTOCOL,
		  "the server sent more after the end of the message");
	return true;
}

/*
 * Decides what is requested again; in lock step if answers may have been attributed to the wrong
 * messages. Returns whether a new session can help.
 */
static int leave_broken(struct header_fetch *h, const struct pop3_error *why,
			struct pop3_error *err)
{
	const bool is_unsettled = pop3_session_phase(h->session) == POP3_UNSETTLED;
	const bool is_own = fails_alone(h, why);

	/* What was complete before the session broke is passed on. */
	while (h->waiting_count > 0 && h->waiting[h->waiting_count - 1].request >=
					       h->first + h->receiver.settled)
		h->waiting_count--;
	if (hand_over(h, err) < 0)
		return -1;
	h->reopens += !is_own;
	h->was_unsettled = h->was_unsettled || is_unsettled;
	h->is_broken = h->is_broken && !is_own; /* it is the same in lock step */
	if (is_unsettled) {
		h->next = h->first + h->receiver.settled;
		h->is_broken = h->is_broken || (why->code == POP3_E_PROTOCOL && !h->overran);
	}
	return is_unsettled || is_own || (h->overran && h->limit != HEADER_LIMIT);
}

/* Requests what is left, in new sessions where one breaks. */
static int ask(struct header_fetch *h, bool whole, struct pop3_error *err)
{
	for (;;) {
		struct pop3_request *const requests = h->requests + h->next;
		const size_t count = h->count - h->next;
		struct pop3_error late;
		int result;

		begin_session(h, h->next,
			      may_start_over(h) && !whole ? HEADER_DRAIN : HEADER_LIMIT);
		if (whole)
			result = pop3_retr(h->session, requests, count, &h->receiver, err);
		else
			result = pop3_top(h->session, h->lines, requests, count, &h->receiver, err);
		if (result == 0)
			break;
		result = leave_broken(h, err, &late);
		if (result < 0) {
			*err = late;
			return -1;
		}
		if (result == 0 || !may_reopen(h) || h->reopens > HEADER_REOPENS)
			return -1;
		if (pop3_session_phase(h->session) == POP3_UNSETTLED)
			pop3_session_lock_step(h->session);
		pop3_context(err, "a new session instead of the rest");
		pop3_session_note(h->session, err->text);
		if (mailbox_reopen(h->mailbox, h->listing, h->session, err) < 0)
			return -1;
	}
	if (h->was_unsettled)
		pop3_session_judge_pipelining(h->session, h->is_broken);
	return hand_over(h, err);
}

int fetch_headers_broke(struct header_fetch *h, const struct pop3_error *why,
			struct pop3_error *err)
{
	const bool had_begun = h->next > h->first;

	return leave_broken(h, why, err) < 0 ? -1 : had_begun;
}

static int ask_whole(struct header_fetch *h, struct pop3_error *err)
{
	const int reopened = pop3_session_another_round(h->session, err);

	if (reopened < 0 ||
	    (reopened > 0 && mailbox_check_numbers(h->session, h->listing, NULL, err) < 0) ||
	    mailbox_learn_expiry(h->session, err) < 0)
		return -1;
	if (pop3_session_expires(h->session)) {
		pop3_fail(&h->refusal, POP3_E_REFUSED,
			  "the server has no TOP, and deletes messages once retrieved (EXPIRE 0)");
		return 0;
	}
	pop3_session_note(h->session, "the server has no TOP: fetching whole messages for their "
				      "headers");
	h->next = 0;
	h->is_whole = true;
	return ask(h, true, err);
}

int fetch_headers(struct header_fetch *h, struct pop3_error *err)
{
	size_t ignored;

	/* If the server does not list TOP, RETR may have to follow. */
	if (h->quits && pop3_capa_find(pop3_session_capa(h->session), "TOP", &ignored) != NULL)
		pop3_session_last_round(h->session);
	return prepare(h, err) < 0 ? -1 : fetch_headers_resume(h, err);
}

int fetch_headers_resume(struct header_fetch *h, struct pop3_error *err)
{
	int result = ask(h, false, err);

	if (result == 0 && fetch_headers_all_refused(h))
		result = ask_whole(h, err);
	if (result == 0)
		result = fetch_headers_finish(h, err);
	fetch_headers_release(h);
	return result;
}
