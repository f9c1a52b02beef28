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

struct header_fetch {
	struct pop3_receiver receiver; /* this module's own, first */
	/* To be filled in; all of it stays until the end. */
	struct pop3_session *session;
	const struct pop3_listing *listing; /* whose numbers the requests have */
	struct pop3_request *requests;	    /* their limits are filled in */
	size_t count;
	uint32_t lines; /* of the body; with 0 a block ends with the empty line, whatever comes */
	bool quits;	/* nothing is asked for afterwards: QUIT may go along */
	struct header_sink *to;

	/* This module's own. */
	struct pop3_sink sink;
	/* Not settled yet, so perhaps other messages'; behind them the one under way. */
	struct waiting_block {
		struct buffer block;
		size_t request;
	} waiting[POP3_UNSETTLED_MAX + 1];
	size_t waiting_count;
	uint64_t octets, limit; /* of the body under way; after which it is given up */
	bool overran;		/* one was */
	size_t first, next;	/* the request this session began with; the one that is due */
	bool *taken;
	size_t taken_count;
	struct pop3_error refusal; /* the last one: a server's words are the same each time */
};

/*
 * TOP for each request, or RETR where the server has no TOP and RETR deletes nothing. A new session,
 * opened on the way, must have the same messages under the listing's numbers, and none is opened
 * where marks of deletion would be lost by it.
 */
int fetch_headers(struct header_fetch *fetch, struct pop3_error *err);

/*
 * The same sent ahead, without the ways around a missing TOP and a body without end. Once all is
 * answered, finish gives the sink those that the server refused; where that is all of them, TOP may be
 * missing.
 */
int fetch_headers_ahead(struct header_fetch *fetch, struct pop3_error *err);
bool fetch_headers_all_refused(const struct header_fetch *fetch);
int fetch_headers_finish(struct header_fetch *fetch, struct pop3_error *err);
void fetch_headers_release(struct header_fetch *fetch);

#endif
