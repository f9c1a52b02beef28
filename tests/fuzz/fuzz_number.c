/* Parsing numbers: the C library must parse the same digits to the same value. */
#include "base/number.h"

#include <errno.h>

#include "fuzz.h"

static bool read_digits(const char *text, size_t length, uint64_t *value)
{
	if (length == 0 || strspn(text, "0123456789") != length)
		return false;
	errno = 0;
	*value = strtoull(text, NULL, 10);
	return errno == 0;
}

static void check_prefix(const char *text, size_t length)
{
	const size_t digits = strspn(text, "0123456789");
	uint64_t expected = 0, value = 7;
	char *const front = strndup(text, digits);
	const bool readable = read_digits(front, digits, &expected);

	must(number_prefix(text, length, &value) == (readable ? digits : 0),
	     "the length of the leading digits");
	must(value == (readable ? expected : 7), "the value of the digits, or unchanged");
	free(front);
}

/* With any unit, the value is a multiple of that of the digits and has not wrapped. */
static void check_unit(const char *text, bool (*parse)(const char *, uint64_t *))
{
	uint64_t value = 7, digits = 0;

	if (!parse(text, &value))
		must(value == 7, "an invalid number leaves the value unchanged");
	else if (number_prefix(text, strlen(text), &digits) > 0)
		must(value >= digits && (digits == 0) == (value == 0), "a unit never wraps");
	else
		must(false, "a value needs digits");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input rest = input_of(data, size);
	const uint64_t max = UINT64_MAX >> input_octet(&rest) % 64;
	char *const text = input_copy(&rest);
	uint64_t expected = 0, value = 7;
	const bool readable = read_digits(text, rest.length, &expected) && expected <= max;

	must(number_parse(text, rest.length, max, &value) == readable,
	     "digits are accepted up to the limit");
	must(value == (readable ? expected : 7), "the value of the digits, or unchanged");
	check_prefix(text, rest.length);
	check_unit(text, number_parse_size);
	check_unit(text, number_parse_duration);
	free(text);
	return 0;
}
