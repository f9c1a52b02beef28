#ifndef POP3_SASLPREP_H
#define POP3_SASLPREP_H

#include <stddef.h>

#include "base/buffer.h"
#include "pop3/error.h"

/*
 * Prepares user names and passwords for comparison (SASLprep, RFC 4013) and appends them to out.
 * Fails with POP3_E_USAGE if the result is empty, or if the text is not UTF-8 or contains a
 * prohibited character; the error does not quote the text.
 */

/* A user name is a "query": characters not assigned in Unicode 3.2 are allowed (RFC 5802 5.1). */
int saslprep_name(struct buffer *out, const char *name, size_t length, struct pop3_error *err);

/* A password is a "stored string": such characters are not allowed (RFC 5802 section 2.2). */
int saslprep_password(struct buffer *out, const char *password, size_t length,
		      struct pop3_error *err);

#endif
