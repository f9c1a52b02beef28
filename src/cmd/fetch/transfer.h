#ifndef CMD_FETCH_TRANSFER_H
#define CMD_FETCH_TRANSFER_H

#include "pop3/session.h"
#include "pop3/sink.h"
#include "state/journal.h"

/* Messages from a session into a destination, exactly once each, in batches. */

#define TRANSFER_TOO_LARGE "larger than --max-size" /* by LIST, or by the octets received */

struct transfer {
	struct pop3_session *session;
	struct delivery *delivery;
	struct journal journal;
	/* The messages to fetch, and their UIDs (borrowed). */
	struct pop3_request *requests;
	const char **uids;
	size_t count;
	/*
	 * After a run that failed with POP3_UNSETTLED: the last message received in it, and its
	 * size. Fetching it without pipelining shows whether the server was out of step.
	 */
	struct suspect {
		const char *uid; /* NULL = none */
		uint64_t octets;
	} suspect;
	bool at_once; /* deliver each message before requesting the next */
	bool hangs_up; /* end the session when the destination fails */
	uint64_t max_size; /* octets; larger messages are not wanted; 0 = no limit */
	size_t retrieved, delivered; /* messages that the server began to send, messages stored */
	/* Called once per message: delivered durably and recorded, or item->failure is set. */
	int (*report)(struct transfer *, const struct delivery_item *item, struct pop3_error *err);
	void *arg;
};

/*
 * Fetches the messages, and removes from the arrays those that were delivered or failed by
 * themselves: what is left is to be fetched in another session. -1 when the session, the journal
 * or the report failed; messages completed by then are still delivered.
 */
int transfer_run(struct transfer *transfer, struct pop3_error *err);

#endif
