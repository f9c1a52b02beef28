#ifndef NET_TRUST_H
#define NET_TRUST_H

#include <openssl/types.h>

#include "pop3/account.h"
#include "pop3/diagnostics.h"
#include "pop3/error.h"

/* Whose word TLS takes: authorities, the name to be found, pins, and what a refusal means. */

/* Fills a store with the account's authorities, or the system's as far as they cost nothing. */
int trust_load(X509_STORE *store, const struct pop3_trust *trust, struct pop3_error *err);

/* Demands that the certificate is for a name: a host name or an IP address (RFC 9525). */
int trust_expect_name(X509_VERIFY_PARAM *param, const char *name, struct pop3_error *err);

/* Whether it is for that name, by the same rules. */
bool trust_finds_name(X509 *certificate, const char *name);

/* Verifies a chain: OpenSSL's own verification, with the system's bundle as the last resort. */
int trust_verify(X509_STORE_CTX *context, const struct pop3_trust *trust);

/* Whether the key is a pinned one, if any is; NULL = the server showed no certificate. */
int trust_check_pins(const X509 *certificate, const struct pop3_trust *trust,
		     struct pop3_error *err);

/* Sorts a verdict (an X509_V_ERR_…). */
enum pop3_distrust trust_judge(long verdict);

/* Fills in which check failed and what to do about it; returns -1. */
int trust_explain(long verdict, const char *name, struct pop3_error *err);

#endif
