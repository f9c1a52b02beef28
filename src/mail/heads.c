/* Header blocks of many messages, by TOP or where that is not to be had by RETR. */
#include "mail/heads.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "mail/header.h"
#include "pop3/verbs.h"

struct collecting {
	struct pop3_receiver receiver;
	struct pop3_sink sink;
	struct heads_taker *taker;
	struct buffer block;
	bool whole; /* lines of the body count too */
	bool *taken;
	size_t taken_count;
	struct pop3_error refusal; /* the last one: a server's words are the same each time */
};

static int collect(struct pop3_sink *sink, const char *data, size_t length,
		   struct pop3_error *err)
{
	struct collecting *const c =
		(struct collecting *)((char *)sink - offsetof(struct collecting, sink));
	const size_t room = c->block.limit - c->block.length;

	buffer_append(&c->block, data, length < room ? length : room);
	return buffer_check(&c->block, POP3_E_MEMORY, err);
}

static struct pop3_sink *begin(struct pop3_receiver *receiver, size_t i, struct pop3_error *err)
{
	struct collecting *const c = (struct collecting *)receiver;

	(void)i, (void)err;
	buffer_clear(&c->block);
	return &c->sink;
}

static int end(struct pop3_receiver *receiver, size_t i, const struct pop3_error *failure,
	       struct pop3_error *err)
{
	struct collecting *const c = (struct collecting *)receiver;
	size_t length = c->block.length;

	if (failure != NULL) {
		c->refusal = *failure;
		return 0;
	}
	if (!c->whole)
		length = header_block_length(buffer_text(&c->block), length);
	c->taken[i] = true;
	c->taken_count++;
	return c->taker->take(c->taker, i, buffer_text(&c->block), length, NULL, err);
}

static int tell_missing(struct collecting *c, size_t count, struct pop3_error *err)
{
	for (size_t i = 0; i < count; i++)
		if (!c->taken[i] && c->taker->take(c->taker, i, NULL, 0, &c->refusal, err) < 0)
			return -1;
	return 0;
}

int heads_fetch(struct pop3_session *session, uint32_t lines, struct pop3_request *requests,
		size_t count, struct heads_taker *taker, struct pop3_error *err)
{
	struct collecting c = {
		.receiver = { begin, end }, .sink = { collect }, .taker = taker,
		.whole = lines > 0, .taken = calloc(count + 1, sizeof(bool)),
		.block = { .limit = lines > 0 ? HEADS_LINES_OCTETS : HEADS_OCTETS },
	};
	int result;

	if (c.taken == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	for (size_t i = 0; i < count; i++)
		requests[i].limit = HEADS_DRAINED;
	result = pop3_top(session, lines, requests, count, &c.receiver, err);
	if (result == 0 && c.taken_count == 0 && count > 0 && lines == 0) {
		pop3_session_note(session, "the server has no TOP: whole messages are fetched");
		result = pop3_retr(session, requests, count, &c.receiver, err);
	}
	if (result == 0)
		result = tell_missing(&c, count, err);
	buffer_release(&c.block);
	free(c.taken);
	return result;
}
