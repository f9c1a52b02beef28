#ifndef NET_TLS_PRIVATE_H
#define NET_TLS_PRIVATE_H

#include <openssl/types.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "pop3/account.h"
#include "pop3/error.h"

/* Shared by the TLS files: connection setup and session resumption. */

/*
 * Creates an SSL object for a connection to name, which is sent as SNI and, with verification,
 * required in the certificate. The caller frees it. NULL when out of memory or when a file of the
 * trust settings is unusable.
 */
SSL *tls_set_up(const struct pop3_trust *trust, const char *name, struct pop3_error *err);

/* Keeps the newest session ticket that the server sends in ticket, which must outlive ssl. */
void tls_ticket_collect(SSL *ssl, struct buffer *ticket);

/* Offers to resume the ticket's session; with verify, only while its certificate is valid. */
void tls_ticket_offer(SSL *ssl, const struct buffer *ticket, bool verify);

#endif
