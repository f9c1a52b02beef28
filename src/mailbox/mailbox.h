#ifndef MAILBOX_MAILBOX_H
#define MAILBOX_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "pop3/listing.h"
#include "pop3/session.h"

/*
 * What a session's maildrop holds. It does not change while the session lasts (RFC 1939 section 8),
 * but for the messages that are marked as deleted: those are not there any more. A zeroed value
 * knows nothing.
 */
struct mailbox {
	struct pop3_listing listing;
	bool *marked; /* by place in the listing; NULL while none is */
	size_t marked_count;
	size_t unanswered; /* commands that have marked messages and are not answered yet */
	unsigned marks;	   /* how often all marks were taken back */
	bool must_stay;	   /* QUIT would delete what was retrieved and is not safe: EXPIRE 0 */
	bool known;	   /* the listing has all there is to know, for the next command too */
};

bool mailbox_is_marked(const struct mailbox *mailbox, size_t place);

/* Fails with POP3_E_MEMORY. */
int mailbox_mark(struct mailbox *mailbox, size_t place, struct pop3_error *err);
void mailbox_unmark(struct mailbox *mailbox, size_t place);
void mailbox_unmark_all(struct mailbox *mailbox);

/* Another session, which may have other messages. */
void mailbox_forget(struct mailbox *mailbox);

/* --- synthetic-uid.c --- */

/* Whether any message lacks a usable UID. */
bool synthetic_uid_is_needed(const struct pop3_listing *listing);

/*
 * Gives every message without a usable UID one of its own: "top:" and the SHA-256 of its header
 * block, as far as fetch_headers hands it over. Those are messages of a server without UIDL, and
 * those whose UID is empty or stands more than once. Only they are asked for.
 */
int synthetic_uid_complete(struct pop3_session *session, struct pop3_listing *listing,
			   struct pop3_error *err);

#endif
