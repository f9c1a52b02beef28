#ifndef BASE_PATIENCE_H
#define BASE_PATIENCE_H

#include <stdint.h>

#include "pop3/account.h"
#include "pop3/error.h"

/* Waiting that always ends. */

/* The moment that lies ms from now, but never after patience->until_ms; 0 = no end. */
int64_t patience_deadline(const struct pop3_patience *patience, int64_t ms);

/*
 * Waits for poll events on a descriptor until the deadline. Fails with POP3_E_TIMEOUT or
 * POP3_E_INTERRUPTED. A descriptor of -1 waits for the deadline or the interruption alone.
 */
int patience_wait(const struct pop3_patience *patience, int fd, short events, int64_t deadline,
		  struct pop3_error *err);

#endif
