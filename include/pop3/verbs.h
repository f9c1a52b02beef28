#ifndef POP3_VERBS_H
#define POP3_VERBS_H

#include <stddef.h>
#include <stdint.h>

#include "pop3/listing.h"
#include "pop3/session.h"
#include "pop3/sink.h"

/*
 * The commands of the TRANSACTION state (RFC 1939 sections 5 and 7). A refusal is POP3_E_REFUSED
 * or what its response code says (RFC 2449 section 8, RFC 3206), and leaves the session usable.
 *
 * Each verb takes all answers that are due. One that ends in "_ahead" only asks, and leaves its
 * answer to pop3_session_await, to a mark, or to the next verb that does take answers; what it
 * was given must stay until then.
 */

struct pop3_maildrop {
	uint64_t messages;
	uint64_t octets; /* POP3_OCTETS_UNKNOWN where the server does not tell */
};

/* How much there is, without what is marked as deleted. */
int pop3_stat(struct pop3_session *session, struct pop3_maildrop *drop, struct pop3_error *err);
int pop3_stat_ahead(struct pop3_session *session, struct pop3_maildrop *drop,
		    struct pop3_error *err);

enum pop3_listed {
	POP3_LIST_OCTETS = 1 << 0,
	POP3_LIST_UIDS = 1 << 1,
};

/* LIST, UIDL or both together, in one round trip where the server allows it. The listing is
 * released first. Sizes are hints; a server without UIDL leaves has_uids false. */
int pop3_list(struct pop3_session *session, unsigned what, struct pop3_listing *listing,
	      struct pop3_error *err);

/* The same for one message; POP3_E_NO_MESSAGE when there is none of that number. */
int pop3_list_one(struct pop3_session *session, unsigned what, uint32_t number,
		  struct pop3_listing *listing, struct pop3_error *err);

/* Messages, each to its sink, asked for ahead where possible; or one, or what came of it. */
int pop3_retr(struct pop3_session *session, const struct pop3_request *requests, size_t count,
	      struct pop3_receiver *receiver, struct pop3_error *err);
int pop3_retr_one(struct pop3_session *session, const struct pop3_request *request,
		  struct pop3_sink *sink, struct pop3_error *err);

/* The same for header blocks and that many lines of the body (TOP, which servers may lack). */
int pop3_top(struct pop3_session *session, uint32_t lines, const struct pop3_request *requests,
	     size_t count, struct pop3_receiver *receiver, struct pop3_error *err);
int pop3_top_ahead(struct pop3_session *session, uint32_t lines,
		   const struct pop3_request *requests, size_t count,
		   struct pop3_receiver *receiver, struct pop3_error *err);
int pop3_top_one(struct pop3_session *session, uint32_t lines, const struct pop3_request *request,
		 struct pop3_sink *sink, struct pop3_error *err);

/* Hears of each message that the server would not mark: of which of the numbers, and why. */
struct pop3_deletions {
	void (*refused)(struct pop3_deletions *, size_t i, const struct pop3_error *why);
};

/* Marks messages as deleted; QUIT makes that real. */
int pop3_dele(struct pop3_session *session, const uint32_t *numbers, size_t count,
	      struct pop3_deletions *deletions, struct pop3_error *err);
int pop3_dele_ahead(struct pop3_session *session, const uint32_t *numbers, size_t count,
		    struct pop3_deletions *deletions, struct pop3_error *err);

/* Takes all marks of deletion back. */
int pop3_rset(struct pop3_session *session, struct pop3_error *err);
int pop3_rset_ahead(struct pop3_session *session, struct pop3_error *err);

/* Does nothing, but keeps the session alive: a server may end an idle one (section 3). */
int pop3_noop(struct pop3_session *session, struct pop3_error *err);
int pop3_noop_ahead(struct pop3_session *session, struct pop3_error *err);

/* Asks for the capabilities as they are now (RFC 2449 section 5); see pop3_session_capa. */
int pop3_capa(struct pop3_session *session, struct pop3_error *err);
int pop3_capa_ahead(struct pop3_session *session, struct pop3_error *err);

#endif
