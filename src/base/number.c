/* Strict number parsing: a text that is not entirely a number is rejected. */
#include "base/number.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define DIGITS_SAFE 19 /* any number of 19 digits fits into 64 bits */

struct unit {
	uint64_t factor;
	char letter;
	bool binary; /* "B" or "iB" may follow the letter */
};

size_t number_prefix(const char *text, size_t length, uint64_t *value)
{
	uint64_t sum = 0;
	size_t i = 0;

	for (; i < length && text[i] >= '0' && text[i] <= '9'; i++) {
		const uint64_t digit = (uint64_t)(text[i] - '0');

		if (i >= DIGITS_SAFE && sum > (UINT64_MAX - digit) / 10)
			return 0;
		sum = sum * 10 + digit;
	}
	if (i > 0)
		*value = sum;
	return i;
}

bool number_parse(const char *text, size_t length, uint64_t max, uint64_t *value)
{
	uint64_t sum;

	if (length == 0 || number_prefix(text, length, &sum) != length || sum > max)
		return false;
	*value = sum;
	return true;
}

/* The last entry of units has the letter NUL: its factor applies to a number without a unit. */
static bool parse_with_unit(const char *text, const struct unit *units, uint64_t *value)
{
	uint64_t number;
	const size_t digits = number_prefix(text, strlen(text), &number);
	const char *rest = text + digits;

	while (units->letter != '\0' && units->letter != *rest)
		units++;
	if (units->letter != '\0')
		rest++;
	if (units->binary && (strcasecmp(rest, "B") == 0 || strcasecmp(rest, "iB") == 0))
		rest = "";
	if (digits == 0 || *rest != '\0' || number > UINT64_MAX / units->factor)
		return false;
	*value = number * units->factor;
	return true;
}

bool number_parse_size(const char *text, uint64_t *octets)
{
	static const struct unit units[] = {
		{ 1ULL << 10, 'K', true }, { 1ULL << 10, 'k', true }, { 1ULL << 20, 'M', true },
		{ 1ULL << 20, 'm', true }, { 1ULL << 30, 'G', true }, { 1ULL << 30, 'g', true },
		{ 1ULL << 40, 'T', true }, { 1ULL << 40, 't', true }, { 1, '\0', false },
	};

	return parse_with_unit(text, units, octets);
}

bool number_parse_duration(const char *text, uint64_t *seconds)
{
	static const struct unit units[] = {
		{ 1, 's', false }, { 60, 'm', false }, { 3600, 'h', false }, { 86400, 'd', false },
		{ 604800, 'w', false }, { 1, '\0', false },
	};

	return parse_with_unit(text, units, seconds);
}

/* The midnight that begins a day; false when there is no such day. */
static bool parse_day(const char *text, int64_t now, struct tm *day)
{
	const time_t seconds = (time_t)now;
	const char *end;

	if (localtime_r(&seconds, day) == NULL)
		return false;
	day->tm_hour = day->tm_min = day->tm_sec = 0;
	day->tm_isdst = -1;
	day->tm_mday -= strcmp(text, "yesterday") == 0;
	if (strcmp(text, "yesterday") == 0 || strcmp(text, "today") == 0)
		return true;
	if (strlen(text) != strlen("2026-11-01"))
		return false;
	end = strptime(text, "%Y-%m-%d", day);
	return end != NULL && *end == '\0';
}

bool number_parse_age(const char *text, int64_t now, uint64_t *seconds)
{
	struct tm day;
	int64_t start;
	int in_month;

	if (number_parse_duration(text, seconds))
		return true;
	if (!parse_day(text, now, &day))
		return false;
	in_month = day.tm_mday;
	start = mktime(&day);
	/* mktime takes the 31st of June for the 1st of July; yesterday may be the day 0. */
	if (start == -1 || start > now || (in_month > 0 && day.tm_mday != in_month))
		return false;
	*seconds = now > start ? (uint64_t)(now - start) : 1;
	return true;
}

/* Without printf, which is slow for a million numbers. */
size_t number_write(char digits[NUMBER_DIGITS], uint64_t value)
{
	char reversed[NUMBER_DIGITS];
	size_t count = 0;

	do
		reversed[count++] = (char)('0' + value % 10);
	while ((value /= 10) > 0);
	for (size_t i = 0; i < count; i++)
		digits[i] = reversed[count - 1 - i];
	return count;
}

size_t number_lower_bound(const uint32_t *numbers, size_t count, size_t stride, uint64_t number)
{
	size_t low = 0, high = count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (*(const uint32_t *)((const char *)numbers + middle * stride) < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
