#ifndef POP3_SASLPREP_H
#define POP3_SASLPREP_H

#include <stddef.h>

#include "base/buffer.h"
#include "pop3/error.h"

/*
 * Names and passwords made comparable (SASLprep, RFC 4013), appended to out. What is empty, no
 * UTF-8 or holds a prohibited character fails with POP3_E_USAGE; the error quotes nothing of it.
 */

/* A user name is a query: a character that Unicode 3.2 does not know passes (RFC 5802 5.1). */
int saslprep_name(struct buffer *out, const char *name, size_t length, struct pop3_error *err);

/* A password counts as stored: no such character may be in it (RFC 5802 section 2.2). */
int saslprep_password(struct buffer *out, const char *password, size_t length,
		      struct pop3_error *err);

#endif
