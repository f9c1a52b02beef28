#ifndef NET_TLS_PRIVATE_H
#define NET_TLS_PRIVATE_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "net/trust.h"
#include "pop3/account.h"
#include "pop3/error.h"

/* Shared by the TLS files: connection setup, session resumption, and failures of the peer. */

/*
 * Creates an SSL object for a connection to name, which is sent as SNI and, with verification,
 * required in the certificate. The caller frees it. NULL when out of memory or when a file of the
 * trust settings is unusable.
 */
SSL *tls_set_up(const struct pop3_trust *trust, const char *name, struct pop3_error *err);

/* What a server has said about itself and about the client, for the errors. */
struct tls_peer {
	const struct pop3_trust *trust;
	unsigned version; /* in its first message; 0 = none was received */
	bool asks;	  /* it asked for a client certificate */
};

/* Begins to watch what the server says. peer must outlive ssl. */
void tls_peer_watch(struct tls_peer *peer, SSL *ssl, const struct pop3_trust *trust);

/* Whether the server refused the client's certificate, or the lack of one: then fills in err. */
bool tls_fail_client(const struct tls_peer *peer, unsigned long error, struct pop3_error *err);

/* Whether the two have no version of TLS in common: then fills in err. */
bool tls_fail_version(const struct tls_peer *peer, unsigned long error, struct pop3_error *err);

/* What an error of OpenSSL means: the server's usual alerts in plain words. */
const char *tls_reason(unsigned long error);

/* What a session that may be resumed goes back to: it counts only for the same trust. */
struct tls_ticket_origin {
	int64_t verified; /* the last verification of the server, in seconds since 1970 */
	unsigned char trust[TRUST_DIGEST_OCTETS];
};

/* The session tickets of one connection; zeroed before its beginning. */
struct tls_tickets {
	struct tls_ticket_origin origin;
	bool may_keep; /* otherwise no ticket counts, and none is kept */
	struct buffer newest; /* an origin and a session; empty until the server sends one */
};

/*
 * Collects the tickets that the server will send, and offers to resume the session of an earlier
 * one, if that still counts. tickets must outlive ssl.
 */
void tls_tickets_begin(struct tls_tickets *tickets, SSL *ssl, const struct buffer *ticket,
		       bool verify);

#endif
