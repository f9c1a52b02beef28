/* Header blocks of many messages, by TOP or where that is not to be had by RETR. */
#include "mailbox/fetch-headers.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "mail/header.h"
#include "pop3/pipelining.h"
#include "pop3/verbs.h"

static int collect(struct pop3_sink *sink, const char *data, size_t length,
		   struct pop3_error *err)
{
	struct header_fetch *const h =
		(struct header_fetch *)((char *)sink - offsetof(struct header_fetch, sink));
	const size_t room = h->block.limit - h->block.length;

	h->octets += length;
	buffer_append(&h->block, data, length < room ? length : room);
	return buffer_check(&h->block, POP3_E_MEMORY, err);
}

static struct pop3_sink *begin(struct pop3_receiver *receiver, size_t i, struct pop3_error *err)
{
	struct header_fetch *const h = (struct header_fetch *)receiver;

	(void)i, (void)err;
	buffer_clear(&h->block);
	h->octets = 0;
	return &h->sink;
}

static int end(struct pop3_receiver *receiver, size_t i, const struct pop3_error *failure,
	       struct pop3_error *err)
{
	struct header_fetch *const h = (struct header_fetch *)receiver;
	size_t length = h->block.length;

	i += h->first;
	h->next = i + 1;
	if (failure != NULL && failure->code == POP3_E_MEMORY) {
		h->overran = false;
		*err = *failure; /* nothing that the server refused */
		return -1;
	}
	h->overran = failure != NULL && h->octets > h->limit;
	if (failure != NULL && (!h->overran || h->lines > 0)) {
		h->refusal = *failure;
		return 0;
	}
	if (h->lines == 0)
		length = header_block_length(buffer_text(&h->block), length);
	h->taken[i] = true;
	h->taken_count++;
	if (h->to->take(h->to, i, buffer_text(&h->block), length, NULL, err) == 0)
		return 0;
	h->overran = false; /* that is not why it ends */
	return -1;
}

static int prepare(struct header_fetch *h, struct pop3_error *err)
{
	h->receiver = (struct pop3_receiver){ .begin = begin, .end = end };
	h->sink.write = collect;
	h->block.limit = h->lines > 0 ? HEADER_LINES_OCTETS : HEADER_OCTETS;
	h->taken = calloc(h->count + 1, sizeof *h->taken);
	return h->taken != NULL ? 0 : pop3_fail(err, POP3_E_MEMORY, "out of memory");
}

/* What is asked from now on, in this session. */
static void begin_session(struct header_fetch *h, size_t first, uint64_t limit)
{
	h->first = h->next = first;
	h->limit = limit;
	h->overran = false;
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
	return h->taken_count == 0 && h->count > 0 && h->lines == 0;
}

int fetch_headers_finish(struct header_fetch *h, struct pop3_error *err)
{
	for (size_t i = 0; i < h->count; i++)
		if (!h->taken[i] && h->to->take(h->to, i, NULL, 0, &h->refusal, err) < 0)
			return -1;
	return 0;
}

void fetch_headers_release(struct header_fetch *h)
{
	buffer_release(&h->block);
	free(h->taken);
	h->taken = NULL;
	h->count = 0;
}

/* --- bodies that nobody asked for --- */

/* Whether what the server tells of a message says that it is the same one as before. */
static bool is_same(const struct pop3_listing *before, size_t i, const struct pop3_listing *now)
{
	const ptrdiff_t j = pop3_listing_find(now, before->entries[i].number);
	const char *const uid = pop3_listing_uid(before, i);
	const char *const uid_now = j >= 0 ? pop3_listing_uid(now, (size_t)j) : NULL;

	if (uid != NULL && uid_now != NULL)
		return strcmp(uid, uid_now) == 0;
	return j >= 0 && before->entries[i].octets != POP3_OCTETS_UNKNOWN &&
	       before->entries[i].octets == now->entries[j].octets;
}

/* Under all numbers that callers know there must still be the same messages. */
static int check_numbers(struct pop3_session *session, const struct pop3_listing *before,
			 struct pop3_error *err)
{
	struct pop3_listing now = { .count = 0 };
	int result = pop3_list(session, POP3_LIST_OCTETS | POP3_LIST_UIDS, &now, err);

	for (size_t i = 0; result == 0 && i < before->count; i++)
		if (!is_same(before, i, &now))
			result = pop3_fail(err, POP3_E_LOST,
					   "the messages of the new session may be others");
	pop3_listing_release(&now);
	return result;
}

static int start_over(struct header_fetch *h, struct pop3_error *err)
{
	pop3_context(err, "a new session instead of the rest");
	pop3_session_note(h->session, err->text);
	if (pop3_session_reopen(h->session, err) < 0)
		return -1;
	return check_numbers(h->session, h->listing, err);
}

/* A new login is cheaper than what may come behind an empty line; marks are worth more than both. */
static bool may_start_over(const struct header_fetch *h, int reopens)
{
	return h->lines == 0 && reopens < HEADER_REOPENS && pop3_session_may_reopen(h->session) &&
	       pop3_session_login_delay(h->session) == 0;
}

static int top(struct header_fetch *h, struct pop3_error *err)
{
	for (int reopens = 0;; reopens++) {
		begin_session(h, h->next, may_start_over(h, reopens) ? HEADER_DRAIN : HEADER_LIMIT);
		if (pop3_top(h->session, h->lines, h->requests + h->first, h->count - h->first,
			     &h->receiver, err) == 0)
			return 0;
		/* The answers that came meanwhile may be those of deletions. */
		if (!h->overran || h->limit == HEADER_LIMIT ||
		    !pop3_session_may_reopen(h->session) || start_over(h, err) < 0)
			return -1;
	}
}

/* --- the whole --- */

static int retrieve_whole(struct header_fetch *h, struct pop3_error *err)
{
	const int reopened = pop3_session_another_round(h->session, err);

	if (reopened < 0 || (reopened > 0 && check_numbers(h->session, h->listing, err) < 0))
		return -1;
	pop3_session_note(h->session, "the server has no TOP: whole messages are fetched");
	begin_session(h, 0, HEADER_LIMIT);
	return pop3_retr(h->session, h->requests, h->count, &h->receiver, err);
}

int fetch_headers(struct header_fetch *h, struct pop3_error *err)
{
	size_t ignored;
	int result = prepare(h, err);

	/* Where TOP is not listed, there may be more to ask. */
	if (h->quits && pop3_capa_find(pop3_session_capa(h->session), "TOP", &ignored) != NULL)
		pop3_session_last_round(h->session);
	if (result == 0)
		result = top(h, err);
	if (result == 0 && fetch_headers_all_refused(h))
		result = retrieve_whole(h, err);
	if (result == 0)
		result = fetch_headers_finish(h, err);
	fetch_headers_release(h);
	return result;
}
