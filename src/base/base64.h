#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/* The 64 letters, in the order of their values. */
extern const char base64_alphabet[];

/* Base64 (RFC 4648 section 4), padded, without line ends. */
void base64_encode(struct buffer *out, const void *data, size_t length);

/* Appends the decoded octets. False when text is not strictly base64; out is unchanged then. */
bool base64_decode(struct buffer *out, const char *text, size_t length);

#endif
