#ifndef BASE_DEADLINE_H
#define BASE_DEADLINE_H

#include <stddef.h>
#include <stdint.h>

#include "pop3/account.h"
#include "pop3/error.h"

/* Waiting that always ends. */

/* The moment that lies ms from now, but never after timeouts->until_ms; 0 = no end. */
int64_t deadline_after(const struct pop3_timeouts *timeouts, int64_t ms);

/*
 * Waits for poll events on a descriptor until the deadline. Fails with POP3_E_TIMEOUT or
 * POP3_E_INTERRUPTED. A descriptor of -1 waits for the deadline or the interruption alone.
 */
int deadline_wait(const struct pop3_timeouts *timeouts, int fd, short events, int64_t deadline,
		  struct pop3_error *err);

/* Lets so many ms go by; the end of that is none of the errors. */
int deadline_pause(const struct pop3_timeouts *timeouts, int64_t ms, struct pop3_error *err);

/* The same, but POP3_E_TIMEOUT at once when timeouts->until_ms comes before the end. */
int deadline_delay(const struct pop3_timeouts *timeouts, unsigned seconds, struct pop3_error *err);

/*
 * Writes all of it to a descriptor whose reader may take his time; what he takes at once he gets
 * after an interruption, too. Fails as deadline_wait does, with POP3_E_CLOSED when the reader has
 * gone, or with POP3_E_IO; the text says "cannot write to" what.
 */
int deadline_write(const struct pop3_timeouts *timeouts, int fd, const char *what,
		   const void *data, size_t length, struct pop3_error *err);

#endif
