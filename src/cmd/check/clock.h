#ifndef CMD_CHECK_CLOCK_H
#define CMD_CHECK_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/*
 * How many seconds a server's clock is ahead of ours (behind: negative), where a date of its own
 * shows that beyond doubt; 0 where none does.
 */
#define CLOCK_DIFFERENCE_MIN 120 /* seconds that a connection, a relay or a queue may take */

/* By a greeting's timestamp, if it is "<process.seconds@host>" (RFC 1939 section 7). */
int64_t clock_ahead_by_greeting(const char *greeting, int64_t now);

/* By the newest Received field of a message: only one from the future says anything. */
int64_t clock_ahead_by_header(const char *block, size_t length, int64_t now);

#endif
