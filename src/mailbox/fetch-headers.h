#ifndef MAILBOX_FETCH_HEADERS_H
#define MAILBOX_FETCH_HEADERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "pop3/listing.h"
#include "pop3/session.h"
#include "pop3/sink.h"

/* Header blocks of many messages, asked for ahead, each handed over whole. */
#define HEADER_OCTETS (1024 * 1024) /* of a header block that are kept; the rest is passed over */
#define HEADER_LINES_OCTETS (64 * 1024 * 1024) /* the same with lines of the body */
/*
 * What a server may send for TOP n 0 all the same: then the connection is given up for a new one,
 * so many times, and where that is no way, all of it is read up to another bound.
 */
#define HEADER_DRAIN (4UL * 1024 * 1024)
#define HEADER_REOPENS 8
#define HEADER_LIMIT (1024UL * 1024 * 1024)

struct header_sink {
	/* The block of request i, borrowed for the call; or why there is none, then block is NULL. */
	int (*take)(struct header_sink *, size_t i, const char *block, size_t length,
		    const struct pop3_error *failure, struct pop3_error *err);
};

/* Blocks on their way, from asking to release; all of it is this module's own. */
struct headers_fetch {
	struct pop3_receiver receiver;
	struct pop3_sink sink;
	struct header_sink *to;
	struct buffer block;
	uint32_t lines;
	uint64_t octets, limit; /* of the body under way; after which it is given up */
	bool overran;		/* one was */
	size_t first, next;	/* the request this session began with; the one that is due */
	bool *taken;
	size_t count, taken_count;
	struct pop3_error refusal; /* the last one: a server's words are the same each time */
};

/*
 * TOP n lines for each request, or RETR where the server has no TOP. With lines 0 the block ends
 * with the empty line, whatever the server sends behind it. The requests' limits are filled in. The
 * numbers are those of the listing: a new session must have the same messages under them, and
 * none is opened where marks of deletion would be lost by it.
 */
int fetch_headers(struct pop3_session *session, uint32_t lines, const struct pop3_listing *listing,
		  struct pop3_request *requests, size_t count, struct header_sink *to,
		  struct pop3_error *err);

/*
 * The same sent ahead, without the ways around a missing TOP and a body without end. fetch, the
 * requests and the sink stay until all is answered; then finish tells the sink of those that the
 * server refused.
 */
int fetch_headers_ahead(struct headers_fetch *fetch, struct pop3_session *session, uint32_t lines,
			struct pop3_request *requests, size_t count, struct header_sink *to,
			struct pop3_error *err);
int fetch_headers_finish(struct headers_fetch *fetch, struct pop3_error *err);
void fetch_headers_release(struct headers_fetch *fetch);

#endif
