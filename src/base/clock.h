#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds of the monotonic clock: for time-outs, never for dates. */
int64_t clock_ms(void);

/* The same to within a few of them, for a tenth of the time. */
int64_t clock_coarse_ms(void);

#endif
