#ifndef MAILBOX_MAILBOX_H
#define MAILBOX_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "pop3/listing.h"
#include "pop3/session.h"
#include "state/state.h"

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

/*
 * Identities for messages that have no UID to themselves: "top:" and the SHA-256 of the header
 * block, as far as fetch_headers hands it over, or of the message's beginning where it has no
 * header. Those are messages of a server without UIDL, and those whose UID is empty or stands more
 * than once, or did once. A message that was fetched under a UID before others had it, too, keeps
 * it: the one whose octets are what LIST said then.
 *
 * Afterwards each identity stands once in the listing. A UID is NULL where the server shows neither
 * UID nor header, and "" where nothing tells a message from another one.
 */

/* What was fetched before; a state that is NULL knows nothing. */
struct synthetic_uid_known {
	struct state *state;
	const char *cursor;
};

/* Whether any message needs one: 1 or 0, or -1. */
int synthetic_uid_is_needed(const struct pop3_listing *listing,
			    const struct synthetic_uid_known *known, struct pop3_error *err);

/* Only messages that need one are asked for. A state that may be written notes UIDs that repeat. */
int synthetic_uid_complete(struct pop3_session *session, struct pop3_listing *listing,
			   const struct synthetic_uid_known *known, struct pop3_error *err);

#endif
