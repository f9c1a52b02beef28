#ifndef STATE_JOURNAL_H
#define STATE_JOURNAL_H

#include "mail/delivery.h"
#include "state/seen.h"

/*
 * The journal of deliveries in progress: the table "flight". A batch is entered before it is
 * published, and removed in the transaction that records its messages as seen. An entry found at
 * the start of a run belongs to an interrupted delivery: the destination shows whether the message
 * was delivered.
 */
struct journal {
	struct state *state;
	const char *cursor;
	const char *destination; /* as given by the user */
	bool doomed;		 /* delivered messages are to be deleted on the server */
	enum seen_place place;	 /* recorded for delivered messages */
	bool can_recover;	 /* the destination can show after a crash what was delivered */
};

/* Enters messages that are about to be published. Durable when it returns 0. */
int journal_begin(const struct journal *journal, const struct delivery_item *items, size_t count,
		   struct pop3_error *err);

/* Records messages without a failure as seen, and removes the batch. Durable when it returns 0. */
int journal_commit(const struct journal *journal, const struct delivery_item *items, size_t count,
		   struct pop3_error *err);

struct journal_recovery {
	size_t arrived; /* messages found at their destination */
	/*
	 * Called when a destination cannot be checked, with the reason; its entries stay. Return 0
	 * to continue with the others, or -1 with err filled in to stop.
	 */
	int (*postpone)(struct journal_recovery *, const char *destination,
			const struct pop3_error *why, struct pop3_error *err);
	void *arg; /* the caller's own */
};

/*
 * Resolves the deliveries that an earlier run left unfinished: messages found at the destination
 * count as seen, the others are forgotten. Does not create missing destinations.
 */
int journal_recover(struct state *state, const struct delivery_settings *settings,
		    struct journal_recovery *recovery, struct pop3_error *err);

/* Whether a delivery of that message is unfinished. A lookup like those in state/seen.h. */
bool journal_has(struct state *state, const char *cursor, const char *uid);

#endif
