#ifndef NET_TLS_H
#define NET_TLS_H

#include <stdint.h>

#include "base/buffer.h"
#include "net/stream.h"

/*
 * Starts TLS over another stream, which it then owns. The account names the server and the trust
 * settings, and must outlive the stream. The handshake is complete when tls_open returns. ticket
 * may hold the session of an earlier connection with the same trust settings; an invalid one is
 * ignored. Fails with POP3_E_TLS, naming the check that failed, and closes lower.
 */
struct stream *tls_open(struct stream *lower, const struct pop3_account *account,
			const struct buffer *ticket, int64_t deadline, struct pop3_error *err);

/* The newest session ticket; empty until the server sends one. Borrowed until close. */
const struct buffer *tls_ticket(const struct stream *);

/*
 * Returns the name of the channel binding (RFC 5929, RFC 9266) and sets data, up to 64 octets; NULL
 * when the connection has none.
 */
const char *tls_binding(const struct stream *, unsigned char *data, size_t *length);

#endif
