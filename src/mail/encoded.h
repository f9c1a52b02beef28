#ifndef MAIL_ENCODED_H
#define MAIL_ENCODED_H

#include <stddef.h>

#include "base/buffer.h"

/*
 * Appends an unfolded field value with its encoded-words (RFC 2047, RFC 2231 section 5) turned
 * into UTF-8, from any character set that iconv knows. An encoded-word may stand anywhere and be
 * of any length; one that is broken or of an unknown character set comes out as it is, and so
 * does all other text. The result may hold controls and octets that are no UTF-8.
 */
void encoded_decode(struct buffer *out, const char *value, size_t length);

#endif
