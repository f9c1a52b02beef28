/* Strict parsing of numbers, sizes and durations. */
#include "base/number.h"

#include "check.h"

#define NONE UINT64_C(4444444444444444444)

struct row {
	const char *name;
	const char *text;
	uint64_t expected;
};

static const struct row numbers[] = {
	{ "zero", "0", 0 },
	{ "one", "1", 1 },
	{ "leading zeros", "0000000000000000000000000000042", 42 },
	{ "2^32 - 1", "4294967295", UINT32_MAX },
	{ "2^32", "4294967296", UINT64_C(4294967296) },
	{ "2^64 - 1", "18446744073709551615", UINT64_MAX },
	{ "2^64", "18446744073709551616", NONE },
	{ "ten times 2^64", "184467440737095516150", NONE },
	{ "forty digits", "1111111111111111111111111111111111111111", NONE },
	{ "nothing", "", NONE },
	{ "plus", "+1", NONE },
	{ "minus", "-1", NONE },
	{ "leading blank", " 1", NONE },
	{ "trailing blank", "1 ", NONE },
	{ "trailing line end", "1\n", NONE },
	{ "trailing letters", "1a", NONE },
	{ "hex", "0x10", NONE },
	{ "point", "1.5", NONE },
	{ "exponent", "1e3", NONE },
	{ "8-bit digit", "\xb2", NONE },
};

static const struct row sizes[] = {
	{ "size 0", "0", 0 },
	{ "size without letter", "1500", 1500 },
	{ "size K", "10K", 10240 },
	{ "size k", "10k", 10240 },
	{ "size M", "10M", 10485760 },
	{ "size m", "1m", 1048576 },
	{ "size G", "2G", UINT64_C(2147483648) },
	{ "size g", "2g", UINT64_C(2147483648) },
	{ "size T", "1T", UINT64_C(1099511627776) },
	{ "size t", "1t", UINT64_C(1099511627776) },
	{ "size 0T", "0T", 0 },
	{ "largest size in T", "16777215T", UINT64_C(16777215) << 40 },
	{ "size over 2^64 in T", "16777216T", NONE },
	{ "largest size in K", "18014398509481983K", UINT64_C(18014398509481983) << 10 },
	{ "size over 2^64 in K", "18014398509481984K", NONE },
	{ "largest size", "18446744073709551615", UINT64_MAX },
	{ "size over 2^64", "18446744073709551616", NONE },
	{ "size P", "1P", NONE },
	{ "size KB", "1KB", 1024 },
	{ "size MB", "10MB", 10485760 },
	{ "size MiB", "1MiB", 1048576 },
	{ "size gib", "1gib", UINT64_C(1073741824) },
	{ "size B", "1B", NONE },
	{ "size Ki", "1Ki", NONE },
	{ "size MBB", "1MBB", NONE },
	{ "size KK", "1KK", NONE },
	{ "letter alone", "K", NONE },
	{ "size with a blank", "1 K", NONE },
	{ "size with a trailing blank", "1K ", NONE },
	{ "negative size", "-1K", NONE },
	{ "size with a point", "1.5M", NONE },
	{ "no size", "", NONE },
};

static const struct row durations[] = {
	{ "seconds without unit", "90", 90 },
	{ "s", "90s", 90 },
	{ "m", "2m", 120 },
	{ "h", "36h", 129600 },
	{ "d", "14d", 1209600 },
	{ "w", "2w", 1209600 },
	{ "0d", "0d", 0 },
	{ "most weeks", "30500568904943w", UINT64_C(30500568904943) * 604800 },
	{ "weeks over 2^64", "30500568904944w", NONE },
	{ "minutes over 2^64", "18446744073709551615m", NONE },
	{ "capitals", "2D", NONE },
	{ "years", "1y", NONE },
	{ "two units", "1h30m", NONE },
	{ "unit alone", "d", NONE },
	{ "negative time", "-1d", NONE },
	{ "no time", "", NONE },
};

static const struct {
	const char *name;
	const char *text;
	int64_t octets;
	uint64_t expected;
} prefixes[] = {
	{ "prefix of a status line", "2 320", 1, 2 },
	{ "prefix that is the whole text", "320", 3, 320 },
	{ "prefix of zeros", "007 x", 3, 7 },
	{ "prefix before a letter", "12abc", 2, 12 },
	{ "largest prefix", "18446744073709551615 x", 20, UINT64_MAX },
	{ "prefix over 2^64", "18446744073709551616 x", 0, NONE },
	{ "no prefix", "x1", 0, NONE },
	{ "nothing", "", 0, NONE },
};

static const struct {
	const char *name;
	const char *text;
	uint64_t max;
	bool passes;
} limits[] = {
	{ "below the limit", "99", 100, true },
	{ "the limit", "100", 100, true },
	{ "above the limit", "101", 100, false },
	{ "zero of zero", "0", 0, true },
	{ "one of zero", "1", 0, false },
};

static void read_numbers(const char *text, size_t length)
{
	uint64_t value;

	number_parse(text, length, UINT64_MAX, &value);
	number_prefix(text, length, &value);
}

static void check_units(const struct row *rows, size_t count,
			bool (*parse)(const char *text, uint64_t *value))
{
	for (size_t i = 0; i < count; i++) {
		uint64_t value = NONE;
		const bool parsed = parse(rows[i].text, &value);

		check_report(rows[i].name, value == rows[i].expected &&
					   parsed == (rows[i].expected != NONE));
	}
}

static bool parse_number(const char *text, uint64_t *value)
{
	check_prefixes(text, strlen(text), read_numbers);
	return number_parse(text, strlen(text), UINT64_MAX, value);
}

static const struct {
	uint64_t value;
	const char *digits;
} written[] = {
	{ 0, "0" },
	{ 7, "7" },
	{ 10, "10" },
	{ 4294967295, "4294967295" },
	{ UINT64_MAX, "18446744073709551615" },
};

static void check_written(void)
{
	for (size_t i = 0; i < ROWS(written); i++) {
		char digits[NUMBER_DIGITS];

		check_octets(written[i].digits, digits, number_write(digits, written[i].value),
			     written[i].digits, strlen(written[i].digits));
	}
}

static void check_lower_bound(void)
{
	static const struct {
		uint32_t number, octets;
	} entries[] = { { 2, 9 }, { 3, 9 }, { 7, 9 } };
	static const size_t expected[] = { 0, 0, 0, 1, 2, 2, 2, 2, 3 };

	for (size_t wanted = 0; wanted < ROWS(expected); wanted++)
		check_number("the first number that is not less",
			     (int64_t)number_lower_bound(&entries[0].number, ROWS(entries),
							 sizeof entries[0], wanted),
			     (int64_t)expected[wanted]);
	check_number("the first number in an empty list",
		     (int64_t)number_lower_bound(&entries[0].number, 0,
							    sizeof entries[0], 1), 0);
}

/* 2026-11-29 13:00:00 UTC */
#define NOW 1795957200

static const struct row ages[] = {
	{ "age in days", "14d", 1209600 },
	{ "today", "today", 46800 },
	{ "yesterday", "yesterday", 133200 },
	{ "a day", "2026-11-01", 2466000 },
	{ "today by its date", "2026-11-29", 46800 },
	{ "tomorrow", "2026-11-30", NONE },
	{ "a day that is not", "2026-06-31", NONE },
	{ "a month that is not", "2026-13-01", NONE },
	{ "day 0", "2026-06-00", NONE },
	{ "a short date", "2026-6-1", NONE },
	{ "text after a date", "2026-06-01x", NONE },
	{ "another word", "tuesday", NONE },
};

static bool parse_age(const char *text, uint64_t *value)
{
	return number_parse_age(text, NOW, value);
}

int main(void)
{
	uint64_t value;

	setenv("TZ", "UTC", 1);
	check_units(ages, ROWS(ages), parse_age);
	check_units(numbers, ROWS(numbers), parse_number);
	check_units(sizes, ROWS(sizes), number_parse_size);
	check_units(durations, ROWS(durations), number_parse_duration);
	for (size_t i = 0; i < ROWS(prefixes); i++) {
		value = NONE;
		check_number(prefixes[i].name,
			     (int64_t)number_prefix(prefixes[i].text, strlen(prefixes[i].text),
						    &value), prefixes[i].octets);
		check_report(prefixes[i].name, value == prefixes[i].expected);
	}
	for (size_t i = 0; i < ROWS(limits); i++)
		check_number(limits[i].name,
			     number_parse(limits[i].text, strlen(limits[i].text), limits[i].max,
					  &value), limits[i].passes);
	check_number("the length ends the number", number_parse("123", 2, 100, &value), true);
	check_number("the text after the length is not read", (int64_t)value, 12);
	check_written();
	check_lower_bound();
	check_number("a NUL is not a digit", number_parse("1\0" "2", 3, 100, &value), false);
	return check_end();
}
