/* TLS settings before the handshake: protocol versions, authorities, client certificate. */
#include "net/tls-private.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "net/trust.h"

#define READ_AHEAD 32768 /* two TLS records: 10 % faster than without */

static int fail_setup(struct pop3_error *err, const char *what)
{
	const char *const reason = ERR_reason_error_string(ERR_peek_error());

	return pop3_fail(err, POP3_E_TLS, "%s: %s", what, reason != NULL ? reason : "failed");
}

static SSL_CTX *new_context(const struct pop3_trust *trust)
{
	SSL_CTX *context;

	/*
	 * NO_ATEXIT: freeing OpenSSL's tables one by one at exit would be wasted time. Its
	 * configuration is loaded although that takes half a millisecond: it may contain this
	 * machine's security policy.
	 */
	OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT, NULL);
	context = SSL_CTX_new(TLS_client_method());
	if (context == NULL)
		return NULL;
	SSL_CTX_set_min_proto_version(context,
				      trust->tls_1_3_only ? TLS1_3_VERSION : TLS1_2_VERSION);
	SSL_CTX_set_mode(context,
			 SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_read_ahead(context, 1);
	SSL_CTX_set_default_read_buffer_len(context, READ_AHEAD);
	return context;
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
	ERR_clear_error();
	if (SSL_CTX_use_certificate_chain_file(context, trust->cert) != 1)
		return trust_fail_file(err, "client certificate", trust->cert,
				       "no certificate in it (PEM is expected)");
	if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1)
		return 0;
	if (ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH)
		return trust_fail_file(err, "client key", key, "it is not the certificate's key");
	return trust_fail_file(err, "client key", key,
			       "no private key in it that works without a passphrase (PEM is "
			       "expected)");
}

static SSL *new_connection(SSL_CTX *context, const struct pop3_trust *trust, const char *name,
			   struct pop3_error *err)
{
	SSL *const ssl = SSL_new(context);
	unsigned char address[16];
	const bool is_address =
		inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1;
	int result = 0;

	/* SNI cannot hold IP addresses (RFC 6066 section 3). */
	if (ssl == NULL) {
		result = fail_setup(err, "cannot set up TLS");
	} else if (!is_address && SSL_set_tlsext_host_name(ssl, name) != 1) {
		result = fail_setup(err, "the server's name");
	} else if (!trust->no_verify) {
		SSL_set_verify(ssl, SSL_VERIFY_PEER, NULL);
		result = trust_expect_name(SSL_get0_param(ssl), name, err);
	}
	if (result == 0)
		return ssl;
	SSL_free(ssl);
	return NULL;
}

SSL *tls_set_up(const struct pop3_trust *trust, const char *name, struct pop3_error *err)
{
	SSL_CTX *const context = new_context(trust);
	SSL *ssl = NULL;

	if (context == NULL)
		fail_setup(err, "cannot set up TLS");
	else if ((trust->no_verify ||
		  trust_load(SSL_CTX_get_cert_store(context), trust, err) == 0) &&
		 use_certificate(context, trust, err) == 0)
		ssl = new_connection(context, trust, name, err);
	SSL_CTX_free(context); /* the connection holds a reference */
	return ssl;
}
