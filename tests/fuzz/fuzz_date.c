/* Dates: a parsed date, formatted as in RFC 5322, is parsed to the same value. */
#include "base/clock.h"
#include "mail/date.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t date = INT64_MIN, again = INT64_MIN;
	char text[64];
	struct tm parts;

	if (!date_parse((const char *)data, size, &date)) {
		must(date == INT64_MIN, "an invalid date leaves the value unchanged");
		return 0;
	}
	must(clock_utc(date, &parts), "a date can be broken down");
	must(parts.tm_year >= -1 && parts.tm_year <= 8100,
	     "the year is between 1900 and 9999, except for the zone");
	if (parts.tm_year < 0 || parts.tm_year > 8099)
		return 0;
	strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &parts);
	must(date_parse(text, strlen(text), &again) && again == date,
	     "a formatted date is parsed to the same value");
	return 0;
}
