#ifndef NET_TRUST_H
#define NET_TRUST_H

#include <openssl/types.h>

#include "pop3/account.h"
#include "pop3/diagnostics.h"
#include "pop3/error.h"

/* Deciding which certificates to trust: authorities, the expected name, pins, and explanations. */

/* Where the system's authorities are: directories separated by colons, and a bundle. */
const char *trust_system_directories(void);
const char *trust_system_file(void);

/* Adds the account's authorities to a store, or the system's hashed directory of authorities. */
int trust_load(X509_STORE *store, const struct pop3_trust *trust, struct pop3_error *err);

/* Requires a certificate for that host name or IP address (RFC 9525). */
int trust_expect_name(X509_VERIFY_PARAM *param, const char *name, struct pop3_error *err);

/* Whether the certificate matches the name, by the same rules. */
bool trust_finds_name(X509 *certificate, const char *name);

/* Verifies a chain like OpenSSL, but tries the system's bundle if no authority was found. */
int trust_verify(X509_STORE_CTX *context, const struct pop3_trust *trust);

/* Fails unless the key matches a pin, if there are any. NULL = the server sent no certificate. */
int trust_check_pins(const X509 *certificate, const struct pop3_trust *trust,
		     struct pop3_error *err);

/*
 * A digest of the contents of all files by which a server is verified and this client presents
 * itself. False if a file cannot be read, or is not a regular file.
 */
#define TRUST_DIGEST_OCTETS 32
bool trust_digest(const struct pop3_trust *trust, unsigned char out[TRUST_DIGEST_OCTETS]);

/* Classifies an OpenSSL verification result (X509_V_…). */
enum pop3_distrust trust_judge(long verdict);

/* Fills in which check failed and what to do about it; returns -1. */
int trust_explain(long verdict, const char *name, struct pop3_error *err);

/*
 * POP3_E_CONFIG about a file that OpenSSL has just refused: the system's reason if it has one, or
 * otherwise.
 */
int trust_fail_file(struct pop3_error *err, const char *what, const char *path,
		    const char *otherwise);

#endif
