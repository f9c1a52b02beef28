/* Header blocks of many messages, by TOP or where that is not to be had by RETR. */
#include "mail/heads.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "mail/header.h"
#include "pop3/flight.h"
#include "pop3/verbs.h"

static int collect(struct pop3_sink *sink, const char *data, size_t length,
		   struct pop3_error *err)
{
	struct heads *const h =
		(struct heads *)((char *)sink - offsetof(struct heads, sink));
	const size_t room = h->block.limit - h->block.length;

	buffer_append(&h->block, data, length < room ? length : room);
	return buffer_check(&h->block, POP3_E_MEMORY, err);
}

static struct pop3_sink *begin(struct pop3_receiver *receiver, size_t i, struct pop3_error *err)
{
	struct heads *const h = (struct heads *)receiver;

	(void)i, (void)err;
	buffer_clear(&h->block);
	return &h->sink;
}

static int end(struct pop3_receiver *receiver, size_t i, const struct pop3_error *failure,
	       struct pop3_error *err)
{
	struct heads *const h = (struct heads *)receiver;
	size_t length = h->block.length;

	if (failure != NULL) {
		h->refusal = *failure;
		return 0;
	}
	if (!h->whole)
		length = header_block_length(buffer_text(&h->block), length);
	h->taken[i] = true;
	h->taken_count++;
	return h->taker->take(h->taker, i, buffer_text(&h->block), length, NULL, err);
}

int heads_ask(struct heads *h, struct pop3_session *session, uint32_t lines,
	      struct pop3_request *requests, size_t count, struct heads_taker *taker,
	      struct pop3_error *err)
{
	*h = (struct heads){
		.receiver = { .begin = begin, .end = end }, .sink = { collect }, .taker = taker,
		.whole = lines > 0, .taken = calloc(count + 1, sizeof(bool)), .count = count,
		.block = { .limit = lines > 0 ? HEADS_LINES_OCTETS : HEADS_OCTETS },
	};
	if (h->taken == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	for (size_t i = 0; i < count; i++)
		requests[i].limit = HEADS_DRAINED;
	return pop3_top_ahead(session, lines, requests, count, &h->receiver, err);
}

int heads_finish(struct heads *h, struct pop3_error *err)
{
	for (size_t i = 0; i < h->count; i++)
		if (!h->taken[i] && h->taker->take(h->taker, i, NULL, 0, &h->refusal, err) < 0)
			return -1;
	return 0;
}

void heads_release(struct heads *h)
{
	buffer_release(&h->block);
	free(h->taken);
	h->taken = NULL;
}

int heads_fetch(struct pop3_session *session, uint32_t lines, struct pop3_request *requests,
		size_t count, struct heads_taker *taker, struct pop3_error *err)
{
	struct heads h;
	int result = heads_ask(&h, session, lines, requests, count, taker, err);

	if (result == 0)
		result = pop3_session_settle(session, err);
	if (result == 0 && h.taken_count == 0 && count > 0 && lines == 0) {
		pop3_session_note(session, "the server has no TOP: whole messages are fetched");
		result = pop3_retr(session, requests, count, &h.receiver, err);
	}
	if (result == 0)
		result = heads_finish(&h, err);
	heads_release(&h);
	return result;
}
