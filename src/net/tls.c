/*
 * TLS as a stream over another stream, from the handshake on. Only this file and the other tls-*.c
 * files of this directory include <openssl/ssl.h>.
 */
#include "net/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <time.h>

#include "net/certificate.h"
#include "net/tls-private.h"
#include "net/trust.h"

struct tls {
	struct stream stream;
	struct stream *lower;
	const struct pop3_account *account;
	const char *name; /* expected in the certificate */
	SSL *ssl;
	BIO_METHOD *method;
	ssize_t wants;		      /* last result of the lower stream */
	struct pop3_error lower_error; /* the error of the lower stream, if it failed */
	struct tls_tickets tickets;
	struct tls_peer peer;
};

/* --- the lower stream as an OpenSSL BIO --- */

static int note_wants(BIO *bio, struct tls *tls, ssize_t result)
{
	BIO_clear_retry_flags(bio);
	tls->wants = result;
	if (result == STREAM_WANTS_READ)
		BIO_set_retry_read(bio);
	if (result == STREAM_WANTS_WRITE)
		BIO_set_retry_write(bio);
	return result < 0 ? -1 : (int)result;
}

static int bio_read(BIO *bio, char *data, int length)
{
	struct tls *const tls = BIO_get_data(bio);

	return note_wants(bio, tls,
			  stream_read(tls->lower, data, (size_t)length, &tls->lower_error));
}

static int bio_write(BIO *bio, const char *data, int length)
{
	struct tls *const tls = BIO_get_data(bio);

	return note_wants(bio, tls,
			  stream_write(tls->lower, data, (size_t)length, &tls->lower_error));
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
	(void)bio, (void)number, (void)pointer;
	return command == BIO_CTRL_FLUSH;
}

/* --- reading and writing --- */

/* Why nothing was read or written. */
static ssize_t explain(struct tls *tls, struct pop3_error *err)
{
	const unsigned long code = ERR_peek_error();

	switch (SSL_get_error(tls->ssl, 0)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return tls->wants;
	case SSL_ERROR_ZERO_RETURN:
		return STREAM_ENDED;
	default:
		break;
	}
	if (tls->lower_error.code != POP3_E_NONE) {
		*err = tls->lower_error;
		return STREAM_FAILED;
	}
	if (tls_fail_client(&tls->peer, code, err))
		return STREAM_FAILED;
	/* An empty error queue means that nothing failed: the lower stream ended. */
	if (code == 0 || ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
		return pop3_fail(err, POP3_E_LOST, "the connection was cut without a TLS close");
	return pop3_fail(err, POP3_E_LOST, "TLS failed: %s", tls_reason(code));
}

static ssize_t read_tls(struct stream *stream, void *data, size_t length, struct pop3_error *err)
{
	struct tls *const tls = (struct tls *)stream;
	size_t got;

	ERR_clear_error();
	return SSL_read_ex(tls->ssl, data, length, &got) == 1 ? (ssize_t)got : explain(tls, err);
}

static ssize_t write_tls(struct stream *stream, const void *data, size_t length,
			 struct pop3_error *err)
{
	struct tls *const tls = (struct tls *)stream;
	size_t put;

	ERR_clear_error();
	return SSL_write_ex(tls->ssl, data, length, &put) == 1 ? (ssize_t)put : explain(tls, err);
}

static void close_tls(struct stream *stream)
{
	struct tls *const tls = (struct tls *)stream;

	if (tls->ssl != NULL && SSL_is_init_finished(tls->ssl)) {
		ERR_clear_error();
		SSL_shutdown(tls->ssl);
	}
	SSL_free(tls->ssl);
	BIO_meth_free(tls->method);
	buffer_wipe(&tls->tickets.newest);
	buffer_release(&tls->tickets.newest);
	stream_close(tls->lower);
	free(tls);
}

static const struct stream_kind tls_kind = {
	.name = "TLS", .read = read_tls, .write = write_tls, .close = close_tls,
};

/* --- the handshake --- */

/* Records the certificates before verifying them: diagnostics matter most for a rejected chain. */
static int verify(X509_STORE_CTX *context, void *arg)
{
	const struct tls *const tls = arg;

	if (tls->account->diagnostics != NULL)
		certificate_diagnose(context, tls->name, tls->account->diagnostics);
	return trust_verify(context, &tls->account->trust);
}

static int set_up(struct tls *tls, struct pop3_error *err)
{
	BIO *bio = NULL;

	/* First, so that a file replaced meanwhile is not taken for what was loaded. */
	if (tls->account->cache_dir != NULL)
		tls->tickets.may_keep =
			trust_digest(&tls->account->trust, tls->tickets.origin.trust);
	tls->ssl = tls_set_up(&tls->account->trust, tls->name, err);
	if (tls->ssl == NULL)
		return -1;
	tls->method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "stream");
	if (tls->method != NULL) {
		BIO_meth_set_read(tls->method, bio_read);
		BIO_meth_set_write(tls->method, bio_write);
		BIO_meth_set_ctrl(tls->method, bio_control);
		bio = BIO_new(tls->method);
	}
	if (bio == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	BIO_set_data(bio, tls);
	BIO_set_init(bio, 1);
	SSL_set_bio(tls->ssl, bio, bio);
	SSL_CTX_set_cert_verify_callback(SSL_get_SSL_CTX(tls->ssl), verify, tls);
	tls_peer_watch(&tls->peer, tls->ssl, &tls->account->trust);
	return 0;
}

static int fail_handshake(struct tls *tls, struct pop3_error *err)
{
	const long verdict = SSL_get_verify_result(tls->ssl);
	const unsigned long error = ERR_peek_error();

	if (verdict != X509_V_OK)
		return trust_explain(verdict, tls->name, err);
	if (tls->lower_error.code != POP3_E_NONE) {
		*err = tls->lower_error;
		return -1;
	}
	if (tls_fail_client(&tls->peer, error, err) || tls_fail_version(&tls->peer, error, err))
		return -1;
	if (ERR_GET_REASON(error) == SSL_R_WRONG_VERSION_NUMBER) {
		if (tls->account->diagnostics != NULL)
			tls->account->diagnostics->language = POP3_SPEAKS_CLEAR;
		return pop3_fail(err, POP3_E_TLS, "the server does not speak TLS on this port: try "
						  "--tls stls");
	}
	if (ERR_reason_error_string(error) == NULL ||
	    ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
		return pop3_fail(err, POP3_E_LOST, "the server closed the connection during the "
						   "TLS handshake");
	return pop3_fail(err, POP3_E_TLS, "the TLS handshake failed: %s",
			 tls_reason(error));
}

static int shake_hands(struct tls *tls, int64_t deadline, struct pop3_error *err)
{
	for (;;) {
		int result, kind;

		ERR_clear_error();
		result = SSL_connect(tls->ssl);
		if (result == 1)
			return 0;
		kind = SSL_get_error(tls->ssl, result);
		if (kind != SSL_ERROR_WANT_READ && kind != SSL_ERROR_WANT_WRITE)
			return fail_handshake(tls, err);
		if (stream_wait(tls->lower, tls->wants, &tls->account->timeouts, deadline, err) < 0)
			return pop3_context(err, "the TLS handshake");
	}
}

static void note_handshake(const struct tls *tls, struct pop3_diagnostics *diagnostics)
{
	const SSL_CIPHER *cipher = SSL_get_current_cipher(tls->ssl);

	/* After an aborted handshake, the cipher that was negotiated but not used yet. */
	if (cipher == NULL)
		cipher = SSL_get_pending_cipher(tls->ssl);
	/* Before the ServerHello, SSL_get_version returns the version that the client prefers. */
	if (cipher != NULL) {
		diagnostics->tls_version = SSL_get_version(tls->ssl);
		diagnostics->cipher = SSL_CIPHER_get_name(cipher);
	}
	diagnostics->distrust = trust_judge(SSL_get_verify_result(tls->ssl));
}

struct stream *tls_open(struct stream *lower, const struct pop3_account *account,
			const struct buffer *ticket, int64_t deadline, struct pop3_error *err)
{
	struct tls *const tls = calloc(1, sizeof *tls);
	int result;

	if (tls == NULL) {
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		stream_close(lower);
		return NULL;
	}
	tls->stream = (struct stream){ .kind = &tls_kind, .fd = lower->fd, .is_tls = true };
	tls->lower = lower;
	tls->account = account;
	tls->name = account->trust.name != NULL ? account->trust.name : account->host;
	if (set_up(tls, err) < 0)
		goto failed;
	tls_tickets_begin(&tls->tickets, tls->ssl, ticket, !account->trust.no_verify);
	result = shake_hands(tls, deadline, err);
	SSL_set_msg_callback(tls->ssl, NULL); /* it would be called for each record */
	if (SSL_session_reused(tls->ssl) == 0)
		tls->tickets.origin.verified = (int64_t)time(NULL);
	if (account->diagnostics != NULL)
		note_handshake(tls, account->diagnostics);
	if (result == 0 &&
	    trust_check_pins(SSL_get0_peer_certificate(tls->ssl), &account->trust, err) == 0)
		return &tls->stream;
failed:
	close_tls(&tls->stream);
	return NULL;
}

const struct buffer *tls_ticket(const struct stream *stream)
{
	return &((const struct tls *)stream)->tickets.newest;
}

/* --- the channel binding (RFC 5929, RFC 9266) --- */

/*
 * RFC 5929 section 4.1: the certificate's digest by its own signature algorithm, but SHA-256 in
 * place of MD5 and SHA-1, and none for a signature without a digest (EdDSA).
 */
static size_t end_point(SSL *ssl, unsigned char *data)
{
	X509 *const certificate = SSL_get0_peer_certificate(ssl);
	int digest_nid = NID_undef;
	const EVP_MD *digest;
	unsigned int length = 0;

	if (certificate == NULL ||
	    X509_get_signature_info(certificate, &digest_nid, NULL, NULL, NULL) != 1)
		return 0;
	if (digest_nid == NID_md5 || digest_nid == NID_sha1)
		digest_nid = NID_sha256;
	digest = EVP_get_digestbynid(digest_nid);
	if (digest == NULL || X509_digest(certificate, digest, data, &length) != 1)
		return 0;
	return length;
}

const char *tls_binding(const struct stream *stream, unsigned char *data, size_t *length)
{
	static const char label[] = "EXPORTER-Channel-Binding";
	SSL *const ssl = ((const struct tls *)stream)->ssl;

	if (SSL_version(ssl) >= TLS1_3_VERSION) {
		*length = 32;
		return SSL_export_keying_material(ssl, data, 32, label, sizeof label - 1,
						  (const unsigned char *)"", 0, 1) == 1
			       ? "tls-exporter"
			       : NULL;
	}
	*length = end_point(ssl, data);
	return *length > 0 ? "tls-server-end-point" : NULL;
}
