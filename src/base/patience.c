/* Waiting that always ends: at a deadline, at the end of all, or when the caller is interrupted. */
#include "base/patience.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>

#include "base/clock.h"

int64_t patience_deadline(const struct pop3_patience *patience, int64_t ms)
{
	const int64_t deadline = ms > 0 ? clock_ms() + ms : 0;

	if (patience->until_ms > 0 && (deadline == 0 || patience->until_ms < deadline))
		return patience->until_ms;
	return deadline;
}

static int poll_timeout(int64_t deadline)
{
	const int64_t left = deadline - clock_ms();

	if (deadline == 0)
		return -1;
	return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

int patience_wait(const struct pop3_patience *patience, int fd, short events, int64_t deadline,
		  struct pop3_error *err)
{
	struct pollfd polled[] = {
		{ .fd = fd, .events = events },
		{ .fd = patience->cancel_fd > 0 ? patience->cancel_fd : -1, .events = POLLIN },
	};

	for (;;) {
		const int ready = poll(polled, 2, poll_timeout(deadline));

		if (ready < 0 && errno != EINTR)
			return pop3_fail_errno(err, POP3_E_IO, "poll");
		if (polled[1].revents != 0 && ready > 0)
			return pop3_fail(err, POP3_E_INTERRUPTED, "interrupted");
		if (ready > 0)
			return 0;
		if (deadline != 0 && clock_ms() >= deadline) {
			if (deadline == patience->until_ms)
				return pop3_fail(err, POP3_E_TIMEOUT, "the time for all is over");
			return pop3_fail(err, POP3_E_TIMEOUT, "timed out");
		}
	}
}
