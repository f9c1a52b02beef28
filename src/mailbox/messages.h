#ifndef MAILBOX_MESSAGES_H
#define MAILBOX_MESSAGES_H

#include "mail/filter.h"
#include "mail/selection.h"
#include "mailbox/mailbox.h"
#include "pop3/session.h"
#include "pop3/verbs.h"
#include "state/state.h"

/* Which messages of a mailbox: what is asked for, and what that chooses. */
struct messages {
	/* What is asked for. */
	struct selection selection;
	bool any_operand; /* without, it is all of them */
	struct filter filter;
	uint64_t larger, smaller; /* octets; 0 = any */
	uint32_t limit;		  /* 0 = none */
	bool some_wanted;	  /* choosing none is a failure */
	const char *cursor;	  /* the set of seen UIDs that "new" is about, "" for the usual */
	bool keep_headers;	  /* the caller will want the blocks that the filters look at */
	bool asks_more;		  /* the caller will ask for more of the chosen */

	/* Of whom; borrowed. */
	struct pop3_session *session;
	struct mailbox *mailbox;
	struct state *state; /* where messages_need_state */
	bool is_last;	     /* nobody else asks for anything in the session */
	bool quits;	     /* no answer decides what else the caller does: QUIT may go along */

	/* Called for each message of which the filters cannot tell; it is not chosen. */
	void (*unjudged)(struct messages *, uint32_t number, const char *why);
	void *arg;

	/* After messages_choose: the chosen entries of the mailbox's listing, in its order. */
	const struct pop3_listing *listing; /* borrowed until it is asked for again */
	uint32_t *chosen;		    /* places in listing->entries */
	size_t count;

	/* Header blocks that the filters needed, of the chosen: NULL where there are none. */
	struct header_block {
		char *block;
		size_t length;
	} *headers;
};

/*
 * Asks for no more of the mailbox than the selection, the filters and what (POP3_LIST_…) need.
 * Fails with POP3_E_NO_MESSAGE when an operand names what is not there, with POP3_E_NOTHING when
 * nothing was chosen and some are wanted.
 */
int messages_choose(struct messages *messages, unsigned what, struct pop3_error *err);

/* Whether "new" is among the operands. */
bool messages_need_state(const struct messages *messages);

/* Whether each operand names one message, so that nothing is chosen by what the mailbox holds. */
bool messages_are_named(const struct messages *messages);

/* Entry i of the chosen, and its UID ("" where only numbers were asked for). */
const struct pop3_entry *messages_entry(const struct messages *messages, size_t i);
const char *messages_uid(const struct messages *messages, size_t i);

/* A request for each of the chosen, to be freed, or NULL without memory. */
struct pop3_request *messages_requests(const struct messages *messages);

void messages_release(struct messages *messages);

#endif
