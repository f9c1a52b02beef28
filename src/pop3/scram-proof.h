#ifndef POP3_SCRAM_PROOF_H
#define POP3_SCRAM_PROOF_H

#include <openssl/evp.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "pop3/account.h"
#include "pop3/error.h"

/* The proofs of client and server that they know the password (RFC 5802 section 3). */

struct scram_terms {
	const EVP_MD *digest;
	const struct buffer *password; /* after SASLprep */
	const struct buffer *salt;
	uint64_t iterations; /* at least 1 */
	const struct pop3_timeouts *timeouts;
	const struct buffer *message; /* AuthMessage */
};

struct scram_proofs {
	size_t size; /* octets of each */
	unsigned char client_proof[EVP_MAX_MD_SIZE];
	unsigned char server_signature[EVP_MAX_MD_SIZE];
};

/*
 * The number of iterations is the server's choice: fails with POP3_E_TIMEOUT or POP3_E_INTERRUPTED
 * if they take too long. Fails with POP3_E_CONFIG when OpenSSL lacks an algorithm.
 */
int scram_prove(const struct scram_terms *terms, struct scram_proofs *proofs,
		struct pop3_error *err);

#endif
