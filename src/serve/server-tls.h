#ifndef SERVE_SERVER_TLS_H
#define SERVE_SERVER_TLS_H

#include <event2/bufferevent.h>

#include "pop3/error.h"

/* Server-side TLS, 1.2 and later. Open streams outlive certificates_free. */
struct certificates;

/* Loads a PEM chain and its key (NULL = in the same file). Returns NULL with POP3_E_TLS. */
struct certificates *certificates_load(const char *cert, const char *key, struct pop3_error *err);
void certificates_free(struct certificates *certificates); /* NULL is fine */

/* A server-side TLS stream, which owns the socket. NULL when out of memory. */
struct bufferevent *tls_accept(struct event_base *base, const struct certificates *certificates,
			       int fd);

/* Sends close_notify if that does not block. */
void tls_close_notify(struct bufferevent *stream);

/* Call after a failure: OpenSSL keeps errors per thread until they are fetched. */
void tls_forget_errors(void);

#endif
