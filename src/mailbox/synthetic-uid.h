#ifndef MAILBOX_SYNTHETIC_UID_H
#define MAILBOX_SYNTHETIC_UID_H

#include "pop3/listing.h"
#include "pop3/session.h"

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
