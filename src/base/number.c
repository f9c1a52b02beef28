/* Strict number parsing: a text that is not entirely a number is rejected. */
#include "base/number.h"

#include <string.h>

#define DIGITS_SAFE 19 /* any number of 19 digits fits into 64 bits */

struct unit {
	char letter;
	uint64_t factor;
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

	if (digits == 0)
		return false;
	for (;; units++) {
		if (text[digits] == units->letter)
			break;
		if (units->letter == '\0')
			return false;
	}
	if ((units->letter != '\0' && text[digits + 1] != '\0') ||
	    number > UINT64_MAX / units->factor)
		return false;
	*value = number * units->factor;
	return true;
}

bool number_parse_size(const char *text, uint64_t *octets)
{
	static const struct unit units[] = {
		{ 'K', 1ULL << 10 }, { 'k', 1ULL << 10 }, { 'M', 1ULL << 20 }, { 'm', 1ULL << 20 },
		{ 'G', 1ULL << 30 }, { 'g', 1ULL << 30 }, { 'T', 1ULL << 40 }, { 't', 1ULL << 40 },
		{ '\0', 1 },
	};

	return parse_with_unit(text, units, octets);
}

bool number_parse_duration(const char *text, uint64_t *seconds)
{
	static const struct unit units[] = {
		{ 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 }, { '\0', 1 },
	};

	return parse_with_unit(text, units, seconds);
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
