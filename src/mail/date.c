/* Dates of mail as numbers; no locale, no time zone of this machine. */
#include "mail/date.h"

#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "mail/header.h"

#define YEAR_MIN 1900
#define YEAR_MAX 9999
#define EPOCH_DAY 719468 /* days from 0000-03-01 to 1970-01-01 */

struct cursor {
	const char *next;
	size_t left;
};

struct moment {
	uint64_t year, month, day; /* the month counts from 0 */
	uint64_t hour, minute, second;
	int64_t zone; /* seconds east of UTC */
};

static const char *const month_names[] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
};

/* Minutes east of UTC. RFC 5322 section 4.3 knows the first eight; IST has too many meanings. */
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

static bool may_be_skipped(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '(';
}

static bool skip_one(struct cursor *at)
{
	const size_t octets = *at->next == '(' ? header_comment_length(at->next, at->left) : 1;

	advance(at, octets);
	return octets > 0;
}

static void skip_blanks(struct cursor *at)
{
	while (at->left > 0 && may_be_skipped(*at->next) && skip_one(at))
		continue;
}

static bool take(struct cursor *at, char wanted)
{
	skip_blanks(at);
	if (at->left == 0 || *at->next != wanted)
		return false;
	advance(at, 1);
	return true;
}

/* Takes a number of that many digits; returns how many they were, 0 when there is none. */
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

/* Any letter, those of other scripts included. */
static bool is_letter(char c)
{
	return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The octets of the word that is next, 0 where there is none. */
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

/* A month counts by its first three letters. */
static bool take_month(struct cursor *at, uint64_t *month)
{
	const size_t letters = find_word(at);

	for (size_t i = 0; i < sizeof month_names / sizeof month_names[0]; i++) {
		/* Most are told apart by the first letter, and there is one date per message. */
		if (letters < 3 || (*at->next | 0x20) != (*month_names[i] | 0x20) ||
		    !text_equal_nocase(at->next, 3, month_names[i]))
			continue;
		*month = i;
		advance(at, letters);
		return true;
	}
	return false;
}

/* What stands between the parts of a date: blanks, commas and dots, or a "-" without blanks. */
static void skip_separator(struct cursor *at)
{
	if (at->left > 1 && *at->next == '-' && (is_letter(at->next[1]) || is_digit(at->next[1]))) {
		advance(at, 1);
		return;
	}
	while (take(at, ',') || take(at, '.'))
		continue;
}

/* Two and three digits count as RFC 5322 section 4.3 has it. What a ":" follows is a time. */
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

/* Hours of the afternoon may count from 12 or from 0; those of the morning end at 12. */
static bool take_half_of_day(struct cursor *at, uint64_t *hour)
{
	if (take_word(at, "PM")) {
		*hour += *hour < 12 ? 12 : 0;
		return true;
	}
	if (!take_word(at, "AM"))
		return true;
	if (*hour == 12)
		*hour = 0;
	return *hour < 12;
}

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
	return take_half_of_day(at, &moment->hour) && moment->hour <= 23 && moment->minute <= 59 &&
	       moment->second <= 60;
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
 * A name, an offset, or an offset behind a name, which is what counts then. Military names and
 * unknown ones are UTC (RFC 5322 section 4.3); J is not a zone at all.
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

/* A zone or nothing. A comment without an end is nothing, and so is all that follows a zone. */
static bool take_last(struct cursor *at, int64_t *zone)
{
	take(at, ',');
	return at->left == 0 || *at->next == '(' || take_zone(at, zone);
}

/* The year stands before the time, or behind it, or behind the zone as date(1) has it. */
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

/* "2026-11-17T10:00:00+01:00" (ISO 8601); a blank does for the "T". */
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

/* The month as a number, "17-11-2026", where it cannot be the day. */
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

/*
 * The words before the first digit: the name of a day in any language, and the month where the day
 * follows it.
 */
static bool take_words(struct cursor *at, struct moment *moment, bool *month_first)
{
	size_t letters;

	for (*month_first = false; (letters = find_word(at)) > 0; skip_separator(at)) {
		*month_first = take_month(at, &moment->month);
		if (!*month_first)
			advance(at, letters);
	}
	return at->left > 0 && is_digit(*at->next);
}

static bool take_moment(struct cursor *at, struct moment *moment)
{
	bool month_first, dash;
	uint64_t year;

	if (!take_words(at, moment, &month_first))
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

static bool day_exists(const struct moment *moment)
{
	static const uint64_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	const uint64_t year = moment->year;
	const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	const uint64_t extra = leap && moment->month == 1 ? 1 : 0;

	return moment->day >= 1 && moment->day <= lengths[moment->month] + extra;
}

/* Years start in March here, so that a leap day is the last of its year. */
static int64_t days_since_epoch(const struct moment *moment)
{
	const int64_t year = (int64_t)moment->year - (moment->month < 2 ? 1 : 0);
	const int64_t month = ((int64_t)moment->month + 10) % 12;

	return 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 +
	       (int64_t)moment->day - 1 - EPOCH_DAY;
}

bool date_parse(const char *text, size_t length, int64_t *unix_time)
{
	struct cursor at = { .next = text, .left = length };
	struct moment moment = { 0 };

	if (!take_moment(&at, &moment) || !day_exists(&moment))
		return false;
	*unix_time = days_since_epoch(&moment) * 86400 + (int64_t)moment.hour * 3600 +
		     (int64_t)moment.minute * 60 + (int64_t)moment.second - moment.zone;
	return true;
}
