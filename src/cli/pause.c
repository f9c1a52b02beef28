/* Pauses that can be interrupted, and that are not begun when there is no time for them. */
#include "cli/pause.h"

#include "base/clock.h"
#include "base/patience.h"

int pause_for(const struct pop3_patience *patience, unsigned seconds, struct pop3_error *err)
{
	const int64_t end = clock_ms() + (int64_t)seconds * 1000;
	struct pop3_error woken;

	if (patience->until_ms > 0 && end >= patience->until_ms)
		return pop3_fail(err, POP3_E_TIMEOUT, "the time is up");
	if (patience_wait(patience, -1, 0, end, &woken) == 0 || woken.code == POP3_E_TIMEOUT)
		return 0;
	*err = woken;
	return -1;
}
