#ifndef SERVE_USERS_PASSWORD_HASH_H
#define SERVE_USERS_PASSWORD_HASH_H

#include <stdbool.h>

#include "pop3/error.h"

#define PASSWORD_OCTETS_MAX 511 /* what crypt(3) takes */

/* A new hash as crypt(3) prefers it (yescrypt), to be freed. Takes tens of milliseconds. */
char *password_hash(const char *password, struct pop3_error *err);

/*
 * 1 if the hash is that of the password, 0 if not, -1 (POP3_E_MEMORY) if nobody can tell now. As
 * slow, by way of the decoy also when the hash is of no method; safe in any thread.
 */
int password_matches(const char *hash, const char *decoy, const char *password,
		     struct pop3_error *err);

/*
 * A password that matched is remembered as its HMAC under a key that never leaves the process, so
 * that a client that comes every minute costs no hashing. The proof is bound to name and hash.
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
