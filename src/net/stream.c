/* Functions for all kinds of streams: waiting with a deadline, and sending whole requests. */
#include "net/stream.h"

#include <poll.h>

ssize_t stream_read(struct stream *stream, void *data, size_t length, struct pop3_error *err)
{
	return stream->kind->read(stream, data, length, err);
}

ssize_t stream_write(struct stream *stream, const void *data, size_t length,
		     struct pop3_error *err)
{
	return stream->kind->write(stream, data, length, err);
}

void stream_close(struct stream *stream)
{
	if (stream != NULL)
		stream->kind->close(stream);
}

int stream_wait(const struct stream *stream, ssize_t wants, const struct pop3_timeouts *timeouts,
		int64_t deadline, struct pop3_error *err)
{
	return deadline_wait(timeouts, stream->fd, wants == STREAM_WANTS_WRITE ? POLLOUT : POLLIN,
			     deadline, err);
}

int stream_send(struct stream *stream, const void *data, size_t length,
		const struct pop3_timeouts *timeouts, int64_t deadline, struct pop3_error *err)
{
	const char *next = data;

	while (length > 0) {
		const ssize_t put = stream_write(stream, next, length, err);

		if (put == STREAM_FAILED)
			return -1;
		if (put < 0) {
			if (stream_wait(stream, put, timeouts, deadline, err) < 0)
				return -1;
			continue;
		}
		next += put;
		length -= (size_t)put;
	}
	return 0;
}

ssize_t stream_receive(struct stream *stream, void *data, size_t length,
		       const struct pop3_timeouts *timeouts, int64_t deadline,
		       struct pop3_error *err)
{
	for (;;) {
		const ssize_t got = stream_read(stream, data, length, err);

		if (got >= STREAM_FAILED)
			return got;
		if (stream_wait(stream, got, timeouts, deadline, err) < 0)
			return STREAM_FAILED;
	}
}
