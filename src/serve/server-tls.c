/* The server's TLS: OpenSSL in libevent's bufferevents. */
#include "serve/server-tls.h"

#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>

struct certificates {
	SSL_CTX *context;
};

void tls_forget_errors(void)
{
	ERR_clear_error();
}

static int fail(struct pop3_error *err, const char *what, const char *path)
{
	const char *const reason = ERR_reason_error_string(ERR_get_error());

	ERR_clear_error();
	return pop3_fail(err, POP3_E_TLS, "%s '%s': %s", what, path,
			 reason != NULL ? reason : "not usable");
}

struct certificates *certificates_load(const char *cert, const char *key, struct pop3_error *err)
{
	static const unsigned char session_id[] = "pop3";
	struct certificates *const certificates = calloc(1, sizeof *certificates);
	SSL_CTX *const context = certificates != NULL ? SSL_CTX_new(TLS_server_method()) : NULL;

	if (context == NULL) {
		free(certificates);
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		return NULL;
	}
	certificates->context = context;
	if (key == NULL)
		key = cert;
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
	/*
	 * Idle connections keep no buffers, and the output may move between two writes. Partial
	 * writes stay disabled: after one, libevent would continue as if all had been sent.
	 */
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_session_id_context(context, session_id, sizeof session_id - 1);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	if (SSL_CTX_use_certificate_chain_file(context, cert) != 1)
		fail(err, "cannot use the certificate", cert);
	else if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
		fail(err, "cannot use the key", key);
	else if (SSL_CTX_check_private_key(context) != 1)
		fail(err, "the key does not belong to the certificate", key);
	else
		return certificates;
	certificates_free(certificates);
	return NULL;
}

void certificates_free(struct certificates *certificates)
{
	if (certificates != NULL)
		SSL_CTX_free(certificates->context);
	free(certificates);
}

struct bufferevent *tls_accept(struct event_base *base, const struct certificates *certificates,
			       int fd)
{
	SSL *const ssl = SSL_new(certificates->context);
	struct bufferevent *const stream =
		ssl == NULL ? NULL :
			      bufferevent_openssl_socket_new(base, fd, ssl,
							     BUFFEREVENT_SSL_ACCEPTING,
							     BEV_OPT_CLOSE_ON_FREE);

	if (stream == NULL) {
		SSL_free(ssl);
		return NULL;
	}
	/* Many clients close without close_notify: treat that as a normal end of input. */
	bufferevent_openssl_set_allow_dirty_shutdown(stream, 1);
	return stream;
}

void tls_close_notify(struct bufferevent *stream)
{
	(void)SSL_shutdown(bufferevent_openssl_get_ssl(stream));
	ERR_clear_error();
}
