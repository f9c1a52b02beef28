#ifndef CMD_FETCH_TRANSFER_H
#define CMD_FETCH_TRANSFER_H

#include "pop3/session.h"
#include "pop3/sink.h"
#include "state/journal.h"

/* Messages from a session into a destination, exactly once each, in batches. */

#define TRANSFER_TOO_LARGE "larger than --max-size" /* by LIST, or by the octets that come */

struct transfer {
	struct pop3_session *session;
	struct delivery *delivery;
	struct journal journal;
	/*
	 * What is to be fetched, and the UIDs, which are borrowed. The number becomes 0 when a
	 * message is delivered, or failed on its own account: it is not to be asked for again.
	 */
	struct pop3_request *requests;
	const char **uids;
	size_t count;
	/*
	 * After a run that failed in POP3_UNSETTLED: the last message that came then, and its
	 * octets. What comes for it in lock step shows whether the server was out of step.
	 */
	struct suspect {
		const char *uid; /* NULL = none */
		uint64_t octets;
	} suspect;
	bool at_once; /* each is delivered before the next is asked for */
	bool hangs_up; /* when the destination takes no more, the session is of no use either */
	uint64_t max_size; /* octets of a message that nobody wants to be larger; 0 = any */
	size_t retrieved, delivered; /* messages that the server began to send, and those now safe */
	/* Each message's outcome: item->failure. Durable and counted as seen when this is called. */
	int (*report)(struct transfer *, const struct delivery_item *item, struct pop3_error *err);
	/* Messages were received, or octets of one; for progress. May be NULL. */
	void (*advance)(struct transfer *, size_t messages, size_t octets);
	void *arg;
};

/*
 * Fetches all messages but those of number 0, which leave the arrays. -1 when the session, the
 * journal or the report failed; what was whole by then is delivered all the same.
 */
int transfer_run(struct transfer *transfer, struct pop3_error *err);

#endif
