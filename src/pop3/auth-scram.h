#ifndef POP3_AUTH_SCRAM_H
#define POP3_AUTH_SCRAM_H

#include "base/buffer.h"
#include "pop3/auth.h"
#include "pop3/error.h"

/* Starts SCRAM with a given nonce instead of a random one, for the test vectors in the RFCs. */
int auth_scram_start_with(struct auth *auth, const char *nonce, struct buffer *out,
			  struct pop3_error *err);

#endif
