/* TLS as a stream over a stream. The only file that knows <openssl/ssl.h>. */
#include "net/tls.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "net/certificate.h"
#include "net/trust.h"

#define READ_AHEAD 32768	  /* two records: a tenth faster than none */
#define TICKET_LIMIT (64UL * 1024) /* octets of a session that is kept */

struct tls {
	struct stream stream;
	struct stream *lower;
	const struct pop3_account *account;
	const char *name; /* what the certificate must be for */
	SSL_CTX *context;
	SSL *ssl;
	BIO_METHOD *method;
	ssize_t wants;		      /* what the lower stream said last */
	struct pop3_error lower_error; /* why it failed, when it did */
	struct buffer ticket;
};

/* --- the lower stream as OpenSSL wants to see it --- */

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

static int attach(struct tls *tls)
{
	BIO *bio;

	tls->method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "stream");
	if (tls->method == NULL)
		return -1;
	BIO_meth_set_read(tls->method, bio_read);
	BIO_meth_set_write(tls->method, bio_write);
	BIO_meth_set_ctrl(tls->method, bio_control);
	bio = BIO_new(tls->method);
	if (bio == NULL)
		return -1;
	BIO_set_data(bio, tls);
	BIO_set_init(bio, 1);
	SSL_set_bio(tls->ssl, bio, bio);
	return 0;
}

/* --- reading and writing --- */

static ssize_t explain(struct tls *tls, int result, struct pop3_error *err)
{
	switch (SSL_get_error(tls->ssl, result)) {
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
	if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
		return pop3_fail(err, POP3_E_LOST, "the connection was cut inside TLS");
	return pop3_fail(err, POP3_E_LOST, "TLS failed: %s",
			 ERR_reason_error_string(ERR_peek_error()));
}

static int clamp(size_t length)
{
	return length > 1 << 30 ? 1 << 30 : (int)length;
}

static ssize_t read_tls(struct stream *stream, void *data, size_t length, struct pop3_error *err)
{
	struct tls *const tls = (struct tls *)stream;
	int got;

	ERR_clear_error();
	got = SSL_read(tls->ssl, data, clamp(length));
	return got > 0 ? got : explain(tls, got, err);
}

static ssize_t write_tls(struct stream *stream, const void *data, size_t length,
			 struct pop3_error *err)
{
	struct tls *const tls = (struct tls *)stream;
	int put;

	ERR_clear_error();
	put = SSL_write(tls->ssl, data, clamp(length));
	return put > 0 ? put : explain(tls, put, err);
}

static void close_tls(struct stream *stream)
{
	struct tls *const tls = (struct tls *)stream;

	if (tls->ssl != NULL && SSL_is_init_finished(tls->ssl)) {
		ERR_clear_error();
		SSL_shutdown(tls->ssl);
	}
	SSL_free(tls->ssl);
	SSL_CTX_free(tls->context);
	BIO_meth_free(tls->method);
	buffer_wipe(&tls->ticket);
	buffer_release(&tls->ticket);
	stream_close(tls->lower);
	free(tls);
}

static const struct stream_kind tls_kind = {
	.name = "TLS", .read = read_tls, .write = write_tls, .close = close_tls,
};

/* --- session tickets --- */

static int keep_ticket(SSL *ssl, SSL_SESSION *session)
{
	struct tls *const tls = SSL_get_app_data(ssl);
	const int length = i2d_SSL_SESSION(session, NULL);
	unsigned char *room;

	buffer_wipe(&tls->ticket);
	room = length > 0 ? (unsigned char *)buffer_room(&tls->ticket, (size_t)length) : NULL;
	if (room != NULL && i2d_SSL_SESSION(session, &room) == length)
		buffer_grew(&tls->ticket, (size_t)length);
	return 0; /* the session stays OpenSSL's to free */
}

/* A certificate that has run out since must not live on in a session. */
static bool is_current(const SSL_SESSION *session)
{
	X509 *const certificate = SSL_SESSION_get0_peer((SSL_SESSION *)session);

	return certificate != NULL &&
	       X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0;
}

static void offer_ticket(struct tls *tls, const struct buffer *ticket, bool verify)
{
	const unsigned char *octets = (const unsigned char *)buffer_text(ticket);
	SSL_SESSION *session;

	if (ticket->length == 0)
		return;
	session = d2i_SSL_SESSION(NULL, &octets, (long)ticket->length);
	if (session != NULL && (!verify || is_current(session)))
		SSL_set_session(tls->ssl, session);
	SSL_SESSION_free(session);
	ERR_clear_error();
}

/* --- the handshake --- */

static int fail_setup(struct pop3_error *err, const char *what)
{
	const char *const reason = ERR_reason_error_string(ERR_peek_error());

	return pop3_fail(err, POP3_E_TLS, "%s: %s", what, reason != NULL ? reason : "failed");
}

static int no_passphrase(char *out, int size, int writing, void *arg)
{
	(void)out, (void)size, (void)writing, (void)arg;
	return 0;
}

static int use_certificate(SSL_CTX *context, const struct pop3_trust *trust,
			   struct pop3_error *err)
{
	const char *const key = trust->key != NULL ? trust->key : trust->cert;

	if (trust->cert == NULL)
		return 0;
	SSL_CTX_set_default_passwd_cb(context, no_passphrase);
	if (SSL_CTX_use_certificate_chain_file(context, trust->cert) != 1) {
		fail_setup(err, trust->cert);
		err->code = POP3_E_CONFIG;
		return pop3_context(err, "client certificate");
	}
	if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
		fail_setup(err, key);
		err->code = POP3_E_CONFIG;
		return pop3_context(err, "client key");
	}
	return 0;
}

/* What the server shows is reported first, since a chain that is refused is asked about most. */
static int verify(X509_STORE_CTX *context, void *arg)
{
	const struct tls *const tls = arg;

	if (tls->account->report != NULL)
		certificate_report(context, tls->name, tls->account->report);
	return trust_verify(context, &tls->account->trust);
}

static int set_up(struct tls *tls, struct pop3_error *err)
{
	const struct pop3_trust *const trust = &tls->account->trust;

	/*
	 * What OpenSSL would free at the exit, entry by entry, goes with the process. Its
	 * configuration costs half a millisecond and is read: it may hold this machine's policy.
	 */
	OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT, NULL);
	tls->context = SSL_CTX_new(TLS_client_method());
	if (tls->context == NULL)
		return fail_setup(err, "cannot set up TLS");
	SSL_CTX_set_min_proto_version(tls->context,
				      trust->tls_1_3_only ? TLS1_3_VERSION : TLS1_2_VERSION);
	SSL_CTX_set_mode(tls->context, SSL_MODE_ENABLE_PARTIAL_WRITE |
					       SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_read_ahead(tls->context, 1);
	SSL_CTX_set_default_read_buffer_len(tls->context, READ_AHEAD);
	SSL_CTX_set_session_cache_mode(tls->context, SSL_SESS_CACHE_CLIENT |
							     SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(tls->context, keep_ticket);
	SSL_CTX_set_cert_verify_callback(tls->context, verify, tls);
	if (!trust->no_verify &&
	    trust_load(SSL_CTX_get_cert_store(tls->context), trust, err) < 0)
		return -1;
	if (use_certificate(tls->context, trust, err) < 0)
		return -1;
	tls->ssl = SSL_new(tls->context);
	if (tls->ssl == NULL || attach(tls) < 0)
		return fail_setup(err, "cannot set up TLS");
	SSL_set_app_data(tls->ssl, tls);
	return 0;
}

static void note_language(const struct tls *tls)
{
	if (tls->account->report != NULL)
		tls->account->report->language = POP3_SPEAKS_CLEAR;
}

static int fail_handshake(struct tls *tls, struct pop3_error *err)
{
	const long verdict = SSL_get_verify_result(tls->ssl);
	const unsigned long error = ERR_peek_error();
	const char *const reason = ERR_reason_error_string(error);

	if (verdict != X509_V_OK)
		return trust_explain(verdict, tls->name, err);
	if (tls->lower_error.code != POP3_E_NONE) {
		*err = tls->lower_error;
		return -1;
	}
	if (ERR_GET_REASON(error) == SSL_R_WRONG_VERSION_NUMBER) {
		note_language(tls);
		return pop3_fail(err, POP3_E_TLS, "the server does not speak TLS there: perhaps "
						  "--tls stls is meant");
	}
	if (reason == NULL || ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
		return pop3_fail(err, POP3_E_LOST, "the server hung up during the TLS handshake");
	return pop3_fail(err, POP3_E_TLS, "the TLS handshake failed: %s", reason);
}

/* SNI is always said, except for addresses, which it cannot carry (RFC 6066 section 3). */
static int expect_name(struct tls *tls, struct pop3_error *err)
{
	const char *const name = tls->name;
	unsigned char address[16];
	const bool is_address =
		inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1;

	if (!is_address && SSL_set_tlsext_host_name(tls->ssl, name) != 1)
		return fail_setup(err, "the server's name");
	if (tls->account->trust.no_verify)
		return 0;
	SSL_set_verify(tls->ssl, SSL_VERIFY_PEER, NULL);
	return trust_expect_name(SSL_get0_param(tls->ssl), name, err);
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
		if (stream_wait(tls->lower, tls->wants, &tls->account->patience, deadline, err) < 0)
			return pop3_context(err, "the TLS handshake");
	}
}

static void tell(const struct tls *tls, struct pop3_report *report)
{
	const SSL_CIPHER *cipher = SSL_get_current_cipher(tls->ssl);

	/* The one agreed on, where the handshake was broken off before it came into use. */
	if (cipher == NULL)
		cipher = SSL_get_pending_cipher(tls->ssl);
	/* Before the server has said hello, OpenSSL names the version that it would like. */
	if (cipher != NULL) {
		report->tls_version = SSL_get_version(tls->ssl);
		report->cipher = SSL_CIPHER_get_name(cipher);
	}
	report->distrust = trust_judge(SSL_get_verify_result(tls->ssl));
}

static int check_pins(const struct tls *tls, struct pop3_error *err)
{
	const struct pop3_trust *const trust = &tls->account->trust;
	X509 *const certificate = SSL_get0_peer_certificate(tls->ssl);
	struct buffer pin = { 0 };
	bool held = trust->pin_count == 0;

	if (held)
		return 0;
	if (certificate == NULL)
		return pop3_fail(err, POP3_E_TLS, "the server showed no certificate");
	if (certificate_pin(certificate, &pin, err) < 0)
		return -1;
	for (size_t i = 0; i < trust->pin_count; i++)
		held = held || strcmp(trust->pins[i], buffer_text(&pin)) == 0;
	if (!held)
		pop3_fail(err, POP3_E_TLS, "the server's key is not the pinned one: it is %s",
			  buffer_text(&pin));
	buffer_release(&pin);
	return held ? 0 : -1;
}

static int secure(struct tls *tls, const struct buffer *ticket, int64_t deadline,
		  struct pop3_error *err)
{
	int result;

	if (set_up(tls, err) < 0 || expect_name(tls, err) < 0)
		return -1;
	offer_ticket(tls, ticket, !tls->account->trust.no_verify);
	result = shake_hands(tls, deadline, err);
	if (tls->account->report != NULL)
		tell(tls, tls->account->report);
	return result < 0 ? -1 : check_pins(tls, err);
}

struct stream *tls_open(struct stream *lower, const struct pop3_account *account,
			const struct buffer *ticket, int64_t deadline, struct pop3_error *err)
{
	struct tls *const tls = calloc(1, sizeof *tls);

	if (tls == NULL) {
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		stream_close(lower);
		return NULL;
	}
	tls->stream = (struct stream){ .kind = &tls_kind, .fd = lower->fd };
	tls->lower = lower;
	tls->account = account;
	tls->name = account->trust.name != NULL ? account->trust.name : account->host;
	tls->ticket.limit = TICKET_LIMIT;
	if (secure(tls, ticket, deadline, err) < 0) {
		close_tls(&tls->stream);
		return NULL;
	}
	return &tls->stream;
}

/* --- what others want to know --- */

const struct buffer *tls_ticket(const struct stream *stream)
{
	return &((const struct tls *)stream)->ticket;
}

/*
 * RFC 5929 section 4.1: the digest of the certificate's own signature, but SHA-256 in place of
 * MD5 and SHA-1, and none where the signature has no digest (EdDSA).
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
