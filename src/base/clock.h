#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds of the monotonic clock: for time-outs, not for dates. */
int64_t clock_ms(void);

/* The same with a resolution of a few milliseconds, ten times as fast. */
int64_t clock_coarse_ms(void);

#endif
