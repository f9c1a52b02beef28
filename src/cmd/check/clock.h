#ifndef CMD_CHECK_CLOCK_H
#define CMD_CHECK_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/*
 * The seconds by which a server's clock is ahead of ours (negative: behind), if one of its dates
 * proves a difference; otherwise 0.
 */
#define CLOCK_DIFFERENCE_MIN 120 /* seconds; a connection, relay or queue may take as long */

/* From a greeting's timestamp, if it is "<process.seconds@host>" (RFC 1939 section 7). */
int64_t clock_ahead_by_greeting(const char *greeting, int64_t now);

/* From the newest Received field of a message: only a date in the future proves anything. */
int64_t clock_ahead_by_header(const char *block, size_t length, int64_t now);

#endif
