/* TLS session resumption: saves a round trip and the verification of the certificate chain. */
#include "net/tls-private.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#define TICKET_LIMIT (64UL * 1024) /* maximum size of a saved session */

static int keep(SSL *ssl, SSL_SESSION *session)
{
	struct buffer *const ticket = SSL_get_app_data(ssl);
	const int length = i2d_SSL_SESSION(session, NULL);
	unsigned char *room;

	buffer_wipe(ticket);
	room = length > 0 ? (unsigned char *)buffer_room(ticket, (size_t)length) : NULL;
	if (room != NULL && i2d_SSL_SESSION(session, &room) == length)
		buffer_grew(ticket, (size_t)length);
	return 0; /* OpenSSL keeps ownership of the session */
}

void tls_ticket_collect(SSL *ssl, struct buffer *ticket)
{
	SSL_CTX *const context = SSL_get_SSL_CTX(ssl);

	ticket->limit = TICKET_LIMIT;
	SSL_set_app_data(ssl, ticket);
	SSL_CTX_set_session_cache_mode(context,
				       SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(context, keep);
}

/* An expired certificate must not stay in use through a resumed session. */
static bool is_current(const SSL_SESSION *session)
{
	X509 *const certificate = SSL_SESSION_get0_peer((SSL_SESSION *)session);

	return certificate != NULL &&
	       X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0;
}

void tls_ticket_offer(SSL *ssl, const struct buffer *ticket, bool verify)
{
	const unsigned char *octets = (const unsigned char *)buffer_text(ticket);
	SSL_SESSION *session;

	if (ticket->length == 0)
		return;
	session = d2i_SSL_SESSION(NULL, &octets, (long)ticket->length);
	if (session != NULL && (!verify || is_current(session)))
		SSL_set_session(ssl, session);
	SSL_SESSION_free(session);
	ERR_clear_error();
}
