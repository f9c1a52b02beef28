/* Password hashes by crypt(3), and a fast check for passwords that matched before. */
#include "serve/users/password-hash.h"

#include <crypt.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/buffer.h"

#define KEY_OCTETS 32

static char *hash_with(const char *password, const char *setting)
{
	void *data = NULL;
	int size = 0;
	const char *const hash = crypt_ra(password, setting, &data, &size);
	char *const copy = hash != NULL ? strdup(hash) : NULL;

	if (data != NULL)
		explicit_bzero(data, (size_t)size);
	free(data);
	return copy;
}

char *password_hash(const char *password, struct pop3_error *err)
{
	char *setting, *hash = NULL;

	if (password[0] == '\0' || strlen(password) > PASSWORD_OCTETS_MAX) {
		pop3_fail(err, POP3_E_USAGE, "the password must be 1 to %d octets long",
			  PASSWORD_OCTETS_MAX);
		return NULL;
	}
	setting = crypt_gensalt_ra(NULL, 0, NULL, 0);
	if (setting != NULL)
		hash = hash_with(password, setting);
	free(setting);
	if (hash == NULL)
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
	return hash;
}

int password_matches(const char *hash, const char *decoy, const char *password,
		     struct pop3_error *err)
{
	char *const found = hash_with(password, hash);
	const size_t length = strlen(hash);
	/* For an unsupported method, crypt(3) returns "*0" or "*1", or NULL. */
	const bool is_hash = found != NULL && found[0] != '*';
	bool same;

	if (found == NULL && errno == ENOMEM)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	if (!is_hash)
		free(hash_with(password, decoy));
	same = is_hash && strlen(found) == length && CRYPTO_memcmp(found, hash, length) == 0;
	free(found);
	return same;
}

static bool make_proof(unsigned char *proof, const char *name, const char *hash,
		       const char *password)
{
	static unsigned char key[KEY_OCTETS]; /* random, of this process */
	static bool has_key;
	struct buffer text = { 0 };
	bool made = false;

	if (!has_key)
		has_key = getrandom(key, sizeof key, 0) == sizeof key;
	buffer_append_format(&text, "%s\n%s\n%s", name, hash, password);
	if (has_key && !text.no_memory)
		made = HMAC(EVP_sha256(), key, sizeof key, (const unsigned char *)text.data,
			    text.length, proof, NULL) != NULL;
	buffer_wipe(&text);
	buffer_release(&text);
	return made;
}

void password_remember(struct password_proof *proof, const char *name, const char *hash,
		       const char *password)
{
	proof->known = make_proof(proof->octets, name, hash, password);
}

bool password_is_remembered(const struct password_proof *proof, const char *name,
			    const char *hash, const char *password)
{
	unsigned char octets[PASSWORD_PROOF_OCTETS];

	return proof->known && make_proof(octets, name, hash, password) &&
	       CRYPTO_memcmp(octets, proof->octets, sizeof octets) == 0;
}
