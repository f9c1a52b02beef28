#ifndef NET_TLS_PRIVATE_H
#define NET_TLS_PRIVATE_H

#include <openssl/types.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "pop3/account.h"
#include "pop3/error.h"

/* What the files of TLS share: setting a connection up, and sessions that are taken up again. */

/*
 * A connection to be made with a server of that name, which is said and, with verification, to be
 * found in its certificate; to be freed. NULL: a file of the trust's cannot be used, or no memory.
 */
SSL *tls_set_up(const struct pop3_trust *trust, const char *name, struct pop3_error *err);

/* Has the newest session that the server gives kept in the ticket, as long as there is ssl. */
void tls_ticket_collect(SSL *ssl, struct buffer *ticket);

/* Takes the session up if it can be: to verify, only while the server's certificate holds. */
void tls_ticket_offer(SSL *ssl, const struct buffer *ticket, bool verify);

#endif
