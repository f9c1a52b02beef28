#ifndef NET_STREAM_H
#define NET_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/deadline.h"
#include "pop3/account.h"
#include "pop3/error.h"

/*
 * A bidirectional octet stream: the same three functions over a socket, a tunnel or TLS. None of
 * them blocks: they return what they have to wait for, and the caller waits with stream_wait.
 */
struct stream;

enum {
	STREAM_ENDED = 0,	 /* read: end of stream */
	STREAM_FAILED = -1,	 /* err is filled in; only close may follow */
	STREAM_WANTS_READ = -2,	 /* call again when the descriptor is readable */
	STREAM_WANTS_WRITE = -3, /* call again when the descriptor is writable */
};

struct stream_kind {
	const char *name;
	ssize_t (*read)(struct stream *, void *data, size_t length, struct pop3_error *err);
	ssize_t (*write)(struct stream *, const void *data, size_t length, struct pop3_error *err);
	void (*close)(struct stream *); /* frees everything; never called with NULL */
};

/* Must be the first member of each kind's own struct. */
struct stream {
	const struct stream_kind *kind;
	int fd; /* to poll; -1 when the stream never has to wait */
	bool is_tls;
	bool drained; /* the last read emptied the socket: wait before the next one */
};

ssize_t stream_read(struct stream *, void *data, size_t length, struct pop3_error *err);
ssize_t stream_write(struct stream *, const void *data, size_t length, struct pop3_error *err);
void stream_close(struct stream *); /* NULL is allowed */

/* Waits for the event that read or write asked for (STREAM_WANTS_…). */
int stream_wait(const struct stream *, ssize_t wants, const struct pop3_timeouts *timeouts,
		int64_t deadline, struct pop3_error *err);

/* Blocking send and receive, for protocols in lock step (proxies, management). */
int stream_send(struct stream *, const void *data, size_t length,
		const struct pop3_timeouts *timeouts, int64_t deadline, struct pop3_error *err);
ssize_t stream_receive(struct stream *, void *data, size_t length,
		       const struct pop3_timeouts *timeouts, int64_t deadline,
		       struct pop3_error *err);

/* A stream for a connected non-blocking socket, which it owns; NULL on failure, with fd closed. */
struct stream *socket_stream(int fd, struct pop3_error *err);

/* What kinds of streams over a socket have in common. */
ssize_t socket_read(struct stream *, void *data, size_t length, struct pop3_error *err);
ssize_t socket_write(struct stream *, const void *data, size_t length, struct pop3_error *err);

/* Connects to a host, trying its addresses in turn (RFC 8305, for one blocking caller). */
struct stream *tcp_connect(const char *host, uint16_t port, int family,
			   const struct pop3_timeouts *timeouts, int64_t deadline,
			   struct pop3_diagnostics *diagnostics, struct pop3_error *err);

/* Runs a command whose stdin and stdout are the stream; closing the stream ends the command. */
struct stream *tunnel_open(const char *command, struct pop3_error *err);

/* Connects to host and port through the proxy with that URL, which resolves the host name. */
struct stream *proxy_connect(const char *proxy, const char *host, uint16_t port, int family,
			     const struct pop3_timeouts *timeouts, int64_t deadline,
			     struct pop3_error *err);

/* Connects through the account's tunnel or proxy, or directly, before the deadline. */
struct stream *stream_dial(const struct pop3_account *account, uint16_t port, int64_t deadline,
			   struct pop3_error *err);

#endif
