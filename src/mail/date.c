/* Parses the dates in mail, independent of the locale and of the local time zone. */
#include "mail/date.h"

#include "base/clock.h"
#include "base/number.h"
#include "base/text.h"
#include "mail/header.h"

#define YEAR_MIN 1900
#define YEAR_MAX 9999

struct cursor {
	const char *next;
	size_t left;
};

struct moment {
	uint64_t year, month, day; /* month 0 is January */
	uint64_t hour, minute, second;
	int64_t zone; /* seconds east of UTC */
};

static const char *const month_names[] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
};

/*
 * Minutes east of UTC. The first eight are in RFC 5322 section 4.3. IST is missing: it is
 * ambiguous.
 */
static const struct {
	const char *name;
	int64_t minutes;
} zone_names[] = {
	{ "EDT", -240 }, { "EST", -300 }, { "CDT", -300 }, { "CST", -360 }, { "MDT", -360 },
	{ "MST", -420 }, { "PDT", -420 }, { "PST", -480 },

	{ "ACDT", 630 }, { "ACST", 570 }, { "ADT", -180 }, { "AEDT", 660 }, { "AEST", 600 },
	{ "AKDT", -480 }, { "AKST", -540 }, { "AST", -240 }, { "AWST", 480 }, { "BRT", -180 },
	{ "BST", 60 }, { "CEST", 120 }, { "CET", 60 }, { "EEST", 180 }, { "EET", 120 },
	{ "HKT", 480 }, { "HST", -600 }, { "JST", 540 }, { "KST", 540 }, { "MEST", 120 },
	{ "MESZ", 120 }, { "MET", 60 }, { "MEZ", 60 }, { "MSK", 180 }, { "NDT", -150 },
	{ "NST", -210 }, { "NZDT", 780 }, { "NZST", 720 }, { "SAST", 120 }, { "SGT", 480 },
	{ "WEST", 60 },
};

static void advance(struct cursor *at, size_t octets)
{
	at->next += octets;
	at->left -= octets;
}

/* Skips blanks and comments, up to an unclosed comment. */
static void skip_blanks(struct cursor *at)
{
	while (at->left > 0 && (*at->next == ' ' || *at->next == '\t' || *at->next == '\r' ||
				*at->next == '\n' || *at->next == '(')) {
		const size_t octets =
			*at->next == '(' ? header_comment_length(at->next, at->left) : 1;

		if (octets == 0)
			return;
		advance(at, octets);
	}
}

static bool take(struct cursor *at, char wanted)
{
	skip_blanks(at);
	if (at->left == 0 || *at->next != wanted)
		return false;
	advance(at, 1);
	return true;
}

/* Takes a number of least to most digits; returns how many it has, 0 when there is none. */
static size_t take_number(struct cursor *at, size_t least, size_t most, uint64_t *value)
{
	size_t digits;

	skip_blanks(at);
	digits = number_prefix(at->next, at->left, value);
	if (digits < least || digits > most)
		return 0;
	advance(at, digits);
	return digits;
}

/* Any octet above 127 counts as a letter, for words in other scripts. */
static bool is_letter(char c)
{
	return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The length of the next word, 0 when there is none. */
static size_t find_word(struct cursor *at)
{
	size_t i = 0;

	skip_blanks(at);
	while (i < at->left && is_letter(at->next[i]))
		i++;
	return i;
}

static bool take_word(struct cursor *at, const char *word)
{
	const size_t length = find_word(at);

	if (length == 0 || !text_equal_nocase(at->next, length, word))
		return false;
	advance(at, length);
	return true;
}

/* Only the first three letters of a month matter. */
static bool take_month(struct cursor *at, uint64_t *month)
{
	const size_t letters = find_word(at);

	for (size_t i = 0; i < sizeof month_names / sizeof month_names[0]; i++) {
		/* Compares the first letter alone first, for speed. */
		if (letters < 3 || (*at->next | 0x20) != (*month_names[i] | 0x20) ||
		    !text_equal_nocase(at->next, 3, month_names[i]))
			continue;
		*month = i;
		advance(at, letters);
		return true;
	}
	return false;
}

/* Skips the separator between parts of a date: blanks, commas and dots, or a "-" without blanks. */
static void skip_separator(struct cursor *at)
{
	if (at->left > 1 && *at->next == '-' && (is_letter(at->next[1]) || is_digit(at->next[1]))) {
		advance(at, 1);
		return;
	}
	while (take(at, ',') || take(at, '.'))
		continue;
}

/* Years of two or three digits are as in RFC 5322 section 4.3. A number before ":" is an hour. */
static bool take_year(struct cursor *at, uint64_t *year)
{
	struct cursor ahead = *at, behind;
	const size_t digits = take_number(&ahead, 2, 4, year);

	behind = ahead;
	if (digits == 0 || take(&behind, ':'))
		return false;
	*at = ahead;
	if (digits == 2)
		*year += *year < 50 ? 2000 : 1900;
	else if (digits == 3)
		*year += 1900;
	return *year >= YEAR_MIN && *year <= YEAR_MAX;
}

/* Hours before "PM" may be 12-hour or 24-hour; before "AM" they must not exceed 12. */
static bool take_time(struct cursor *at, struct moment *moment)
{
	if (take_number(at, 1, 2, &moment->hour) == 0 || !take(at, ':') ||
	    take_number(at, 1, 2, &moment->minute) == 0)
		return false;
	if (take(at, ':')) {
		if (take_number(at, 1, 2, &moment->second) == 0)
			return false;
		if (at->left > 1 && (*at->next == '.' || *at->next == ',') && is_digit(at->next[1]))
			for (advance(at, 1); at->left > 0 && is_digit(*at->next);)
				advance(at, 1);
	}
	if (take_word(at, "PM")) {
		moment->hour += moment->hour < 12 ? 12 : 0;
	} else if (take_word(at, "AM")) {
		if (moment->hour > 12)
			return false;
		moment->hour %= 12;
	}
	return moment->hour <= 23 && moment->minute <= 59 && moment->second <= 60;
}

/* "+0200", "+02:00", "+200", "+02" and "+2". */
static bool take_offset(struct cursor *at, int64_t *zone)
{
	const bool west = take(at, '-');
	uint64_t hours, minutes = 0;
	size_t digits;

	if (!west && !take(at, '+'))
		return false;
	digits = take_number(at, 1, 4, &hours);
	if (digits > 2) {
		minutes = hours % 100;
		hours /= 100;
	} else if (digits > 0 && take(at, ':') && take_number(at, 2, 2, &minutes) == 0) {
		return false;
	}
	if (digits == 0 || minutes > 59)
		return false;
	*zone = (int64_t)(hours * 3600 + minutes * 60) * (west ? -1 : 1);
	return true;
}

/*
 * Takes a zone name, an offset, or a name followed by an offset, which then counts. Military and
 * unknown names mean UTC (RFC 5322 section 4.3). J is not a military zone and is rejected.
 */
static bool take_zone(struct cursor *at, int64_t *zone)
{
	const size_t letters = find_word(at);
	struct cursor ahead;

	if (letters == 0)
		return take_offset(at, zone);
	if (letters == 1 && (*at->next | 0x20) == 'j')
		return false;
	for (size_t i = 0; i < sizeof zone_names / sizeof zone_names[0]; i++)
		if (text_equal_nocase(at->next, letters, zone_names[i].name))
			*zone = zone_names[i].minutes * 60;
	advance(at, letters);
	if (take_word(at, "DST"))
		*zone += 3600;
	ahead = *at;
	if (take_offset(&ahead, zone))
		*at = ahead;
	return true;
}

/* Takes an optional zone. An unclosed comment is ignored, and so is all text after the zone. */
static bool take_last(struct cursor *at, int64_t *zone)
{
	take(at, ',');
	return at->left == 0 || *at->next == '(' || take_zone(at, zone);
}

/* The year comes before the time, after it, or after the zone as in the output of date(1). */
static bool take_year_and_time(struct cursor *at, struct moment *moment)
{
	const bool year_first = take_year(at, &moment->year);

	if (year_first)
		skip_separator(at);
	if (!take_time(at, moment))
		return false;
	if (year_first || take_year(at, &moment->year))
		return take_last(at, &moment->zone);
	return take_zone(at, &moment->zone) && take_year(at, &moment->year);
}

/* "2026-11-17T10:00:00+01:00" (ISO 8601); a blank may replace the "T". */
static bool take_iso(struct cursor *at, struct moment *moment)
{
	if (!take_year(at, &moment->year) || !take(at, '-') ||
	    take_number(at, 1, 2, &moment->month) == 0 || !take(at, '-') ||
	    take_number(at, 1, 2, &moment->day) == 0 || moment->month < 1 || moment->month > 12)
		return false;
	moment->month--;
	if (at->left > 0 && (*at->next | 0x20) == 't')
		advance(at, 1);
	return take_time(at, moment) && take_last(at, &moment->zone);
}

/* Takes a numeric month, as in "17-11-2026", if it cannot be mistaken for the day. */
static bool take_month_number(struct cursor *at, uint64_t day, uint64_t *month)
{
	struct cursor ahead = *at;
	uint64_t number;

	if (take_number(&ahead, 1, 2, &number) == 0 || ahead.left == 0 || *ahead.next != '-' ||
	    number < 1 || number > 12 || (day <= 12 && day != number))
		return false;
	*at = ahead;
	*month = number - 1;
	return true;
}

static bool take_moment(struct cursor *at, struct moment *moment)
{
	bool month_first = false, dash;
	size_t letters;
	uint64_t year;

	/* The name of a day in any language, and the month where it precedes the day. */
	for (; (letters = find_word(at)) > 0; skip_separator(at)) {
		month_first = take_month(at, &moment->month);
		if (!month_first)
			advance(at, letters);
	}
	if (at->left == 0 || !is_digit(*at->next))
		return false;
	if (number_prefix(at->next, at->left, &year) == 4)
		return take_iso(at, moment);
	if (take_number(at, 1, 2, &moment->day) == 0)
		return false;
	dash = at->left > 0 && *at->next == '-';
	skip_separator(at);
	if (take_month(at, &moment->month) ||
	    (dash && take_month_number(at, moment->day, &moment->month)))
		skip_separator(at);
	else if (!month_first)
		return false;
	return take_year_and_time(at, moment);
}

bool date_parse(const char *text, size_t length, int64_t *unix_time)
{
	static const uint64_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	struct cursor at = { .next = text, .left = length };
	struct moment moment = { 0 };
	struct tm utc;
	bool is_leap;

	if (!take_moment(&at, &moment))
		return false;
	is_leap = moment.year % 4 == 0 && (moment.year % 100 != 0 || moment.year % 400 == 0);
	if (moment.day < 1 ||
	    moment.day > lengths[moment.month] + (is_leap && moment.month == 1 ? 1 : 0))
		return false;
	utc = (struct tm){
		.tm_year = (int)moment.year - 1900, .tm_mon = (int)moment.month,
		.tm_mday = (int)moment.day, .tm_hour = (int)moment.hour,
		.tm_min = (int)moment.minute, .tm_sec = (int)moment.second,
	};
	*unix_time = clock_from_utc(&utc) - moment.zone;
	return true;
}
