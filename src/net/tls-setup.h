#ifndef NET_TLS_SETUP_H
#define NET_TLS_SETUP_H

#include <openssl/types.h>

#include "pop3/account.h"
#include "pop3/error.h"

/*
 * A connection to be made with a server of that name, which is said and, with verification, to be
 * found in its certificate; to be freed. NULL: a file of the trust's cannot be used, or no memory.
 */
SSL *tls_set_up(const struct pop3_trust *trust, const char *name, struct pop3_error *err);

#endif
