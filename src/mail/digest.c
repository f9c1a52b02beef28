/* Digests of file content, used to recognise a message after a crash. */
#include "mail/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <unistd.h>

#include "base/text.h"

int digest_file(int fd, uint64_t from, uint64_t length, char text[DIGEST_SIZE])
{
	EVP_MD_CTX *const context = EVP_MD_CTX_new();
	unsigned char digest[EVP_MAX_MD_SIZE];
	char chunk[16384];
	int result = -1;

	if (context == NULL || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1)
		goto out;
	while (length > 0) {
		const size_t wanted = length < sizeof chunk ? (size_t)length : sizeof chunk;
		const ssize_t got = pread(fd, chunk, wanted, (off_t)from);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || EVP_DigestUpdate(context, chunk, (size_t)got) != 1)
			goto out;
		from += (uint64_t)got;
		length -= (uint64_t)got;
	}
	if (EVP_DigestFinal_ex(context, digest, NULL) != 1)
		goto out;
	text_hex(text, digest, (DIGEST_SIZE - 1) / 2);
	result = 0;
out:
	EVP_MD_CTX_free(context);
	return result;
}
