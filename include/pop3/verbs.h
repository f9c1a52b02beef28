#ifndef POP3_VERBS_H
#define POP3_VERBS_H

#include <stddef.h>
#include <stdint.h>

#include "pop3/listing.h"
#include "pop3/session.h"
#include "pop3/sink.h"

/*
 * The commands of the TRANSACTION state (RFC 1939 sections 5 and 7). A refusal fails with
 * POP3_E_REFUSED or with the meaning of its response code (RFC 2449 section 8, RFC 3206), and
 * leaves the session usable.
 *
 * Each verb takes all answers that are due. A function whose name ends in "_ahead" only sends its
 * command; pop3_session_await, a mark, or the next verb that takes answers takes its answer. Its
 * arguments must stay valid until then.
 */

struct pop3_maildrop {
	uint64_t messages;
	uint64_t octets; /* POP3_OCTETS_UNKNOWN when not reported */
};

/* The size of the mailbox, without messages marked as deleted. */
int pop3_stat(struct pop3_session *session, struct pop3_maildrop *drop, struct pop3_error *err);
int pop3_stat_ahead(struct pop3_session *session, struct pop3_maildrop *drop,
		    struct pop3_error *err);

enum pop3_listed {
	POP3_LIST_OCTETS = 1 << 0,
	POP3_LIST_UIDS = 1 << 1,
};

/*
 * LIST, UIDL or both, in one round trip where the server allows it. Releases the listing first.
 * Sizes are hints. When the server has no UIDL, has_uids is false.
 */
int pop3_list(struct pop3_session *session, unsigned what, struct pop3_listing *listing,
	      struct pop3_error *err);

/* The same for one message; POP3_E_NO_MESSAGE when no message has that number. */
int pop3_list_one(struct pop3_session *session, unsigned what, uint32_t number,
		  struct pop3_listing *listing, struct pop3_error *err);

/*
 * Retrieves messages, each into its own sink, sending requests ahead where possible. The second
 * form retrieves one message and fails if that message does.
 */
int pop3_retr(struct pop3_session *session, const struct pop3_request *requests, size_t count,
	      struct pop3_receiver *receiver, struct pop3_error *err);
int pop3_retr_one(struct pop3_session *session, const struct pop3_request *request,
		  struct pop3_sink *sink, struct pop3_error *err);

/* The same for the header and the first lines of the body (TOP, an optional command). */
int pop3_top(struct pop3_session *session, uint32_t lines, const struct pop3_request *requests,
	     size_t count, struct pop3_receiver *receiver, struct pop3_error *err);
int pop3_top_ahead(struct pop3_session *session, uint32_t lines,
		   const struct pop3_request *requests, size_t count,
		   struct pop3_receiver *receiver, struct pop3_error *err);
int pop3_top_one(struct pop3_session *session, uint32_t lines, const struct pop3_request *request,
		 struct pop3_sink *sink, struct pop3_error *err);

/* Called for each number that the server refused to mark: its index and the reason. */
struct pop3_deletions {
	void (*refused)(struct pop3_deletions *, size_t i, const struct pop3_error *why);
};

/* Marks messages as deleted; QUIT commits that. */
int pop3_dele(struct pop3_session *session, const uint32_t *numbers, size_t count,
	      struct pop3_deletions *deletions, struct pop3_error *err);
int pop3_dele_ahead(struct pop3_session *session, const uint32_t *numbers, size_t count,
		    struct pop3_deletions *deletions, struct pop3_error *err);

/* Clears all marks of deletion. */
int pop3_rset(struct pop3_session *session, struct pop3_error *err);
int pop3_rset_ahead(struct pop3_session *session, struct pop3_error *err);

/* Does nothing but keep the session alive: a server may end an idle one (RFC 1939 section 3). */
int pop3_noop(struct pop3_session *session, struct pop3_error *err);
int pop3_noop_ahead(struct pop3_session *session, struct pop3_error *err);

/* Asks for the current capabilities (RFC 2449 section 5); see pop3_session_capa. */
int pop3_capa(struct pop3_session *session, struct pop3_error *err);
int pop3_capa_ahead(struct pop3_session *session, struct pop3_error *err);

#endif
