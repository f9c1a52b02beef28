#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Milliseconds of the monotonic clock: for time-outs, not for dates. */
int64_t clock_ms(void);

/* The same with a resolution of a few milliseconds, ten times as fast. */
int64_t clock_coarse_ms(void);

/*
 * Breaks down seconds since 1970 in UTC, like gmtime_r, which knows no day after 2038 where time_t
 * has 32 bits. Does not set tm_yday. Returns false if the year is out of range.
 */
bool clock_utc(int64_t seconds, struct tm *utc);

/* The opposite, like timegm; ignores tm_wday and tm_yday. All fields must be in their range. */
int64_t clock_from_utc(const struct tm *utc);

/* Writes "2026-11-29T10:00:00Z" (RFC 3339). Returns false if the year is out of range. */
#define CLOCK_TEXT sizeof "-2147483648-12-31T23:59:59Z"
bool clock_text(int64_t seconds, char text[CLOCK_TEXT]);

#endif
