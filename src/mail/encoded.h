#ifndef MAIL_ENCODED_H
#define MAIL_ENCODED_H

#include <stddef.h>

#include "base/buffer.h"

/*
 * Appends an unfolded field value with its encoded words (RFC 2047, RFC 2231 section 5) turned into
 * UTF-8. What mail really has is read, too: words of any length, anywhere, with blanks and 8-bit
 * octets in them, with "=" or padding missing or too many, characters cut in two by the end of a
 * word, and character sets by the names of charset.h. What is not a character comes out as U+FFFD.
 * All other text comes out as it is, so that the result may hold controls and octets that are not
 * UTF-8.
 */
void encoded_decode(struct buffer *out, const char *value, size_t length);

/* The encoded word that text begins with: its octets, 0 when there is none. */
size_t encoded_word_length(const char *text, size_t length);

#endif
