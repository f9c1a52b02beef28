#ifndef POP3_SINK_H
#define POP3_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pop3/error.h"

/* Where the octets of a message are written. Embed it first in a struct of your own. */
struct pop3_sink {
	/*
	 * Writes all of data, which is borrowed for the call; dot-stuffing is removed (RFC 1939
	 * section 3), line ends are the server's. On failure fills in err and returns -1; the rest
	 * of the message is discarded then, and the session goes on.
	 */
	int (*write)(struct pop3_sink *sink, const char *data, size_t length,
		     struct pop3_error *err);
};

/* One message to retrieve. */
struct pop3_request {
	uint32_t number;
	bool is_doubted; /* ask with a NOOP whether its end really was its end */
	uint64_t limit; /* octets after which to give up, in case it never ends; 0 = none */
	uint64_t octets; /* as reported by LIST; 0 = unknown */
};

/* Maximum number of messages received but not settled; see below. */
#define POP3_UNSETTLED_MAX 16

/* Receives messages one after another, in the order of the requests. */
struct pop3_receiver {
	/*
	 * Called when the server starts to send request i; returns the sink to write it to. NULL
	 * discards the octets; if err was filled in, the message fails with that error.
	 */
	struct pop3_sink *(*begin)(struct pop3_receiver *, size_t i, struct pop3_error *err);
	/*
	 * Called when request i is complete. failure is NULL when the whole message was received;
	 * otherwise the server refused it, the sink failed, or the connection failed and no other
	 * request follows. Returning -1 with err filled in stops the verb: what is still in transit
	 * is read and discarded, and the verb fails with that error.
	 */
	int (*end)(struct pop3_receiver *, size_t i, const struct pop3_error *failure,
		   struct pop3_error *err);

	/* Close instead: after end returned -1, do not read what is still in transit. */
	bool hangs_up;
	/*
	 * The session failed with POP3_DOUBTS, at what came in place of the next answer: either the
	 * last message ended early, or the next one is at fault.
	 */
	bool either_failed;
	/*
	 * Requests before this index are settled: the answers certainly belong to them. A server
	 * that is sent commands ahead may get out of step, so the others are uncertain: when the
	 * session fails in POP3_UNSETTLED, discard them and count nothing against these messages.
	 * In lock step each request is settled when it ends.
	 */
	size_t settled;

	/* Private to the verb, until the last answer. */
	const struct pop3_request *requests;
	size_t count;
	size_t fenced; /* settled as soon as the next answer begins */
	bool stopped; /* end returned -1: read and discard the rest */
	struct pop3_error failure; /* of the current message */
};

#endif
