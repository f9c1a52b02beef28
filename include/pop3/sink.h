#ifndef POP3_SINK_H
#define POP3_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pop3/error.h"

/* Where the octets of a message go. Embed it first in a struct of your own. */
struct pop3_sink {
	/*
	 * Takes all of it, without the dot-stuffing (RFC 1939 section 3) and with the server's own
	 * line ends; data is borrowed for the call. Fails by filling err in; nothing more comes
	 * of the message then, and the session goes on.
	 */
	int (*write)(struct pop3_sink *sink, const char *data, size_t length,
		     struct pop3_error *err);
};

/* One message asked for. */
struct pop3_request {
	uint32_t number;
	uint64_t limit; /* octets after which it is given up for endless; 0 = none */
	uint64_t octets; /* as LIST says; 0 = not known */
};

/* Messages that may have been received and not settled yet; see below. */
#define POP3_UNSETTLED_MAX 16

/* Hears of messages one after the other, in the order they were asked for. */
struct pop3_receiver {
	/*
	 * The server begins to send request i: where to? NULL drops the octets; when err was
	 * filled in, that is why the message fails.
	 */
	struct pop3_sink *(*begin)(struct pop3_receiver *, size_t i, struct pop3_error *err);
	/*
	 * Request i is over: whole when failure is NULL. Otherwise the server refused it, the sink
	 * failed, or the connection did; then no other follows. A return of -1 with err filled in
	 * ends it all: what is on its way is read and dropped, and the verb fails with that err.
	 */
	int (*end)(struct pop3_receiver *, size_t i, const struct pop3_error *failure,
		   struct pop3_error *err);

	/* Nobody needs the session once it has ended it all: what is on its way is not read. */
	bool hangs_up;
	/*
	 * Requests before this one are settled: their answers are theirs beyond doubt. Of others
	 * that cannot be known yet, as a server that is sent commands ahead may get out of step:
	 * when the session fails in POP3_UNSETTLED, none of them is to be kept, nor held against
	 * its message. In lock step all are settled when they end.
	 */
	size_t settled;

	/* The verb's own, from asking to the last answer. */
	const struct pop3_request *requests;
	size_t count;
	size_t fenced; /* settled as soon as the next answer begins */
	bool stopped; /* it wants no more: what is on its way is only read */
	struct pop3_error failure; /* of the message under way */
};

#endif
