#ifndef NET_TLS_TICKET_H
#define NET_TLS_TICKET_H

#include <openssl/types.h>
#include <stdbool.h>

#include "base/buffer.h"

/* Has the newest session that the server gives kept in the ticket, as long as there is ssl. */
void tls_ticket_collect(SSL *ssl, struct buffer *ticket);

/* Takes the session up if it can be: to verify, only while the server's certificate holds. */
void tls_ticket_offer(SSL *ssl, const struct buffer *ticket, bool verify);

#endif
