#ifndef STATE_JOURNAL_H
#define STATE_JOURNAL_H

#include "mail/delivery.h"
#include "state/seen.h"

/*
 * Deliveries that have begun. A batch is entered before it gets its names, and taken out in the
 * same transaction that counts it as seen. Whatever is still here at the start of a run was cut
 * short: a look at the destination tells whether it arrived.
 */
struct journal {
	struct state *state;
	const char *cursor;
	const char *destination; /* as the user named it */
	bool doomed;		 /* what is delivered is to be deleted on the server */
	enum seen_place place;	 /* what a listing is held to hold of it afterwards */
	bool can_recover;	 /* a look at the destination tells what has arrived there */
};

/* Durable when it returns 0: these messages are about to appear under their names. */
int journal_begin(const struct journal *journal, const struct delivery_item *items, size_t count,
		   struct pop3_error *err);

/* Durable when it returns 0: those without a failure are there and seen, none is under way. */
int journal_commit(const struct journal *journal, const struct delivery_item *items, size_t count,
		   struct pop3_error *err);

struct journal_recovery {
	size_t arrived; /* messages that were there already */
	/*
	 * A destination cannot be looked at, and why: its entries stay. 0 goes on with the others;
	 * -1 ends the recovery with err.
	 */
	int (*postpone)(struct journal_recovery *, const char *destination,
			const struct pop3_error *why, struct pop3_error *err);
};

/*
 * Finds out what became of the deliveries that an earlier run left unfinished: what arrived counts
 * as seen, the rest is as if it had never begun. Nothing is made where there is nothing.
 */
int journal_recover(struct state *state, const struct delivery_settings *settings,
		    struct journal_recovery *recovery, struct pop3_error *err);

/* Whether a delivery of that message is unfinished still. A look-up, as those of state/seen.h. */
bool journal_has(struct state *state, const char *cursor, const char *uid);

#endif
