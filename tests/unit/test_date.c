/* Dates in mail: their values in seconds, and invalid dates; seconds as dates. */
#include "mail/date.h"

#include "base/clock.h"
#include "field.h"

#define NONE INT64_MIN

static const struct {
	const char *name;
	const char *text;
	int64_t expected;
} rows[] = {
	/* RFC 5322 section 3.3 */
	{ "whole", "Tue, 17 Nov 2026 10:00:00 +0000", 1794909600 },
	{ "the epoch", "Thu, 1 Jan 1970 00:00:00 +0000", 0 },
	{ "a second before it", "Wed, 31 Dec 1969 23:59:59 +0000", -1 },
	{ "east of Greenwich", "Tue, 17 Nov 2026 10:00:00 +0130", 1794909600 - 5400 },
	{ "west of Greenwich", "Tue, 17 Nov 2026 10:00:00 -0800", 1794909600 + 28800 },
	{ "zone -0000", "Tue, 17 Nov 2026 10:00:00 -0000", 1794909600 },
	{ "the widest zone", "Tue, 17 Nov 2026 10:00:00 +9959", 1794909600 - 359940 },
	{ "no day name", "17 Nov 2026 10:00:00 +0000", 1794909600 },
	{ "no seconds", "Tue, 17 Nov 2026 10:00 +0000", 1794909600 },
	{ "a day of one digit", "Sun, 1 Nov 2026 10:00:00 +0000", 1793527200 },
	{ "a day with a zero", "Sun, 01 Nov 2026 10:00:00 +0000", 1793527200 },
	{ "a wrong day name is ignored", "Mon, 17 Nov 2026 10:00:00 +0000", 1794909600 },
	{ "a comment at the end", "Tue, 17 Nov 2026 10:00:00 +0000 (UTC)", 1794909600 },
	{ "blanks around", " \t Tue, 17 Nov 2026 10:00:00 +0000\r\n ", 1794909600 },
	{ "folded", "Tue,\r\n 17 Nov\r\n\t2026 10:00:00\r\n +0000", 1794909600 },
	{ "many blanks", "Tue,   17   Nov   2026   10:00:00   +0000", 1794909600 },

	/* section 4.3 */
	{ "no comma", "Tue 17 Nov 2026 10:00:00 +0000", 1794909600 },
	{ "no blank after the comma", "Tue,17 Nov 2026 10:00:00 +0000", 1794909600 },
	{ "year 26", "Tue, 17 Nov 26 10:00:00 +0000", 1794909600 },
	{ "year 49 is 2049", "1 Jan 49 00:00:00 +0000", 2493072000 },
	{ "year 50 is 1950", "1 Jan 50 00:00:00 +0000", -631152000 },
	{ "year 99 is 1999", "1 Jan 99 00:00:00 +0000", 915148800 },
	{ "year 126 is 2026", "Tue, 17 Nov 126 10:00:00 +0000", 1794909600 },
	{ "comments everywhere",
	  "(a)Tue(b),(c)17(d)Nov(e)2026(f)10(g):(h)00(i):(j)00(k)+0000(l)", 1794909600 },
	{ "comments in comments", "17 Nov 2026 (a (b) (c (d))) 10:00:00 +0000", 1794909600 },
	{ "a quoted parenthesis", "17 Nov 2026 (a \\) \\( b) 10:00:00 +0000", 1794909600 },
	{ "blanks around the colons", "17 Nov 2026 10 : 00 : 00 +0000", 1794909600 },
	{ "GMT", "Tue, 17 Nov 2026 10:00:00 GMT", 1794909600 },
	{ "UT", "Tue, 17 Nov 2026 10:00:00 UT", 1794909600 },
	{ "EST", "Tue, 17 Nov 2026 10:00:00 EST", 1794909600 + 5 * 3600 },
	{ "EDT", "Tue, 17 Nov 2026 10:00:00 EDT", 1794909600 + 4 * 3600 },
	{ "CST", "Tue, 17 Nov 2026 10:00:00 CST", 1794909600 + 6 * 3600 },
	{ "CDT", "Tue, 17 Nov 2026 10:00:00 CDT", 1794909600 + 5 * 3600 },
	{ "MST", "Tue, 17 Nov 2026 10:00:00 MST", 1794909600 + 7 * 3600 },
	{ "MDT", "Tue, 17 Nov 2026 10:00:00 MDT", 1794909600 + 6 * 3600 },
	{ "PST", "Tue, 17 Nov 2026 10:00:00 PST", 1794909600 + 8 * 3600 },
	{ "PDT", "Tue, 17 Nov 2026 10:00:00 PDT", 1794909600 + 7 * 3600 },
	{ "military A means UTC", "Tue, 17 Nov 2026 10:00:00 A", 1794909600 },
	{ "military Z", "Tue, 17 Nov 2026 10:00:00 Z", 1794909600 },
	{ "military m", "Tue, 17 Nov 2026 10:00:00 m", 1794909600 },
	{ "military a and text", "Tue, 17 Nov 2026 10:00:00 a b", 1794909600 },
	{ "an unknown zone", "Tue, 17 Nov 2026 10:00:00 QMT", 1794909600 },
	{ "a zone with several meanings", "Tue, 17 Nov 2026 10:00:00 IST", 1794909600 },
	{ "CEST", "Tue, 17 Nov 2026 10:00:00 CEST", 1794909600 - 2 * 3600 },
	{ "NST is not a whole hour", "Tue, 17 Nov 2026 10:00:00 NST", 1794909600 + 12600 },
	{ "DST after a zone", "Tue, 17 Nov 2026 10:00:00 MET DST", 1794909600 - 2 * 3600 },

	/* other forms found in mail */
	{ "lower case", "tue, 17 nov 2026 10:00:00 est", 1794909600 + 5 * 3600 },
	{ "upper case", "TUE, 17 NOV 2026 10:00:00 GMT", 1794909600 },
	{ "no zone", "Tue, 17 Nov 2026 10:00:00", 1794909600 },
	{ "no zone and a comment", "Tue, 17 Nov 2026 10:00:00 (CET)", 1794909600 },
	{ "neither seconds nor zone", "17 Nov 2026 10:00", 1794909600 },
	{ "an hour of one digit", "Tue, 17 Nov 2026 9:00:00 +0000", 1794906000 },
	{ "asctime", "Tue Nov 17 10:00:00 2026", 1794909600 },
	{ "asctime with a padded day", "Sun Nov  1 10:00:00 2026", 1793527200 },
	{ "asctime with a line end", "Tue Nov 17 10:00:00 2026\n", 1794909600 },
	{ "asctime with a zone", "Tue Nov 17 10:00:00 2026 -0800", 1794909600 + 28800 },

	{ "an unknown day name", "Xyz, 17 Nov 2026 10:00:00 +0000", 1794909600 },
	{ "a day name with a dot", "ter., 17 Nov 2026 10:00:00 +0000", 1794909600 },
	{ "a day name in another script", "вт, 17 Nov 2026 10:00:00 +0000", 1794909600 },
	{ "a day name that is a month", "Mar, 17 Nov 2026 10:00:00 +0000", 1794909600 },
	{ "a whole month name", "Tue, 17 November 2026 10:00:00 +0000", 1794909600 },
	{ "a month before the day", "November 17, 2026 10:00:00 +0000", 1794909600 },
	{ "dashes", "17-Nov-2026 10:00:00 +0000", 1794909600 },
	{ "commas", "Tuesday, November 17, 2026, 10:00:00, +0000", 1794909600 },
	{ "a numeric month that cannot be the day", "17-11-2026 10:00:00", 1794909600 },
	{ "parts of one digit", "17 Nov 2026 9:5:7 +0000", 1794906307 },
	{ "a fraction", "17 Nov 2026 10:00:00.999 +0000", 1794909600 },
	{ "AM", "17 Nov 2026 10:00:00 AM +0000", 1794909600 },
	{ "midnight AM", "17 Nov 2026 12:00 am +0000", 1794873600 },
	{ "noon PM", "17 Nov 2026 12:00 pm +0000", 1794916800 },
	{ "PM", "17 Nov 2026 10:00:00 PM", 1794909600 + 12 * 3600 },
	{ "PM after a 24-hour time", "17 Nov 2026 22:00:00 PM", 1794909600 + 12 * 3600 },
	{ "a zone of one digit", "17 Nov 2026 10:00:00 +1", 1794906000 },
	{ "a zone of two digits", "17 Nov 2026 10:00:00 -01", 1794913200 },
	{ "a zone of three digits", "17 Nov 2026 10:00:00 +100", 1794906000 },
	{ "a zone with a colon", "17 Nov 2026 10:00:00 +01:30", 1794904200 },
	{ "an offset after a name", "17 Nov 2026 10:00:00 GMT+0100", 1794906000 },
	{ "an offset after a name and a blank", "17 Nov 2026 10:00:00 UTC -1:00", 1794913200 },
	{ "a name after an offset", "17 Nov 2026 10:00:00 +0000 EST", 1794909600 },
	{ "an invalid offset after a name", "17 Nov 2026 10:00:00 UTC +x", 1794909600 },
	{ "text at the end", "Tue, 17 Nov 2026 10:00:00 +0000 or so", 1794909600 },
	{ "an unclosed comment", "Tue, 17 Nov 2026 10:00:00 +0000 (UTC", 1794909600 },
	{ "an unclosed comment and no zone", "Tue, 17 Nov 2026 10:00:00 (UTC", 1794909600 },
	{ "a comment that ends in a backslash", "17 Nov 2026 10:00:00 (a\\", 1794909600 },
	{ "a closing parenthesis", "Tue, 17 Nov 2026 10:00:00 +0000 )", 1794909600 },
	{ "date(1)", "Tue Nov 17 10:00:00 UTC 2026", 1794909600 },
	{ "date(1) with AM", "Tue Nov 17 10:00:00 AM EST 2026", 1794909600 + 5 * 3600 },
	{ "date(1) with the day first", "Tue 17 Nov 10:00:00 CET 2026", 1794906000 },
	{ "date(1) with an offset", "Tue Nov 17 10:00:00 +0100 2026", 1794906000 },
	{ "JavaScript", "Tue Nov 17 2026 10:00:00 GMT+0100 (CET)", 1794906000 },
	{ "ISO 8601", "2026-11-17T10:00:00Z", 1794909600 },
	{ "ISO 8601 without seconds", "2026-11-17T10:00+01:00", 1794906000 },
	{ "ISO 8601 with a fraction", "2026-11-17t10:00:00,5z", 1794909600 },
	{ "ISO 8601 with blanks", "Tue, 2026-11-17 10:00:00 +0100", 1794906000 },

	/* ranges */
	{ "29 Feb of a leap year", "29 Feb 2024 00:00:00 +0000", 1709164800 },
	{ "1 Mar of a leap year", "1 Mar 2024 00:00:00 +0000", 1709251200 },
	{ "29 Feb 2000", "29 Feb 2000 00:00:00 +0000", 951782400 },
	{ "29 Feb 1900", "29 Feb 1900 00:00:00 +0000", NONE },
	{ "29 Feb of another year", "29 Feb 2026 00:00:00 +0000", NONE },
	{ "31 Feb", "31 Feb 2026 00:00:00 +0000", NONE },
	{ "31 Apr", "31 Apr 2026 00:00:00 +0000", NONE },
	{ "31 Dec", "31 Dec 2026 00:00:00 +0000", 1798675200 },
	{ "32 Dec", "32 Dec 2026 00:00:00 +0000", NONE },
	{ "day 0", "0 Dec 2026 00:00:00 +0000", NONE },
	{ "the first year", "1 Jan 1900 00:00:00 +0000", -2208988800 },
	{ "the year before", "31 Dec 1899 23:59:59 +0000", NONE },
	{ "the last second", "31 Dec 9999 23:59:59 +0000", 253402300799 },
	{ "year 10000", "1 Jan 10000 00:00:00 +0000", NONE },
	{ "year 0026", "1 Jan 0026 00:00:00 +0000", NONE },
	{ "a year of one digit", "1 Jan 6 00:00:00 +0000", NONE },
	{ "a leap second", "31 Dec 2016 23:59:60 +0000", 1483228800 },
	{ "second 61", "31 Dec 2016 23:59:61 +0000", NONE },
	{ "minute 60", "31 Dec 2016 23:60:00 +0000", NONE },
	{ "hour 24", "31 Dec 2016 24:00:00 +0000", NONE },
	{ "minutes of a zone", "31 Dec 2016 23:00:00 +0060", NONE },

	/* invalid dates */
	{ "nothing", "", NONE },
	{ "blanks", " \r\n ", NONE },
	{ "only a day name", "Tue,", NONE },
	{ "no time", "Tue, 17 Nov 2026", NONE },
	{ "a day name that is a month, an unknown month", "Mar, 02 Avr 2014 15:04:13", NONE },
	{ "a numeric month that may be the day", "7-11-2026 10:00:00", NONE },
	{ "a month and its number", "Nov 17-39-2026 10:00:00", NONE },
	{ "month 13", "17-13-2026 10:00:00", NONE },
	{ "a sign before the year", "13 Jun -20 12:34:56 +0100", NONE },
	{ "a sign before the minute", "13 Jun 2007 12:-1:56 +0100", NONE },
	{ "hour 13 in the morning", "17 Nov 2026 13:00:00 AM", NONE },
	{ "hour 24 in the afternoon", "17 Nov 2026 24:00:00 PM", NONE },
	{ "a dot in the time", "17 Nov 2026 10.00 +0000", NONE },
	{ "an unclosed comment before the time", "17 Nov 2026 (a 10:00:00 +0000", NONE },
	{ "ISO 8601 without a time", "2026-11-17", NONE },
	{ "ISO 8601, month 0", "2026-00-17T10:00:00Z", NONE },
	{ "ISO 8601, month 13", "2026-13-17T10:00:00Z", NONE },
	{ "ISO 8601, day 0", "2026-11-00T10:00:00Z", NONE },
	{ "ISO 8601, year 0", "0000-01-01T10:00:00Z", NONE },
	{ "asctime without a year", "Tue Nov 17 10:00:00", NONE },
	{ "words and digits", "Sat, 8 dogs did while 8 cats hid", NONE },
	{ "more words and digits", "Sat, 9 May flies bit my arms", NONE },
	{ "no year", "Tue, 17 Nov 10:00:00 +0000", NONE },
	{ "a numeric month", "Tue, 17 11 2026 10:00:00 +0000", NONE },
	{ "an unknown month", "Tue, 17 Nox 2026 10:00:00 +0000", NONE },
	{ "no minutes", "Tue, 17 Nov 2026 10 +0000", NONE },
	{ "a colon at the end", "Tue, 17 Nov 2026 10:00:", NONE },
	{ "a zone of five digits", "Tue, 17 Nov 2026 10:00:00 +01000", NONE },
	{ "a zone without sign", "Tue, 17 Nov 2026 10:00:00 0100", NONE },
	{ "a sign alone", "Tue, 17 Nov 2026 10:00:00 +", NONE },
	{ "military J", "Tue, 17 Nov 2026 10:00:00 J", NONE },
	{ "a sign before the day", "-1 Nov 2026 10:00:00 +0000", NONE },
	{ "very many digits", "99999999999999999999999 Nov 2026 10:00:00 +0000", NONE },
	{ "8-bit", "17 N\xf6v 2026 10:00:00 +0000", NONE },
};

static void read_date(const char *text, size_t length)
{
	int64_t ignored;

	date_parse(text, length, &ignored);
}

static void check_nul(void)
{
	static const char text[] = "17 Nov 2026 10:00:00\0 +0000";
	int64_t got = 7;

	check_number("a NUL is not a blank", date_parse(text, sizeof text - 1, &got), false);
	check_number("a failure leaves the value alone", got, 7);
	check_number("a length of 0", date_parse(NULL, 0, &got), false);
}

static void check_utc(int64_t seconds, const char *expected)
{
	char text[64] = "out of range";
	struct tm utc;

	if (clock_utc(seconds, &utc)) {
		strftime(text, sizeof text, "%a %Y-%m-%d %H:%M:%S", &utc);
		check_number("and back", clock_from_utc(&utc), seconds);
	}
	check_text(expected, text, expected);
}

/* Each day for 800 years, and the second before it, wherever time_t can hold it. */
static void check_like_library(void)
{
	int wrong = 0;

	for (int64_t day = -146097; day < 146097; day++)
		for (int64_t seconds = day * 86400 - 1; seconds <= day * 86400; seconds++) {
			const time_t same = (time_t)seconds;
			struct tm got, expected = { 0 };

			if (same != seconds || gmtime_r(&same, &expected) == NULL)
				continue;
			wrong += !clock_utc(seconds, &got) || got.tm_year != expected.tm_year ||
				 got.tm_mon != expected.tm_mon || got.tm_mday != expected.tm_mday ||
				 got.tm_wday != expected.tm_wday || got.tm_hour != expected.tm_hour ||
				 got.tm_min != expected.tm_min || got.tm_sec != expected.tm_sec ||
				 clock_from_utc(&got) != seconds;
		}
	check_number("each day as the C library has it", wrong, 0);
}

static bool is_right(const struct field_row *row)
{
	const char *const expected = buffer_text(&row->columns[1]);
	int64_t got;

	if (!date_parse(buffer_text(&row->columns[0]), row->columns[0].length, &got))
		return strcmp(expected, "-") == 0;
	return strcmp(expected, "-") != 0 && got == strtoll(expected, NULL, 10);
}

int main(void)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		const size_t length = strlen(rows[i].text);
		int64_t got;

		if (!date_parse(rows[i].text, length, &got))
			got = NONE;
		check_number(rows[i].name, got, rows[i].expected);
		check_prefixes(rows[i].text, length, read_date);
	}
	check_nul();
	check_utc(0, "Thu 1970-01-01 00:00:00");
	check_utc(-1, "Wed 1969-12-31 23:59:59");
	check_utc(951782400, "Tue 2000-02-29 00:00:00");
	check_utc(4294967296, "Sun 2106-02-07 06:28:16");
	check_utc(253402300799, "Fri 9999-12-31 23:59:59");
	check_utc(INT64_MIN, "out of range");
	check_utc(INT64_MAX, "out of range");
	check_like_library();
	field_check("tests/field/dates.tsv", is_right);
	field_check("tests/field/dates-more.tsv", is_right);
	return check_end();
}
