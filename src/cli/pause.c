/* Pauses that can be interrupted, and that are not begun when there is no time for them. */
#include "cli/pause.h"

#include "base/clock.h"
#include "base/deadline.h"

int pause_for(const struct pop3_timeouts *timeouts, unsigned seconds, struct pop3_error *err)
{
	const int64_t ms = (int64_t)seconds * 1000;

	if (timeouts->until_ms > 0 && clock_ms() + ms >= timeouts->until_ms)
		return pop3_fail(err, POP3_E_TIMEOUT, "the time is up");
	return deadline_pause(timeouts, ms, err);
}
