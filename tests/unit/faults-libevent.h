/* Failing calls of libevent and of its TLS setup, each function as a whole. */
#ifndef UNIT_FAULTS_LIBEVENT_H
#define UNIT_FAULTS_LIBEVENT_H

#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <openssl/ssl.h>

#include "faults.h"

FALLIBLE(SSL_CTX *, NULL, ENOMEM, SSL_CTX_new, (const SSL_METHOD *method), (method))
FALLIBLE(SSL *, NULL, ENOMEM, SSL_new, (SSL_CTX *context), (context))

FALLIBLE(struct event_base *, NULL, ENOMEM, event_base_new, (void), ())
FALLIBLE(struct event *, NULL, ENOMEM, event_new,
	 (struct event_base *base, evutil_socket_t fd, short what, event_callback_fn callback,
	  void *argument), (base, fd, what, callback, argument))
FALLIBLE(struct evconnlistener *, NULL, ENOMEM, evconnlistener_new,
	 (struct event_base *base, evconnlistener_cb callback, void *argument, unsigned flags,
	  int backlog, evutil_socket_t fd), (base, callback, argument, flags, backlog, fd))
FALLIBLE(int, -1, ENOMEM, evconnlistener_enable, (struct evconnlistener *listener), (listener))
FALLIBLE(struct bufferevent *, NULL, ENOMEM, bufferevent_socket_new,
	 (struct event_base *base, evutil_socket_t fd, int options), (base, fd, options))
FALLIBLE(struct bufferevent *, NULL, ENOMEM, bufferevent_openssl_socket_new,
	 (struct event_base *base, evutil_socket_t fd, SSL *ssl, enum bufferevent_ssl_state state,
	  int options), (base, fd, ssl, state, options))
FALLIBLE(int, -1, ENOMEM, bufferevent_enable, (struct bufferevent *stream, short what),
	 (stream, what))
FALLIBLE(int, -1, ENOMEM, evbuffer_add, (struct evbuffer *out, const void *data, size_t length),
	 (out, data, length))
FALLIBLE(int, -1, ENOMEM, evbuffer_add_vprintf,
	 (struct evbuffer *out, const char *format, va_list args), (out, format, args))

/* Call before any other function of libevent: its own allocations do not fail. */
static inline void faults_of_libevent(void)
{
	event_set_mem_functions(__real_malloc, __real_realloc, free);
}

#endif
