#ifndef POP3_VERBS_H
#define POP3_VERBS_H

#include <stddef.h>
#include <stdint.h>

#include "pop3/listing.h"
#include "pop3/session.h"
#include "pop3/sink.h"

/*
 * The commands of the TRANSACTION state (RFC 1939 sections 5 and 7). A refusal is POP3_E_REFUSED
 * or what its response code says, and leaves the session usable; any other failure ends it.
 */

struct pop3_maildrop {
	uint64_t messages;
	uint64_t octets; /* UINT64_MAX where the server does not tell */
};

int pop3_stat(struct pop3_session *session, struct pop3_maildrop *drop, struct pop3_error *err);

/*
 * LIST, UIDL or both together, in one round trip where the server allows it. The listing is
 * released first. Sizes are hints; a server without UIDL leaves has_uids false.
 */
enum pop3_listed {
	POP3_LIST_OCTETS = 1 << 0,
	POP3_LIST_UIDS = 1 << 1,
};

int pop3_list(struct pop3_session *session, unsigned what, struct pop3_listing *listing,
	      struct pop3_error *err);

/* The same for one message; POP3_E_NO_MESSAGE when there is none of that number. */
int pop3_list_one(struct pop3_session *session, unsigned what, uint32_t number,
		  struct pop3_listing *listing, struct pop3_error *err);

/* Messages, one after the other, their dot-stuffing undone; asked for ahead where possible. */
int pop3_retr(struct pop3_session *session, const struct pop3_request *requests, size_t count,
	      struct pop3_receiver *receiver, struct pop3_error *err);

/* The same for header blocks and that many lines of the body. */
int pop3_top(struct pop3_session *session, uint32_t lines, const struct pop3_request *requests,
	     size_t count, struct pop3_receiver *receiver, struct pop3_error *err);

/*
 * Marks messages as deleted. refused hears of each that the server would not mark: of which of the
 * numbers, and why.
 */
int pop3_dele(struct pop3_session *session, const uint32_t *numbers, size_t count,
	      void (*refused)(void *arg, size_t i, const struct pop3_error *why), void *arg,
	      struct pop3_error *err);

/* Takes all marks back. */
int pop3_rset(struct pop3_session *session, struct pop3_error *err);

int pop3_noop(struct pop3_session *session, struct pop3_error *err);

/* Asks for the capabilities as they are now (RFC 2449 section 5); see pop3_session_capa. */
int pop3_capa(struct pop3_session *session, struct pop3_error *err);

#endif
