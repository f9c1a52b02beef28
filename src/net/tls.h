#ifndef NET_TLS_H
#define NET_TLS_H

#include <stdint.h>

#include "base/buffer.h"
#include "net/stream.h"

/*
 * TLS over another stream, which it owns from then on, with whom the account says and as it trusts:
 * the account must outlive it. The handshake is done when tls_open returns. ticket may hold a
 * session of an earlier connection made under the same trust; a bad one costs nothing but its use.
 * Fails with POP3_E_TLS, saying which check failed; lower is closed then.
 */
struct stream *tls_open(struct stream *lower, const struct pop3_account *account,
			const struct buffer *ticket, int64_t deadline, struct pop3_error *err);

/* The newest session ticket; empty until the server has sent one. Borrowed until close. */
const struct buffer *tls_ticket(const struct stream *);

/*
 * The channel binding (RFC 5929, RFC 9266): its name, and its octets in data (64 at the most);
 * NULL when this connection has none.
 */
const char *tls_binding(const struct stream *, unsigned char *data, size_t *length);

#endif
