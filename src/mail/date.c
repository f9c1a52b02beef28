/* Dates of mail as numbers; no locale, no time zone of this machine. */
#include "mail/date.h"

#include <string.h>

#include "base/number.h"
#include "base/text.h"

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

static const char *const day_names[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", NULL };

static const char *const month_names[] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", NULL,
};

/* The comment at text, with those inside of it: its octets, 0 when it does not end. */
static size_t comment_length(const char *text, size_t length)
{
	size_t depth = 0;

	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\\')
			i++;
		else if (text[i] == '(')
			depth++;
		else if (text[i] == ')' && --depth == 0)
			return i + 1;
	}
	return 0;
}

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
	const size_t octets = *at->next == '(' ? comment_length(at->next, at->left) : 1;

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

static size_t word_length(const struct cursor *at)
{
	const char *const word = at->next;
	size_t i = 0;

	while (i < at->left && ((word[i] >= 'A' && word[i] <= 'Z') ||
				(word[i] >= 'a' && word[i] <= 'z')))
		i++;
	return i;
}

static bool take_name(struct cursor *at, const char *const *names, uint64_t *index)
{
	size_t length;

	skip_blanks(at);
	length = word_length(at);
	for (size_t i = 0; length > 0 && names[i] != NULL; i++) {
		/* Most are told apart by the first letter, and there is a date a message. */
		if ((*at->next | 0x20) != (*names[i] | 0x20) ||
		    !text_equal_nocase(at->next, length, names[i]))
			continue;
		*index = i;
		advance(at, length);
		return true;
	}
	return false;
}

/* Two and three digits count as RFC 5322 section 4.3 has it. */
static bool take_year(struct cursor *at, uint64_t *year)
{
	const size_t digits = take_number(at, 2, 4, year);

	if (digits == 2)
		*year += *year < 50 ? 2000 : 1900;
	else if (digits == 3)
		*year += 1900;
	return digits > 0 && *year >= YEAR_MIN && *year <= YEAR_MAX;
}

static bool take_time(struct cursor *at, struct moment *moment)
{
	if (take_number(at, 1, 2, &moment->hour) == 0 || !take(at, ':') ||
	    take_number(at, 2, 2, &moment->minute) == 0)
		return false;
	if (take(at, ':') && take_number(at, 2, 2, &moment->second) == 0)
		return false;
	return moment->hour <= 23 && moment->minute <= 59 && moment->second <= 60;
}

static bool take_offset(struct cursor *at, int64_t sign, int64_t *zone)
{
	uint64_t offset;

	if (take_number(at, 4, 4, &offset) == 0 || offset % 100 > 59)
		return false;
	*zone = sign * (int64_t)(offset / 100 * 3600 + offset % 100 * 60);
	return true;
}

/* RFC 5322 section 4.3: names other than the American ones are -0000; J is no zone at all. */
static bool take_zone(struct cursor *at, int64_t *zone)
{
	static const char *const names[] = {
		"EDT", "EST", "CDT", "CST", "MDT", "MST", "PDT", "PST", "J", NULL,
	};
	static const int64_t hours[] = { -4, -5, -5, -6, -6, -7, -7, -8 };
	size_t length;
	uint64_t index;

	if (take(at, '+'))
		return take_offset(at, 1, zone);
	if (take(at, '-'))
		return take_offset(at, -1, zone);
	if (take_name(at, names, &index)) {
		if (index == sizeof hours / sizeof hours[0])
			return false;
		*zone = hours[index] * 3600;
		return true;
	}
	length = word_length(at);
	advance(at, length);
	return length > 0;
}

static bool take_moment(struct cursor *at, struct moment *moment)
{
	uint64_t ignored;

	if (take_name(at, day_names, &ignored))
		take(at, ',');
	if (take_name(at, month_names, &moment->month)) {
		if (take_number(at, 1, 2, &moment->day) == 0 || !take_time(at, moment) ||
		    !take_year(at, &moment->year))
			return false;
	} else if (take_number(at, 1, 2, &moment->day) == 0 ||
		   !take_name(at, month_names, &moment->month) ||
		   !take_year(at, &moment->year) || !take_time(at, moment)) {
		return false;
	}
	skip_blanks(at);
	if (at->left > 0 && !take_zone(at, &moment->zone))
		return false;
	skip_blanks(at);
	return at->left == 0;
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
