/*
 * The server's side of a whole client, in memory: replaces dialling and TLS. A script contains the
 * server's octets: "|" is a pause, after which the rest is sent only when the client waits for it;
 * "^" ends a connection, and the rest is for the next one.
 */
#ifndef FUZZ_PEER_H
#define FUZZ_PEER_H

#include <fcntl.h>
#include <unistd.h>

#include "fuzz.h"
#include "net/stream.h"
#include "net/tls.h"

#define PEER_CALLS 100000 /* more than a client makes unless it hangs */

static struct peer {
	struct input script;	/* of later connections */
	struct input turns;	/* of this connection, not yet sent */
	struct buffer sent;	/* over this connection so far */
	struct buffer received; /* from the client */
	size_t step;		/* octets per read */
	bool full;		/* the first attempt of every write fails for lack of space */
	bool balks;		/* the next attempt fails */
	size_t calls, connections;
	ptrdiff_t secured_at; /* where TLS began in received; -1 = clear text */
	void (*closing)(void); /* checks the closed connection */
} peer;

static inline ssize_t peer_read(struct stream *stream, void *data, size_t length,
				struct pop3_error *err)
{
	struct input chunk;

	(void)stream, (void)err;
	must(++peer.calls < PEER_CALLS, "a client terminates");
	if (peer.turns.length > 0 && peer.turns.data[0] == '|') {
		input_take(&peer.turns, 1);
		return STREAM_WANTS_READ;
	}
	chunk = input_take(&peer.turns, length < peer.step ? length : peer.step);
	if (chunk.length > 0) {
		const char *const pause = memchr(chunk.data, '|', chunk.length);
		const size_t upto = pause != NULL ? (size_t)(pause - chunk.data) : chunk.length;

		peer.turns.data -= chunk.length - upto;
		peer.turns.length += chunk.length - upto;
		memcpy(data, chunk.data, upto);
		buffer_append(&peer.sent, data, upto);
		return (ssize_t)upto;
	}
	return STREAM_ENDED;
}

static inline ssize_t peer_write(struct stream *stream, const void *data, size_t length,
				 struct pop3_error *err)
{
	(void)stream, (void)err;
	must(++peer.calls < PEER_CALLS, "a client terminates");
	peer.balks = peer.full && !peer.balks;
	if (peer.balks)
		return STREAM_WANTS_WRITE;
	length = length < peer.step ? length : peer.step;
	buffer_append(&peer.received, data, length);
	return (ssize_t)length;
}

static inline void peer_close(struct stream *stream)
{
	peer.closing();
	close(stream->fd);
	free(stream);
}

static const struct stream_kind peer_kind = {
	.name = "peer", .read = peer_read, .write = peer_write, .close = peer_close,
};

/* Replaces net/dial.c. */
struct stream *stream_dial(const struct pop3_account *account, uint16_t port, int64_t deadline,
			   struct pop3_error *err)
{
	struct stream *const stream = malloc(sizeof *stream);
	/* Always ready, so that no wait takes time. */
	const int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)account, (void)port, (void)deadline;
	if (peer.script.length == 0 || stream == NULL || fd < 0) {
		pop3_fail(err, stream == NULL ? POP3_E_MEMORY : POP3_E_CONNECT, "nobody listens");
		free(stream);
		close(fd);
		return NULL;
	}
	*stream = (struct stream){ .kind = &peer_kind, .fd = fd };
	peer.turns = input_until(&peer.script, '^');
	peer.connections++;
	peer.secured_at = -1;
	buffer_clear(&peer.sent);
	buffer_clear(&peer.received);
	return stream;
}

/* The octets before TLS must be a greeting and +OK, apart from empty lines. */
static inline void peer_check_clear(void)
{
	struct input rest = { peer.sent.data, peer.sent.length };
	size_t lines = 0;

	must(rest.data[rest.length - 1] == '\n', "TLS begins after a line");
	while (rest.length > 0) {
		struct input line = input_until(&rest, '\n');

		while (line.length > 0 && line.data[0] == '\r')
			input_take(&line, 1);
		if (line.length == 0)
			continue;
		must(line.data[0] == '+', "TLS begins only after +OK");
		lines++;
	}
	must(lines == 2, "no clear text after +OK counts as sent in TLS");
}

/* Replaces net/tls.c. */
struct stream *tls_open(struct stream *lower, const struct pop3_account *account,
			const struct buffer *ticket, int64_t deadline, struct pop3_error *err)
{
	(void)account, (void)ticket, (void)deadline, (void)err;
	if (peer.sent.length > 0)
		peer_check_clear();
	peer.secured_at = (ptrdiff_t)peer.received.length;
	lower->is_tls = true;
	return lower;
}

const struct buffer *tls_ticket(const struct stream *stream)
{
	static const struct buffer none;

	(void)stream;
	return &none;
}

const char *tls_binding(const struct stream *stream, unsigned char *data, size_t *length)
{
	(void)stream;
	memset(data, 'b', 32);
	*length = 32;
	return "tls-exporter";
}

#endif
