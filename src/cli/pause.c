/* Pauses that can be interrupted, and that are not begun when there is no time for them. */
#include "cli/pause.h"

#include "base/clock.h"
#include "base/patience.h"

int pause_for(const struct pop3_patience *patience, unsigned seconds, struct pop3_error *err)
{
	const int64_t ms = (int64_t)seconds * 1000;

	if (patience->until_ms > 0 && clock_ms() + ms >= patience->until_ms)
		return pop3_fail(err, POP3_E_TIMEOUT, "the time is up");
	return patience_pause(patience, ms, err);
}
