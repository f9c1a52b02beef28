/* The digest of a header, by which a message is told from another one with its UID and size. */
#include "mail/header-digest.h"

void header_digest_begin(struct header_digest *digest, size_t limit)
{
	EVP_MD_CTX *const old = digest->context;

	*digest = (struct header_digest){
		.context = old != NULL ? old : EVP_MD_CTX_new(), .room = limit,
	};
	/* Naming the algorithm again would make OpenSSL look it up for each message. */
	if (digest->context != NULL &&
	    EVP_DigestInit_ex(digest->context, old == NULL ? EVP_sha256() : NULL, NULL) != 1)
		header_digest_release(digest);
}

void header_digest_feed(struct header_digest *digest, const char *data, size_t length)
{
	size_t taken = 0;

	if (digest->context == NULL || digest->is_complete || digest->room == 0)
		return;
	if (length > digest->room)
		length = digest->room;
	while (taken < length && !digest->is_complete) {
		const char octet = data[taken++];

		if (octet == '\n') {
			digest->is_complete = digest->in_line == (digest->has_cr ? 1 : 0);
			digest->in_line = 0;
		} else {
			digest->in_line++;
		}
		digest->has_cr = octet == '\r';
	}
	digest->room -= taken;
	if (EVP_DigestUpdate(digest->context, data, taken) != 1)
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
