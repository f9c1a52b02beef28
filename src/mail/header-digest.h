#ifndef MAIL_HEADER_DIGEST_H
#define MAIL_HEADER_DIGEST_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The digest of a message's header, taken while the message arrives, in any chunks: the first 64
 * bits of the SHA-256 of what header_block_length (mail/header.h) takes for its header.
 */
struct header_digest {
	EVP_MD_CTX *context; /* NULL: no digest can be taken */
	size_t room;	     /* octets that may still belong to the header */
	size_t in_line;	     /* octets of the current line before its end */
	bool has_cr;	     /* the last of them is a CR */
	bool is_complete;
};

/* limit: octets after which a header is cut off. Ends a digest that was begun before. */
void header_digest_begin(struct header_digest *digest, size_t limit);
void header_digest_feed(struct header_digest *digest, const char *data, size_t length);

/* Never 0, unless it could not be taken. */
uint64_t header_digest_end(struct header_digest *digest);
void header_digest_release(struct header_digest *digest);

/* The same number from the octets of the SHA-256. */
uint64_t header_digest_number(const unsigned char *octets);

#endif
