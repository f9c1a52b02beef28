/* Waiting that always ends: at a deadline, at the overall deadline, or on cancellation. */
#include "base/deadline.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"

int64_t deadline_after(const struct pop3_timeouts *timeouts, int64_t ms)
{
	const int64_t deadline = ms > 0 ? clock_ms() + ms : 0;

	if (timeouts->until_ms > 0 && (deadline == 0 || timeouts->until_ms < deadline))
		return timeouts->until_ms;
	return deadline;
}

static int cancel_descriptor(const struct pop3_timeouts *timeouts)
{
	return timeouts->cancel_fd > 0 ? timeouts->cancel_fd : -1;
}

int deadline_wait(const struct pop3_timeouts *timeouts, int fd, short events, int64_t deadline,
		  struct pop3_error *err)
{
	struct pollfd polled[] = {
		{ .fd = fd, .events = events },
		{ .fd = cancel_descriptor(timeouts), .events = POLLIN },
	};

	for (;;) {
		const int64_t left = deadline - clock_ms();
		const int wait = left < 0 ? 0 : left < INT_MAX ? (int)left : INT_MAX;
		const int ready = poll(polled, 2, deadline != 0 ? wait : -1);

		if (ready < 0 && errno != EINTR)
			return pop3_fail_errno(err, POP3_E_IO, "poll");
		if (polled[1].revents != 0 && ready > 0)
			return pop3_fail(err, POP3_E_INTERRUPTED, "interrupted");
		if (ready > 0)
			return 0;
		if (deadline != 0 && clock_ms() >= deadline) {
			if (deadline == timeouts->until_ms)
				return pop3_fail(err, POP3_E_TIMEOUT, "--max-time exceeded");
			return pop3_fail(err, POP3_E_TIMEOUT, "timed out");
		}
	}
}

int deadline_pause(const struct pop3_timeouts *timeouts, int64_t ms, struct pop3_error *err)
{
	struct pop3_error woken;

	if (deadline_wait(timeouts, -1, 0, clock_ms() + ms, &woken) == 0 ||
	    woken.code == POP3_E_TIMEOUT)
		return 0;
	*err = woken;
	return -1;
}

int deadline_delay(const struct pop3_timeouts *timeouts, unsigned seconds, struct pop3_error *err)
{
	const int64_t ms = (int64_t)seconds * 1000;

	if (timeouts->until_ms > 0 && clock_ms() + ms >= timeouts->until_ms)
		return pop3_fail(err, POP3_E_TIMEOUT, "--max-time exceeded");
	return deadline_pause(timeouts, ms, err);
}

int deadline_write(const struct pop3_timeouts *timeouts, int fd, const char *what,
		   const void *data, size_t length, struct pop3_error *err)
{
	const char *next = data;

	while (length > 0) {
		struct pollfd polled[] = {
			{ .fd = fd, .events = POLLOUT },
			{ .fd = cancel_descriptor(timeouts), .events = POLLIN },
		};
		size_t room = length;
		ssize_t put;

		poll(polled, 2, 0);
		/* A write must not block then: poll promises this much space in a pipe. */
		if ((timeouts->until_ms > 0 || polled[1].revents != 0) && room > PIPE_BUF)
			room = PIPE_BUF;
		if (polled[0].revents == 0 &&
		    deadline_wait(timeouts, fd, POLLOUT, deadline_after(timeouts, 0), err) < 0)
			return pop3_context(err, "cannot write to %s", what);
		put = write(fd, next, room);
		if (put < 0 && errno != EINTR)
			return pop3_fail_errno(err, errno == EPIPE ? POP3_E_CLOSED : POP3_E_IO,
					       "cannot write to %s", what);
		next += put > 0 ? put : 0;
		length -= put > 0 ? (size_t)put : 0;
	}
	return 0;
}
