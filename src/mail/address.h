#ifndef MAIL_ADDRESS_H
#define MAIL_ADDRESS_H

#include <stddef.h>

#include "base/buffer.h"

/*
 * Appends the addresses of an unfolded field such as From or To (RFC 5322 section 3.4), separated
 * by ", ": without display names, comments, routes and group names. A quoted local part stays
 * quoted. Anything else is skipped, except that a single word without "@" counts as an address.
 */
void address_append_all(struct buffer *out, const char *value, size_t length);

#endif
