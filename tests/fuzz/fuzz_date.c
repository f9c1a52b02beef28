/* Dates: what was read, written in the form of RFC 5322, reads the same. */
#include "mail/date.h"

#include <time.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t date = INT64_MIN, again = INT64_MIN;
	char text[64];
	struct tm parts;
	time_t seconds;

	if (!date_parse((const char *)data, size, &date)) {
		must(date == INT64_MIN, "what is no date leaves the value alone");
		return 0;
	}
	seconds = (time_t)date;
	must(gmtime_r(&seconds, &parts) != NULL, "a date has a year");
	must(parts.tm_year >= -1 && parts.tm_year <= 8100, "between 1900 and 9999, zones apart");
	if (parts.tm_year < 0 || parts.tm_year > 8099)
		return 0;
	strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &parts);
	must(date_parse(text, strlen(text), &again) && again == date, "it reads the same");
	return 0;
}
