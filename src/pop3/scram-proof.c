/* The computations of SCRAM (RFC 5802 section 3) with OpenSSL. */
#include "pop3/scram-proof.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <stdbool.h>

/* Named as in the RFC. */
struct keys {
	unsigned char salted_password[EVP_MAX_MD_SIZE];
	unsigned char client_key[EVP_MAX_MD_SIZE];
	unsigned char stored_key[EVP_MAX_MD_SIZE];
	unsigned char client_signature[EVP_MAX_MD_SIZE];
	unsigned char server_key[EVP_MAX_MD_SIZE];
};

static const struct buffer client_text = { .data = "Client Key", .length = 10 };
static const struct buffer server_text = { .data = "Server Key", .length = 10 };

static bool salt_password(const struct scram_terms *terms, unsigned char *salted)
{
	return PKCS5_PBKDF2_HMAC(terms->password->data, (int)terms->password->length,
				 (const unsigned char *)terms->salt->data, (int)terms->salt->length,
				 terms->iterations, terms->digest,
				 EVP_MD_get_size(terms->digest), salted) == 1;
}

static bool sign(const EVP_MD *digest, const unsigned char *key, const struct buffer *text,
		 unsigned char *signature)
{
	return HMAC(digest, key, EVP_MD_get_size(digest), (const unsigned char *)text->data,
		    text->length, signature, NULL) != NULL;
}

static bool derive(const struct scram_terms *terms, struct keys *keys,
		   struct scram_proofs *proofs)
{
	const EVP_MD *const digest = terms->digest;

	return salt_password(terms, keys->salted_password) &&
	       sign(digest, keys->salted_password, &client_text, keys->client_key) &&
	       EVP_Digest(keys->client_key, proofs->size, keys->stored_key, NULL, digest, NULL) &&
	       sign(digest, keys->stored_key, terms->message, keys->client_signature) &&
	       sign(digest, keys->salted_password, &server_text, keys->server_key) &&
	       sign(digest, keys->server_key, terms->message, proofs->server_signature);
}

int scram_prove(const struct scram_terms *terms, struct scram_proofs *proofs,
		struct pop3_error *err)
{
	struct keys *const keys = OPENSSL_zalloc(sizeof *keys);
	bool done;

	if (keys == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	proofs->size = (size_t)EVP_MD_get_size(terms->digest);
	done = derive(terms, keys, proofs);
	for (size_t i = 0; done && i < proofs->size; i++)
		proofs->client_proof[i] = keys->client_key[i] ^ keys->client_signature[i];
	OPENSSL_clear_free(keys, sizeof *keys);
	if (!done)
		return pop3_fail(err, POP3_E_CONFIG, "SCRAM needs %s, which OpenSSL does not "
						     "provide here",
				 EVP_MD_get0_name(terms->digest));
	return 0;
}
