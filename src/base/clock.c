/* The monotonic clock in milliseconds. */
#include "base/clock.h"

#include <time.h>

static int64_t in_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_ms(void)
{
	return in_ms(CLOCK_MONOTONIC);
}

int64_t clock_coarse_ms(void)
{
	return in_ms(CLOCK_MONOTONIC_COARSE);
}
