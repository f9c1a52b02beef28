#ifndef MAILBOX_MAILBOX_H
#define MAILBOX_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "pop3/listing.h"
#include "pop3/session.h"
#include "state/state.h"

/* UIDs for synthetic_uid_record, each with its NUL. */
struct shared_uids {
	struct buffer repeated;	 /* the server gave them to several messages */
	struct buffer ambiguous; /* several messages have them even after their headers were read */
};

/*
 * The messages of a session. They do not change during the session (RFC 1939 section 8), except
 * that those marked as deleted disappear. A zeroed value means that nothing is known yet.
 */
struct mailbox {
	struct pop3_listing listing;
	bool *marked; /* by index in the listing; NULL while none is */
	size_t marked_count;
	size_t unanswered; /* commands that marked messages and were not answered yet */
	unsigned resets;	   /* how often all marks were cleared */
	bool must_stay;	   /* do not QUIT: with EXPIRE 0 it would delete messages not stored yet */
	bool known;	   /* the listing is complete; later commands reuse it */
	bool is_renewed; /* the session is a later one than the listing's */
	bool by_size;    /* and where UIDs are synthetic, only sizes show that the numbers agree */
	struct shared_uids shared;
};

bool mailbox_is_marked(const struct mailbox *mailbox, size_t place);

/* Marks a message as deleted. Fails with POP3_E_MEMORY. */
int mailbox_mark(struct mailbox *mailbox, size_t place, struct pop3_error *err);
void mailbox_unmark(struct mailbox *mailbox, size_t place);
void mailbox_unmark_all(struct mailbox *mailbox);

/* Forgets everything, for a new session, which may have other messages. */
void mailbox_forget(struct mailbox *mailbox);

/*
 * Fails with POP3_E_LOST unless the numbers of another session's listing mean the same here: by the
 * server's UID or size, and by both for messages marked in mailbox (NULL: none are).
 */
int mailbox_check_numbers(struct pop3_session *session, const struct pop3_listing *before,
			  const struct mailbox *mailbox, struct pop3_error *err);

/*
 * Opens a new session in which the listing's numbers mean the same messages, and marks those of
 * mailbox again (NULL: none are). Fails with POP3_E_LOST if the messages may be others.
 */
int mailbox_reopen(struct mailbox *mailbox, const struct pop3_listing *listing,
		   struct pop3_session *session, struct pop3_error *err);

/*
 * Call before a number of the listing decides what is deleted or recorded: after a new session the
 * headers must agree, too. Fails with POP3_E_LOST if one does not.
 */
int mailbox_prove(struct mailbox *mailbox, struct pop3_session *session, struct pop3_error *err);

/*
 * Call before messages are retrieved: afterwards pop3_session_expires is true of this user, also
 * where the server announces that only after login.
 */
int mailbox_learn_expiry(struct pop3_session *session, struct pop3_error *err);

/* --- synthetic-uid.c --- */

/*
 * Synthetic UIDs for messages without a unique UID: "top:" and the SHA-256 digest of the header as
 * fetch_headers returns it, or of the first lines of a message without a header. They are needed
 * for servers without UIDL, and for a UID that is empty, or that several messages have or once had.
 * If one of those messages was fetched while the UID was unique, recognised by its size in LIST, it
 * keeps the UID.
 *
 * Afterwards each UID is unique in the listing. It is NULL where the server provides neither UID
 * nor header, and "" where nothing distinguishes the message from another one.
 */

/* The messages fetched earlier; state may be NULL. */
struct synthetic_uid_known {
	struct state *state;
	const char *cursor;
	struct shared_uids *shared; /* to be added to, see synthetic_uid_record; or NULL */
};

/* Whether any message needs one: 1 or 0, or -1. */
int synthetic_uid_is_needed(const struct pop3_listing *listing,
			    const struct synthetic_uid_known *known, struct pop3_error *err);

/* Fetches headers only of messages that need one. Calls synthetic_uid_record. */
int synthetic_uid_complete(struct pop3_session *session, struct pop3_listing *listing,
			   const struct synthetic_uid_known *known, struct pop3_error *err);

/*
 * Records, as soon as the state can be written, that repeated UIDs identify no message by
 * themselves, and forgets what was fetched under ambiguous ones: when one of these messages is left,
 * nothing shows which it is, and it must not be taken for the one that was fetched.
 */
int synthetic_uid_record(const struct synthetic_uid_known *known, struct pop3_error *err);

/* Asks again for what the synthetic UIDs were made from: 1 if all are the same, or 0, or -1. */
int synthetic_uid_compare(struct pop3_session *session, struct pop3_listing *listing,
			  struct pop3_error *err);

#endif
