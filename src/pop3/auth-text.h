#ifndef POP3_AUTH_TEXT_H
#define POP3_AUTH_TEXT_H

#include <stddef.h>

#include "base/buffer.h"
#include "pop3/auth.h"
#include "pop3/error.h"

/* What several mechanisms do with names, passwords and a server's reasons. */

/* Fails with POP3_E_USAGE when the user name or the secret holds an octet 00-1F or 7F. */
int auth_check_control(const struct auth *auth, struct pop3_error *err);

/* A name with comma and equals sign escaped (saslname of RFC 5801 section 4). */
void auth_append_name(struct buffer *out, const char *name);

/* Keeps the server's reason in auth->refusal: printable ASCII, cut to what fits. */
void auth_keep_refusal(struct auth *auth, const char *reason, size_t length);

#endif
