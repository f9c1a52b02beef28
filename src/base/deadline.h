#ifndef BASE_DEADLINE_H
#define BASE_DEADLINE_H

#include <stddef.h>
#include <stdint.h>

#include "pop3/account.h"
#include "pop3/error.h"

/* Waiting with a bound. */

/* The time ms from now, but not after timeouts->until_ms; 0 = no limit. */
int64_t deadline_after(const struct pop3_timeouts *timeouts, int64_t ms);

/*
 * Waits for poll events on a descriptor until the deadline. Fails with POP3_E_TIMEOUT or
 * POP3_E_INTERRUPTED. With a descriptor of -1, waits only for the deadline or a cancellation.
 */
int deadline_wait(const struct pop3_timeouts *timeouts, int fd, short events, int64_t deadline,
		  struct pop3_error *err);

/* Sleeps for ms milliseconds. Fails with POP3_E_INTERRUPTED; reaching the end is not an error. */
int deadline_pause(const struct pop3_timeouts *timeouts, int64_t ms, struct pop3_error *err);

/* The same, but fails at once with POP3_E_TIMEOUT if timeouts->until_ms would come first. */
int deadline_delay(const struct pop3_timeouts *timeouts, unsigned seconds, struct pop3_error *err);

/*
 * Writes everything to a descriptor whose reader may be slow. After a cancellation it still writes
 * what the reader accepts without waiting. Fails like deadline_wait, with POP3_E_CLOSED when the
 * reader has closed its end, or with POP3_E_IO; the text begins with "cannot write to" and what.
 */
int deadline_write(const struct pop3_timeouts *timeouts, int fd, const char *what,
		   const void *data, size_t length, struct pop3_error *err);

#endif
