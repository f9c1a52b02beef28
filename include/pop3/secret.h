#ifndef POP3_SECRET_H
#define POP3_SECRET_H

#include <stddef.h>

#include "pop3/error.h"

/*
 * A password or token: in pages of its own that are kept out of core dumps and, where the limits
 * allow, out of swap, and overwritten before they are given back. Where the kernel has
 * memfd_secret(2), no other process can read them, be it root's. A zeroed secret is empty.
 */
#define POP3_SECRET_LIMIT (1024UL * 1024) /* octets at the most */

struct pop3_secret {
	char *text; /* NUL-terminated once it holds anything, NULL while empty */
	size_t length;
	size_t capacity;
};

/*
 * Puts octets behind those there. Fails with POP3_E_MEMORY, or POP3_E_USAGE past the limit; the
 * secret is as it was then.
 */
int pop3_secret_append(struct pop3_secret *secret, const char *text, size_t length,
		       struct pop3_error *err);

/* Overwrites it and gives its pages back: it is empty then, and may be used again. */
void pop3_secret_wipe(struct pop3_secret *secret);

#endif
