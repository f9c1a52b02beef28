#ifndef MAIL_ADDRESS_H
#define MAIL_ADDRESS_H

#include <stddef.h>

#include "base/buffer.h"

/*
 * Appends the addresses of an unfolded field such as From or To (RFC 5322 section 3.4), with ", "
 * between them: without names, comments, routes and the names of groups. A quoted local part stays
 * quoted. What is not an address is left out; a single word without "@" counts as one.
 */
void address_append_all(struct buffer *out, const char *value, size_t length);

#endif
