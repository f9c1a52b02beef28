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

#endif
