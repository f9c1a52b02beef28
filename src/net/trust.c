/*
 * Deciding which certificates to trust. The system's hashed directory of authorities is searched
 * first: that takes microseconds. Its bundle file takes 30 ms to load and is used only if that
 * fails.
 */
#include "net/trust.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/certificate.h"

static const char *from_environment(const char *name, const char *otherwise)
{
	const char *const value = secure_getenv(name);

	return value != NULL && value[0] != '\0' ? value : otherwise;
}

const char *trust_system_directories(void)
{
	return from_environment("SSL_CERT_DIR", X509_get_default_cert_dir());
}

const char *trust_system_file(void)
{
	return from_environment("SSL_CERT_FILE", X509_get_default_cert_file());
}

int trust_fail_file(struct pop3_error *err, const char *what, const char *path,
		    const char *otherwise)
{
	const unsigned long first = ERR_peek_error();

	ERR_clear_error();
	if (!ERR_SYSTEM_ERROR(first))
		return pop3_fail(err, POP3_E_CONFIG, "%s '%s': %s", what, path, otherwise);
	errno = ERR_GET_REASON(first);
	return pop3_fail_errno(err, POP3_E_CONFIG, "%s '%s'", what, path);
}

int trust_load(X509_STORE *store, const struct pop3_trust *trust, struct pop3_error *err)
{
	const char *const dir = trust->ca_file == NULL && trust->ca_dir == NULL
					? trust_system_directories() : trust->ca_dir;

	ERR_clear_error();
	if (trust->ca_file != NULL && X509_STORE_load_file(store, trust->ca_file) != 1)
		return trust_fail_file(err, "certificates of authorities", trust->ca_file,
				       "no certificate in it (PEM is expected)");
	if (dir != NULL && X509_STORE_load_path(store, dir) != 1)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	return 0;
}

#define NAME_RULES (X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT)

int trust_expect_name(X509_VERIFY_PARAM *param, const char *name, struct pop3_error *err)
{
	X509_VERIFY_PARAM_set_hostflags(param, NAME_RULES);
	if (X509_VERIFY_PARAM_set1_ip_asc(param, name) == 1)
		return 0;
	ERR_clear_error();
	if (X509_VERIFY_PARAM_set1_host(param, name, 0) != 1)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	return 0;
}

bool trust_finds_name(X509 *certificate, const char *name)
{
	return X509_check_ip_asc(certificate, name, 0) == 1 ||
	       X509_check_host(certificate, name, 0, NAME_RULES, NULL) == 1;
}

/* An X509_STORE_CTX can verify only once, so the second attempt creates a new one. */
static int verify_with_bundle(X509_STORE_CTX *context)
{
	X509_STORE *const store = X509_STORE_CTX_get0_store(context);
	X509_STORE_CTX *const again = X509_STORE_CTX_new();
	int verdict = -1;

	if (X509_STORE_load_file(store, trust_system_file()) == 1 &&
	    again != NULL &&
	    X509_STORE_CTX_init(again, store, X509_STORE_CTX_get0_cert(context),
				X509_STORE_CTX_get0_untrusted(context)) == 1 &&
	    X509_VERIFY_PARAM_set1(X509_STORE_CTX_get0_param(again),
				   X509_STORE_CTX_get0_param(context)) == 1) {
		verdict = X509_verify_cert(again);
		X509_STORE_CTX_set_error(context, X509_STORE_CTX_get_error(again));
	}
	X509_STORE_CTX_free(again);
	return verdict;
}

enum pop3_distrust trust_judge(long verdict)
{
	switch (verdict) {
	case X509_V_OK:
		return POP3_TRUSTED;
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		return POP3_OTHER_NAME;
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return POP3_EXPIRED;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return POP3_NOT_YET_VALID;
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		return POP3_SELF_SIGNED;
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		return POP3_UNKNOWN_AUTHORITY;
	default:
		return POP3_OTHERWISE_WRONG;
	}
}

int trust_verify(X509_STORE_CTX *context, const struct pop3_trust *trust)
{
	enum pop3_distrust distrust;
	int verdict;

	/* OpenSSL calls this even then, and would report our verdict with later failures. */
	if (trust->no_verify)
		return 1;
	verdict = X509_verify_cert(context);
	distrust = trust_judge(X509_STORE_CTX_get_error(context));
	if (verdict > 0 || trust->ca_file != NULL || trust->ca_dir != NULL ||
	    (distrust != POP3_SELF_SIGNED && distrust != POP3_UNKNOWN_AUTHORITY))
		return verdict;
	return verify_with_bundle(context);
}

int trust_check_pins(const X509 *certificate, const struct pop3_trust *trust,
		     struct pop3_error *err)
{
	struct buffer pin = { 0 };
	bool held = false;

	if (trust->pin_count == 0)
		return 0;
	if (certificate == NULL)
		buffer_append_text(&pin, "missing");
	else if (certificate_pin(certificate, &pin, err) < 0)
		return -1;
	for (size_t i = 0; i < trust->pin_count; i++)
		held = held || strcmp(trust->pins[i], buffer_text(&pin)) == 0;
	if (!held)
		pop3_fail(err, POP3_E_TLS, "the server's key does not match --pin: it is %s",
			  buffer_text(&pin));
	buffer_release(&pin);
	return held ? 0 : -1;
}

int trust_explain(long verdict, const char *name, struct pop3_error *err)
{
	switch (trust_judge(verdict)) {
	case POP3_OTHER_NAME:
		return pop3_fail(err, POP3_E_TLS,
				 "the certificate is not valid for '%s': use a name that it lists, "
				 "or --tls-name",
				 name);
	case POP3_EXPIRED:
		return pop3_fail(err, POP3_E_TLS, "the certificate has expired, and the server's "
						  "operator must renew it (or is this machine's "
						  "clock wrong?)");
	case POP3_NOT_YET_VALID:
		return pop3_fail(err, POP3_E_TLS, "the certificate is not valid yet: is this "
						  "machine's clock wrong?");
	case POP3_SELF_SIGNED:
		return pop3_fail(err, POP3_E_TLS,
				 "the certificate is self-signed: trust it with --ca-file, or with "
				 "--pin and --no-verify");
	case POP3_UNKNOWN_AUTHORITY:
		return pop3_fail(err, POP3_E_TLS,
				 "the certificate's authority is not trusted (%s): add it with "
				 "--ca-file",
				 X509_verify_cert_error_string(verdict));
	case POP3_TRUSTED:
	case POP3_OTHERWISE_WRONG:
		break;
	}
	return pop3_fail(err, POP3_E_TLS, "the certificate was not accepted: %s",
			 X509_verify_cert_error_string(verdict));
}
