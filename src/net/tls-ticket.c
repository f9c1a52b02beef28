/*
 * TLS session resumption: saves a round trip and the verification of the certificate chain, but
 * only while that verification would still have the same outcome.
 */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string.h>
#include <time.h>

#include "net/tls-private.h"

#define TICKET_LIMIT (64UL * 1024) /* maximum size of a saved session */
#define VERIFIED_SECONDS (INT64_C(24) * 60 * 60) /* how long a verification counts */

/*
 * The session of a connection by TLS 1.2 decrypts all of that connection, the login included. In
 * TLS 1.3 it decrypts nothing that was sent before (RFC 8446 section 2.2).
 */
static int keep(SSL *ssl, SSL_SESSION *session)
{
	struct tls_tickets *const tickets = SSL_get_app_data(ssl);
	struct buffer *const newest = &tickets->newest;
	const int length = i2d_SSL_SESSION(session, NULL);
	unsigned char *room;

	if (!tickets->may_keep || SSL_SESSION_get_protocol_version(session) < TLS1_3_VERSION)
		return 0;
	buffer_wipe(newest);
	buffer_append(newest, &tickets->origin, sizeof tickets->origin);
	room = length > 0 ? (unsigned char *)buffer_room(newest, (size_t)length) : NULL;
	if (room != NULL && i2d_SSL_SESSION(session, &room) == length)
		buffer_grew(newest, (size_t)length);
	else
		buffer_wipe(newest);
	return 0; /* OpenSSL keeps ownership of the session */
}

void tls_tickets_begin(struct tls_tickets *tickets, SSL *ssl, const struct buffer *ticket,
		       bool verify)
{
	const unsigned char *octets = (const unsigned char *)buffer_text(ticket);
	const size_t head = sizeof tickets->origin;
	SSL_CTX *const context = SSL_get_SSL_CTX(ssl);
	struct tls_ticket_origin origin;
	SSL_SESSION *session;
	X509 *certificate;
	int64_t age;

	tickets->newest.limit = TICKET_LIMIT;
	SSL_set_app_data(ssl, tickets);
	SSL_CTX_set_session_cache_mode(context,
				       SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(context, keep);
	if (ticket->length <= head)
		return;
	memcpy(&origin, octets, head);
	age = (int64_t)time(NULL) - origin.verified;
	if (!tickets->may_keep || age < 0 || age >= VERIFIED_SECONDS ||
	    memcmp(origin.trust, tickets->origin.trust, sizeof origin.trust) != 0)
		return;
	octets += head;
	session = d2i_SSL_SESSION(NULL, &octets, (long)(ticket->length - head));
	certificate = session != NULL ? SSL_SESSION_get0_peer(session) : NULL;
	/* An expired certificate must not stay in use through a resumed session. */
	if (session != NULL &&
	    (!verify || (certificate != NULL &&
			 X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0)) &&
	    SSL_set_session(ssl, session) == 1)
		tickets->origin.verified = origin.verified;
	SSL_SESSION_free(session);
	ERR_clear_error();
}
