/* The computations of SCRAM (RFC 5802 section 3) with OpenSSL. */
#include "pop3/scram-proof.h"

#include <inttypes.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <stdbool.h>
#include <string.h>

#include "base/deadline.h"

#define SLICE 4096 /* iterations between two looks at the clock: about a millisecond */

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

/* --- Hi(), the salted password: PBKDF2 (RFC 8018 section 5.2) with one block of output --- */

static EVP_MAC_CTX *new_hmac(const EVP_MD *digest, const struct buffer *key)
{
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
						 (char *)EVP_MD_get0_name(digest), 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *const hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	/* OpenSSL 3.5 would read through NULL. */
	EVP_MAC_CTX *const context = hmac != NULL ? EVP_MAC_CTX_new(hmac) : NULL;

	EVP_MAC_free(hmac); /* the context holds a reference */
	if (context != NULL && EVP_MAC_init(context, (const unsigned char *)buffer_text(key),
					    key->length, params) == 1)
		return context;
	EVP_MAC_CTX_free(context);
	return NULL;
}

/* OpenSSL's own PBKDF2 takes as long, and cannot be interrupted. */
static bool salt_password(const struct scram_terms *terms, unsigned char *salted,
			  struct pop3_error *err)
{
	static const unsigned char first_block[] = { 0, 0, 0, 1 };
	const struct buffer *const salt = terms->salt;
	EVP_MAC_CTX *const context = new_hmac(terms->digest, terms->password);
	unsigned char octets[EVP_MAX_MD_SIZE];
	size_t length = 0;
	bool done = context != NULL &&
		    EVP_MAC_update(context, (const unsigned char *)salt->data, salt->length) == 1 &&
		    EVP_MAC_update(context, first_block, sizeof first_block) == 1 &&
		    EVP_MAC_final(context, octets, &length, sizeof octets) == 1;

	memcpy(salted, octets, length);
	for (uint64_t i = 1; done && i < terms->iterations; i++) {
		done = EVP_MAC_init(context, NULL, 0, NULL) == 1 &&
		       EVP_MAC_update(context, octets, length) == 1 &&
		       EVP_MAC_final(context, octets, &length, sizeof octets) == 1;
		for (size_t at = 0; at < length; at++)
			salted[at] ^= octets[at];
		if (i % SLICE == 0 && deadline_delay(terms->timeouts, 0, err) < 0)
			done = false;
	}
	OPENSSL_cleanse(octets, sizeof octets);
	EVP_MAC_CTX_free(context);
	return done;
}

/* --- the rest --- */

static bool sign(const EVP_MD *digest, const unsigned char *key, const struct buffer *text,
		 unsigned char *signature)
{
	return HMAC(digest, key, EVP_MD_get_size(digest), (const unsigned char *)text->data,
		    text->length, signature, NULL) != NULL;
}

int scram_prove(const struct scram_terms *terms, struct scram_proofs *proofs,
		struct pop3_error *err)
{
	const EVP_MD *const digest = terms->digest;
	struct keys *const keys = OPENSSL_zalloc(sizeof *keys);
	struct pop3_error late = { .code = POP3_E_NONE };
	bool done;

	if (keys == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	proofs->size = (size_t)EVP_MD_get_size(digest);
	done = salt_password(terms, keys->salted_password, &late) &&
	       sign(digest, keys->salted_password, &client_text, keys->client_key) &&
	       EVP_Digest(keys->client_key, proofs->size, keys->stored_key, NULL, digest, NULL) &&
	       sign(digest, keys->stored_key, terms->message, keys->client_signature) &&
	       sign(digest, keys->salted_password, &server_text, keys->server_key) &&
	       sign(digest, keys->server_key, terms->message, proofs->server_signature);
	for (size_t i = 0; done && i < proofs->size; i++)
		proofs->client_proof[i] = keys->client_key[i] ^ keys->client_signature[i];
	OPENSSL_clear_free(keys, sizeof *keys);
	if (done)
		return 0;
	if (late.code == POP3_E_NONE)
		return pop3_fail(err, POP3_E_CONFIG, "SCRAM needs %s, which OpenSSL does not "
						     "provide here",
				 EVP_MD_get0_name(digest));
	*err = late;
	return pop3_context(err, "computing the %" PRIu64 " iterations that the server asks for",
			    terms->iterations);
}
