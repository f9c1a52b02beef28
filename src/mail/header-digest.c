/* The digest of a header, by which a message is told from another one with its UID and size. */
#include "mail/header-digest.h"

void header_digest_begin(struct header_digest *digest, size_t limit)
{
	EVP_MD_CTX *const old = digest->context;

	*digest = (struct header_digest){
		.context = old != NULL ? old : EVP_MD_CTX_new(), .room = limit,
	};
	if (digest->context != NULL &&
	    EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL) != 1)
		header_digest_release(digest);
}

/* How many of the octets belong to the header. */
static size_t find_end(struct header_digest *digest, const char *data, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		const bool is_empty = digest->in_line == (digest->has_cr ? 1 : 0);

		if (data[i] != '\n') {
			digest->in_line++;
			digest->has_cr = data[i] == '\r';
			continue;
		}
		if (is_empty) {
			digest->is_complete = true;
			return i + 1;
		}
		digest->in_line = 0;
		digest->has_cr = false;
	}
	return length;
}

void header_digest_feed(struct header_digest *digest, const char *data, size_t length)
{
	if (digest->context == NULL || digest->is_complete || digest->room == 0)
		return;
	length = find_end(digest, data, length < digest->room ? length : digest->room);
	digest->room -= length;
	if (EVP_DigestUpdate(digest->context, data, length) != 1)
		header_digest_release(digest);
}

uint64_t header_digest_number(const unsigned char *octets)
{
	uint64_t number = 0;

	for (int i = 0; i < 8; i++)
		number = number << 8 | octets[i];
	return number != 0 ? number : 1;
}

uint64_t header_digest_end(struct header_digest *digest)
{
	unsigned char octets[EVP_MAX_MD_SIZE] = { 0 };

	if (digest->context == NULL || EVP_DigestFinal_ex(digest->context, octets, NULL) != 1)
		return 0;
	return header_digest_number(octets);
}

void header_digest_release(struct header_digest *digest)
{
	EVP_MD_CTX_free(digest->context);
	digest->context = NULL;
}
