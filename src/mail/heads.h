#ifndef MAIL_HEADS_H
#define MAIL_HEADS_H

#include <stddef.h>
#include <stdint.h>

#include "pop3/session.h"
#include "pop3/sink.h"

/* Header blocks of many messages, asked for ahead, each handed over whole. */
#define HEADS_OCTETS (1024 * 1024) /* of a header block that are kept; the rest is passed over */
#define HEADS_LINES_OCTETS (64 * 1024 * 1024) /* the same with lines of the body */

struct heads_taker {
	/* The block of request i, borrowed for the call; or why there is none, then block is NULL. */
	int (*take)(struct heads_taker *, size_t i, const char *block, size_t length,
		    const struct pop3_error *failure, struct pop3_error *err);
};

/*
 * TOP n lines for each request, or RETR where the server has no TOP. With lines 0 the block ends
 * with the empty line, whatever the server sends behind it.
 */
int heads_fetch(struct pop3_session *session, uint32_t lines, const struct pop3_request *requests,
		size_t count, struct heads_taker *taker, struct pop3_error *err);

#endif
