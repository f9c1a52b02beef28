/* Base64 on top of OpenSSL's block functions, with the strict checks that those leave out. */
#include "base/base64.h"

#include <limits.h>
#include <openssl/evp.h>
#include <string.h>

const char base64_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(struct buffer *out, const void *data, size_t length)
{
	char *const room = length > INT_MAX / 2 ? NULL : buffer_room(out, (length + 2) / 3 * 4);

	if (room == NULL) {
		out->over_limit = true;
		return;
	}
	buffer_grew(out, (size_t)EVP_EncodeBlock((unsigned char *)room, data, (int)length));
}

bool base64_decode(struct buffer *out, const char *text, size_t length)
{
	size_t padding = 0;
	char *room;

	while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
		padding++;
	if (length % 4 != 0 || length > INT_MAX / 2)
		return false;
	for (size_t i = 0; i < length - padding; i++)
		if (text[i] == '\0' || strchr(base64_alphabet, text[i]) == NULL)
			return false;
	room = buffer_room(out, length / 4 * 3);
	if (room == NULL ||
	    EVP_DecodeBlock((unsigned char *)room, (const unsigned char *)text, (int)length) < 0)
		return false;
	buffer_grew(out, length / 4 * 3 - padding);
	return true;
}
