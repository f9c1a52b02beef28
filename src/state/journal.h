#ifndef STATE_JOURNAL_H
#define STATE_JOURNAL_H

#include "mail/delivery.h"
#include "state/state.h"

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
	bool can_recover;	 /* a look at the destination tells what has arrived there */
};

/* Durable when it returns 0: these messages are about to appear under their names. */
int journal_begin(const struct journal *journal, const struct delivery_item *items, size_t count,
		   struct pop3_error *err);

/* Durable when it returns 0: those without a failure are there and seen, none is under way. */
int journal_commit(const struct journal *journal, const struct delivery_item *items, size_t count,
		   struct pop3_error *err);

/* Finishes or forgets what an earlier run left; *found counts the messages that had arrived. */
int journal_recover(struct state *state, const struct delivery_settings *settings,
		    size_t *found, struct pop3_error *err);

#endif
