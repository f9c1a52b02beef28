#ifndef MAIL_HEADS_H
#define MAIL_HEADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "pop3/session.h"
#include "pop3/sink.h"

/* Header blocks of many messages, asked for ahead, each handed over whole. */
#define HEADS_OCTETS (1024 * 1024) /* of a header block that are kept; the rest is passed over */
#define HEADS_LINES_OCTETS (64 * 1024 * 1024) /* the same with lines of the body */
#define HEADS_DRAINED (1024UL * 1024 * 1024)  /* what a server may send for TOP n 0 all the same */

struct heads_taker {
	/* The block of request i, borrowed for the call; or why there is none, then block is NULL. */
	int (*take)(struct heads_taker *, size_t i, const char *block, size_t length,
		    const struct pop3_error *failure, struct pop3_error *err);
};

/* Blocks on their way, from asking to release; all of it is this module's own. */
struct heads {
	struct pop3_receiver receiver;
	struct pop3_sink sink;
	struct heads_taker *taker;
	struct buffer block;
	bool whole; /* lines of the body count too */
	bool *taken;
	size_t count, taken_count;
	struct pop3_error refusal; /* the last one: a server's words are the same each time */
};

/*
 * TOP n lines for each request, or RETR where the server has no TOP. With lines 0 the block ends
 * with the empty line, whatever the server sends behind it. The requests' limits are filled in.
 */
int heads_fetch(struct pop3_session *session, uint32_t lines, struct pop3_request *requests,
		size_t count, struct heads_taker *taker, struct pop3_error *err);

/*
 * The same sent ahead, without the way around a missing TOP. heads, the requests and the taker
 * stay until all is answered; then finish tells the taker of those that were not to be had.
 */
int heads_ask(struct heads *heads, struct pop3_session *session, uint32_t lines,
	      struct pop3_request *requests, size_t count, struct heads_taker *taker,
	      struct pop3_error *err);
int heads_finish(struct heads *heads, struct pop3_error *err);
void heads_release(struct heads *heads);

#endif
