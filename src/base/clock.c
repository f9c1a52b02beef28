/* The monotonic clock in milliseconds, and the calendar. */
#include "base/clock.h"

#include <limits.h>

#define DAY_SECONDS 86400
#define EPOCH_DAY 719468 /* days from 0000-03-01 to 1970-01-01 */
#define ERA_DAYS 146097	 /* in 400 years, after which the calendar repeats */

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

/* Rounds down, also below zero. */
static int64_t divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

bool clock_utc(int64_t seconds, struct tm *utc)
{
	const int64_t day = divide(seconds, DAY_SECONDS);
	const int second = (int)((seconds % DAY_SECONDS + DAY_SECONDS) % DAY_SECONDS);
	/* A year that begins in March ends with its leap day; the months from March have regular
	   lengths. */
	const int64_t era = divide(day + EPOCH_DAY, ERA_DAYS);
	const int64_t of_era = day + EPOCH_DAY - era * ERA_DAYS;
	const int64_t years =
		(of_era - of_era / 1460 + of_era / 36524 - of_era / (ERA_DAYS - 1)) / 365;
	const int of_year = (int)(of_era - (365 * years + years / 4 - years / 100));
	const int month = (5 * of_year + 2) / 153;
	const int64_t year = era * 400 + years + (month >= 10) - 1900;

	*utc = (struct tm){
		.tm_year = (int)year, .tm_mon = (month + 2) % 12,
		.tm_mday = of_year - (153 * month + 2) / 5 + 1,
		.tm_wday = (int)((day % 7 + 11) % 7), /* 1970 began on a Thursday */
		.tm_hour = second / 3600, .tm_min = second / 60 % 60, .tm_sec = second % 60,
	};
	return year >= INT_MIN && year <= INT_MAX;
}

int64_t clock_from_utc(const struct tm *utc)
{
	const int64_t year = (int64_t)utc->tm_year + 1900 - (utc->tm_mon < 2);
	const int64_t era = divide(year, 400);
	const int64_t years = year - era * 400;
	const int month = (utc->tm_mon + 10) % 12; /* counted from March */
	const int64_t day = era * ERA_DAYS + 365 * years + years / 4 - years / 100 +
			    (153 * month + 2) / 5 + utc->tm_mday - 1 - EPOCH_DAY;

	return day * DAY_SECONDS + utc->tm_hour * INT64_C(3600) + utc->tm_min * INT64_C(60) +
	       utc->tm_sec;
}

bool clock_text(int64_t seconds, char text[CLOCK_TEXT])
{
	struct tm utc;

	return clock_utc(seconds, &utc) &&
	       strftime(text, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%SZ", &utc) > 0;
}
