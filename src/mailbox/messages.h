#ifndef MAILBOX_MESSAGES_H
#define MAILBOX_MESSAGES_H

#include "mail/filter.h"
#include "mail/selection.h"
#include "mailbox/mailbox.h"
#include "pop3/session.h"
#include "pop3/verbs.h"
#include "state/state.h"

/* A choice of messages from a mailbox: the criteria, and the result. */
struct messages {
	/* The criteria. */
	struct selection selection;
	bool any_operand; /* false: choose all messages */
	struct filter filter;
	uint64_t larger, smaller; /* limits in octets; 0 = none */
	uint64_t max_size;	  /* the same; but a message of unknown size may be chosen */
	uint32_t limit;		  /* 0 = none */
	bool limits_later;	  /* the caller passes over some, and then calls messages_cut */
	bool some_wanted;	  /* fail if nothing is chosen */
	const char *cursor;	  /* the set of seen UIDs for "new"; "" for the default set */
	bool keep_headers;	  /* keep the headers that filters needed */
	bool asks_more;		  /* the caller will send commands for the chosen messages */
	bool is_made;		  /* the choice is made already: leave it */

	/* Where to choose from; borrowed. */
	struct pop3_session *session;
	struct mailbox *mailbox;
	struct state *state; /* required if the selection has SELECTOR_NEW */
	bool is_last;	     /* no later command uses the session */
	bool quits;	     /* later actions do not depend on answers: QUIT may be sent along */

	/*
	 * Takes the answers to commands sent earlier; NULL if there are none. A session that breaks
	 * later does so for a reason of this choice.
	 */
	int (*await)(struct messages *, struct pop3_error *err);
	/* Called for each message that the filters could not decide about; it is not chosen. */
	void (*unjudged)(struct messages *, uint32_t number, const char *why);
	/* Called before the first message is judged and after each; for progress. May be NULL. */
	void (*judged)(struct messages *, size_t done, size_t all, size_t octets);
	void *arg;

	/* The result of messages_choose: entries of the mailbox's listing, in its order. */
	const struct pop3_listing *listing; /* borrowed until the next listing */
	uint32_t *chosen;		    /* indices in listing->entries */
	size_t count;

	/* Headers of the chosen messages that the filters needed, or NULL. */
	struct header_block {
		char *block;
		size_t length;
	} *headers;
};

/*
 * Chooses messages, asking the server only for what the selection, the filters and what
 * (POP3_LIST_…) need; with 0 it still lists, to know which messages there are. Fails with
 * POP3_E_NO_MESSAGE when an operand names a message that does not exist, and with POP3_E_NOTHING
 * when nothing was chosen and some_wanted is set.
 */
int messages_choose(struct messages *messages, unsigned what, struct pop3_error *err);

/* Leaves the first count of the chosen messages. */
void messages_cut(struct messages *messages, size_t count);

/* Whether each operand names a message by number or UID, independent of the mailbox's contents. */
bool messages_are_named(const struct messages *messages);

/* Entry i of the chosen messages, and its UID ("" if UIDs were not requested). */
const struct pop3_entry *messages_entry(const struct messages *messages, size_t i);
const char *messages_uid(const struct messages *messages, size_t i);

/* Returns a request for each chosen message, to be freed; NULL when out of memory. */
struct pop3_request *messages_requests(const struct messages *messages);

/* Before commands after which a new session may be needed. */
int messages_await(struct messages *messages, struct pop3_error *err);

/* Before the chosen messages are deleted or fetched: mailbox_prove. */
int messages_prove(struct messages *messages, struct pop3_error *err);

void messages_release(struct messages *messages);

#endif
