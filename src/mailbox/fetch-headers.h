#ifndef MAILBOX_FETCH_HEADERS_H
#define MAILBOX_FETCH_HEADERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "pop3/listing.h"
#include "pop3/session.h"
#include "pop3/sink.h"

/* Fetches the headers of many messages, with commands sent ahead. */
#define HEADER_OCTETS (1024UL * 1024) /* maximum size of a header; more is discarded */
#define HEADER_LINES_OCTETS (64UL * 1024 * 1024) /* the same with lines of the body */
/*
 * For servers that send more than TOP n 0 asks for: after HEADER_DRAIN octets the connection is
 * replaced by a new one, at most HEADER_REOPENS times. Where that is not possible, up to
 * HEADER_LIMIT octets are read.
 */
#define HEADER_DRAIN (4UL * 1024 * 1024)
#define HEADER_REOPENS 8
#define HEADER_LIMIT (1024UL * 1024 * 1024)

struct header_sink {
	/* Receives the header of request i, borrowed for the call. On failure block is NULL. */
	int (*take)(struct header_sink *, size_t i, const char *block, size_t length,
		    const struct pop3_error *failure, struct pop3_error *err);
};

struct header_fetch {
	struct pop3_receiver receiver; /* private, first member */
	/* Filled in by the caller; must stay valid until the end. */
	struct pop3_session *session;
	const struct pop3_listing *listing; /* that the request numbers refer to */
	struct mailbox *mailbox; /* whose marks a new session needs, too; NULL if there are none */
	struct pop3_request *requests;	    /* the limits are set here */
	size_t count;
	uint32_t lines; /* of the body; with 0 a block ends at the empty line in any case */
	bool quits;	/* the caller sends no more commands: QUIT may be sent along */
	bool in_one_session; /* fails if the session breaks */
	struct header_sink *to;

	/* Private. */
	struct pop3_sink sink;
	/* Headers not settled yet, which may belong to other messages; then the current one. */
	struct waiting_block {
		struct buffer block;
		size_t request;
	} waiting[POP3_UNSETTLED_MAX + 1];
	size_t waiting_count;
	uint64_t octets, limit; /* size and limit of the current body */
	bool overran;		/* that limit was exceeded */
	size_t first, next;	/* first request of this session; next one due */
	bool is_whole;		/* messages come by RETR, for lack of TOP */
	int reopens;		/* new sessions that no message alone was the reason for */
	bool was_unsettled, is_broken; /* see pop3_session_judge_pipelining */
	bool *taken;
	size_t taken_count;
	struct pop3_error refusal; /* the last refusal; servers repeat the same text */
};

/*
 * Sends TOP for each request; or RETR where the server has no TOP, unless RETR deletes messages. A
 * new session opened in the process must have the same messages under the listing's numbers. None
 * is opened when that would lose marks of deletion that are not the mailbox's.
 */
int fetch_headers(struct header_fetch *fetch, struct pop3_error *err);

/*
 * The same sent ahead, without the fallbacks for a missing TOP and for endless bodies. When
 * everything was answered, fetch_headers_finish reports refused requests to the sink. If all were
 * refused, the server may lack TOP.
 */
int fetch_headers_ahead(struct header_fetch *fetch, struct pop3_error *err);
bool fetch_headers_all_refused(const struct header_fetch *fetch);
int fetch_headers_finish(struct header_fetch *fetch, struct pop3_error *err);
void fetch_headers_release(struct header_fetch *fetch);

/*
 * If the session breaks before that: call fetch_headers_broke, then in a new session, which must
 * have the same messages under the listing's numbers, fetch_headers_resume, which does the rest as
 * fetch_headers does. The former returns 1, or 0 if the session broke before any of its answers.
 */
int fetch_headers_broke(struct header_fetch *fetch, const struct pop3_error *why,
			struct pop3_error *err);
int fetch_headers_resume(struct header_fetch *fetch, struct pop3_error *err);

#endif
