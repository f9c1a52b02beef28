/* What a server does not like about this client: no certificate, another one, or newer versions. */
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "net/tls-private.h"

static int note_question(SSL *ssl, void *arg)
{
	struct tls_peer *const peer = arg;

	(void)ssl;
	peer->asks = true;
	return 1;
}

static void note_version(int sent, int version, int type, const void *data, size_t length,
			 SSL *ssl, void *arg)
{
	const unsigned char *const octets = data;
	struct tls_peer *const peer = arg;

	(void)version, (void)ssl;
	if (sent == 0 && type == SSL3_RT_HANDSHAKE && length > 5 &&
	    octets[0] == SSL3_MT_SERVER_HELLO)
		peer->version = (unsigned)octets[4] << 8 | octets[5];
}

void tls_peer_watch(struct tls_peer *peer, SSL *ssl, const struct pop3_trust *trust)
{
	peer->trust = trust;
	SSL_set_cert_cb(ssl, note_question, peer);
	SSL_set_msg_callback(ssl, note_version);
	SSL_set_msg_callback_arg(ssl, peer);
}

/* In TLS 1.3 the alert arrives after the handshake (RFC 8446 section 4.4.2.4). */
bool tls_fail_client(const struct tls_peer *peer, unsigned long error, struct pop3_error *err)
{
	const int alert = ERR_GET_REASON(error) - SSL_AD_REASON_OFFSET;

	switch (peer->asks ? alert : -1) {
	case SSL_AD_HANDSHAKE_FAILURE: /* TLS 1.2 has no alert of its own for a missing one */
	case SSL_AD_BAD_CERTIFICATE:
	case SSL_AD_UNSUPPORTED_CERTIFICATE:
	case SSL_AD_CERTIFICATE_REVOKED:
	case SSL_AD_CERTIFICATE_EXPIRED:
	case SSL_AD_CERTIFICATE_UNKNOWN:
	case SSL_AD_UNKNOWN_CA:
	case SSL_AD_ACCESS_DENIED:
	case SSL_AD_CERTIFICATE_REQUIRED:
		break;
	default:
		return false;
	}
	if (peer->trust->cert == NULL)
		pop3_fail(err, POP3_E_TLS, "the server wants a client certificate: use --cert");
	else
		pop3_fail(err, POP3_E_TLS, "the server refused the client certificate: %s",
			  SSL_alert_desc_string_long(alert));
	return true;
}

/* A server says which version it has, or only that it has none of the client's. */
bool tls_fail_version(const struct tls_peer *peer, unsigned long error, struct pop3_error *err)
{
	static const char *const names[] = { "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2" };
	const unsigned minor = peer->version - SSL3_VERSION;
	const char *const least = peer->trust->tls_1_3_only
					  ? "TLS 1.3 (see --tls-min)" : "TLS 1.2";

	if (ERR_GET_REASON(error) != SSL_R_TLSV1_ALERT_PROTOCOL_VERSION &&
	    ERR_GET_REASON(error) != SSL_R_UNSUPPORTED_PROTOCOL)
		return false;
	if (minor >= sizeof names / sizeof names[0])
		pop3_fail(err, POP3_E_TLS, "the server offers no version of TLS that is allowed; "
					   "the oldest is %s", least);
	else
		pop3_fail(err, POP3_E_TLS, "the server offers only %s; the oldest version allowed "
					   "is %s", names[minor], least);
	return true;
}

const char *tls_reason(unsigned long error)
{
	const int code = ERR_GET_REASON(error), alert = code - SSL_AD_REASON_OFFSET;
	const char *const reason = alert >= 0 ? SSL_alert_desc_string_long(alert)
					      : ERR_reason_error_string(error);

	switch (code) {
	case SSL_R_BAD_RECORD_TYPE:
	case SSL_R_PACKET_LENGTH_TOO_LONG:
	case SSL_R_WRONG_VERSION_NUMBER:
		return "the server sent octets that are not TLS";
	}
	switch (alert) {
	case SSL_AD_HANDSHAKE_FAILURE:
	case SSL_AD_INSUFFICIENT_SECURITY:
		return "the server accepts none of the ciphers and settings offered";
	case SSL_AD_INTERNAL_ERROR:
		return "the server reports an internal error";
	case SSL_AD_UNRECOGNIZED_NAME:
		return "the server does not know this host name";
	default:
		return reason != NULL ? reason : "no reason";
	}
}
