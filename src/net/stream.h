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
 * Octets both ways: the same three functions over a socket, a tunnel or TLS. No function
 * blocks: one that cannot go on says what it waits for, and the caller waits with stream_wait.
 */
struct stream;

enum {
	STREAM_ENDED = 0,	 /* read: the peer will send no more */
	STREAM_FAILED = -1,	 /* the error is filled in; only close may follow */
	STREAM_WANTS_READ = -2,	 /* again when the descriptor is readable */
	STREAM_WANTS_WRITE = -3, /* again when it is writable */
};

struct stream_kind {
	const char *name;
	ssize_t (*read)(struct stream *, void *data, size_t length, struct pop3_error *err);
	ssize_t (*write)(struct stream *, const void *data, size_t length, struct pop3_error *err);
	void (*close)(struct stream *); /* gives everything back; NULL is never passed */
};

/* The first member of every kind's own struct. */
struct stream {
	const struct stream_kind *kind;
	int fd; /* what to poll; -1 when the stream never has to wait */
	bool is_tls;
	bool drained; /* nothing was left behind the last octets read: to be waited for at once */
};

ssize_t stream_read(struct stream *, void *data, size_t length, struct pop3_error *err);
ssize_t stream_write(struct stream *, const void *data, size_t length, struct pop3_error *err);
void stream_close(struct stream *); /* NULL is fine */

/* Waits for what read or write said it wants (STREAM_WANTS_…). */
int stream_wait(const struct stream *, ssize_t wants, const struct pop3_timeouts *timeouts,
		int64_t deadline, struct pop3_error *err);

/* Whole requests and short answers, for dialogues in lock step (proxies, management). */
int stream_send(struct stream *, const void *data, size_t length,
		const struct pop3_timeouts *timeouts, int64_t deadline, struct pop3_error *err);
ssize_t stream_receive(struct stream *, void *data, size_t length,
		       const struct pop3_timeouts *timeouts, int64_t deadline,
		       struct pop3_error *err);

/* A connected, non-blocking socket as a stream, which then owns it. NULL: no memory, closed. */
struct stream *socket_stream(int fd, struct pop3_error *err);

/* Connects to a host, all its addresses in turn (RFC 8305, for one blocking caller). */
struct stream *tcp_connect(const char *host, uint16_t port, int family,
			   const struct pop3_timeouts *timeouts, int64_t deadline,
			   struct pop3_diagnostics *diagnostics, struct pop3_error *err);

/* Runs a command whose stdin and stdout are the stream; closing it ends the command. */
struct stream *tunnel_open(const char *command, struct pop3_error *err);

/* A connection to host and port by way of a proxy's URL; names are looked up by the proxy. */
struct stream *proxy_connect(const char *proxy, const char *host, uint16_t port, int family,
			     const struct pop3_timeouts *timeouts, int64_t deadline,
			     struct pop3_error *err);

/* By tunnel, proxy or straight, as the account says; to be connected by the deadline. */
struct stream *stream_dial(const struct pop3_account *account, uint16_t port, int64_t deadline,
			   struct pop3_error *err);

#endif
