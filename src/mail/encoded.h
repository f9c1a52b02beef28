#ifndef MAIL_ENCODED_H
#define MAIL_ENCODED_H

#include <stddef.h>

#include "base/buffer.h"

/*
 * Appends an unfolded field value with its encoded words (RFC 2047, RFC 2231 section 5) converted
 * to UTF-8. Also decodes malformed words as found in mail: of any length, anywhere, with blanks or
 * 8-bit octets inside, with missing or excess "=" or padding, with characters split at the end of a
 * word, and with any character set of charset.h. Octets that are not a character become U+FFFD. All
 * other text is copied, so that the result may hold control characters and octets that are not
 * UTF-8.
 */
void encoded_decode(struct buffer *out, const char *value, size_t length);

/* The length of the encoded word at text, 0 when there is none. */
size_t encoded_word_length(const char *text, size_t length);

#endif
