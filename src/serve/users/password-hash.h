#ifndef SERVE_USERS_PASSWORD_HASH_H
#define SERVE_USERS_PASSWORD_HASH_H

#include <stdbool.h>

#include "pop3/error.h"

#define PASSWORD_OCTETS_MAX 511 /* the longest password that crypt(3) accepts */

/* Hashes with crypt(3)'s default method (yescrypt); free the result. Takes tens of milliseconds. */
char *password_hash(const char *password, struct pop3_error *err);

/*
 * Returns 1 if the password matches the hash, 0 if not, -1 (POP3_E_MEMORY) when out of memory. If
 * the hash's method is unsupported, it hashes with the decoy instead, to take as long. Thread-safe.
 */
int password_matches(const char *hash, const char *decoy, const char *password,
		     struct pop3_error *err);

/*
 * A password that matched is remembered as its HMAC under a random key of this process, so that a
 * client that logs in every minute costs no hashing. The HMAC also covers the name and the hash.
 */
#define PASSWORD_PROOF_OCTETS 32

struct password_proof {
	bool known;
	unsigned char octets[PASSWORD_PROOF_OCTETS];
};

void password_remember(struct password_proof *proof, const char *name, const char *hash,
		       const char *password);
bool password_is_remembered(const struct password_proof *proof, const char *name,
			    const char *hash, const char *password);

#endif
