#ifndef STATE_JOURNAL_H
#define STATE_JOURNAL_H

#include "mail/delivery.h"
#include "state/state.h"

/*
 * Deliveries in flight. A batch is written down before it gets its names, and struck off in the
 * same transaction that counts it as seen; whatever stands here at the start of a run was cut
 * short, and is settled by a look at its destination.
 */
struct journal {
	struct state *state;
	const char *cursor;
	const char *destination; /* as the user named it */
	bool doomed;		 /* what is delivered is to be deleted on the server */
	bool can_settle;	 /* a look at the destination tells what has arrived there */
};

/* Durable when it returns 0: these messages are about to appear under their names. */
int journal_depart(const struct journal *journal, const struct delivery_item *items, size_t count,
		   struct pop3_error *err);

/* Durable when it returns 0: those without a failure are there and seen, none is in flight. */
int journal_arrive(const struct journal *journal, const struct delivery_item *items, size_t count,
		   struct pop3_error *err);

/* Settles what an earlier run left in flight; *settled counts the messages found delivered. */
int journal_recover(struct state *state, const struct delivery_settings *settings,
		    size_t *settled, struct pop3_error *err);

#endif
