#ifndef POP3_SECRET_H
#define POP3_SECRET_H

#include <stddef.h>

#include "pop3/error.h"

/*
 * A password or token. It is kept in memory pages of its own, which are excluded from core dumps,
 * locked in memory as far as the limits allow, and overwritten before they are freed. Where the
 * kernel supports memfd_secret(2), no other process can read them, not even root's. A zeroed secret
 * is empty.
 */
#define POP3_SECRET_LIMIT (1024UL * 1024) /* maximum size in octets */

struct pop3_secret {
	char *text; /* NUL-terminated, NULL while empty */
	size_t length;
	size_t capacity;
};

/*
 * Appends octets. Fails with POP3_E_MEMORY, or with POP3_E_USAGE when the limit would be exceeded,
 * and leaves the secret unchanged.
 */
int pop3_secret_append(struct pop3_secret *secret, const char *text, size_t length,
		       struct pop3_error *err);

/* Overwrites the secret and frees its pages. It is empty then and may be used again. */
void pop3_secret_wipe(struct pop3_secret *secret);

#endif
