#ifndef SERVE_SERVER_TLS_H
#define SERVE_SERVER_TLS_H

#include <event2/bufferevent.h>

#include "pop3/error.h"

/* TLS on the server's side: 1.2 and later. Streams that are open outlive their certificates. */
struct certificates;

/* A chain and its key (NULL = in the same file), PEM. NULL with POP3_E_TLS. */
struct certificates *certificates_load(const char *cert, const char *key, struct pop3_error *err);
void certificates_free(struct certificates *certificates); /* NULL is fine */

/* A stream over a socket whose other side begins the handshake; owns the socket, also on NULL. */
struct bufferevent *tls_accept(struct event_base *base, const struct certificates *certificates,
			       int fd);

/* Sends close_notify, if that does not have to wait. */
void tls_close_notify(struct bufferevent *stream);

/* After a failure: OpenSSL keeps errors a thread until somebody asks. */
void tls_forget_errors(void);

#endif
