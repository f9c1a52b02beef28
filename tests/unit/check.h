/* Support for unit tests: each check compares a result with the expected one. Output is TAP. */
#ifndef UNIT_CHECK_H
#define UNIT_CHECK_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A string literal as pointer and length, so that rows may hold NULs. */
#define OCTETS(literal) literal, sizeof(literal) - 1
#define ROWS(table) (sizeof(table) / sizeof(table)[0])

static int check_count, check_failures;

static inline bool check_report(const char *name, bool passed)
{
	printf("%s %d - %s\n", passed ? "ok" : "not ok", ++check_count, name);
	check_failures += !passed;
	return passed;
}

static inline void check_print(const char *label, const char *text, size_t length)
{
	printf("# %s: '", label);
	for (size_t i = 0; i < length; i++)
		printf(text[i] >= ' ' && text[i] < 0x7f ? "%c" : "\\x%02x",
		       (unsigned char)text[i]);
	printf("'\n");
}

static inline void check_octets(const char *name, const char *got, size_t got_length,
				const char *expected, size_t expected_length)
{
	if (check_report(name, got_length == expected_length &&
				       (got_length == 0 || memcmp(got, expected, got_length) == 0)))
		return;
	check_print("got", got, got_length);
	check_print("expected", expected, expected_length);
}

static inline void check_text(const char *name, const char *got, const char *expected)
{
	check_octets(name, got, strlen(got), expected, strlen(expected));
}

static inline void check_number(const char *name, int64_t got, int64_t expected)
{
	if (!check_report(name, got == expected))
		printf("# got: %" PRId64 "\n# expected: %" PRId64 "\n", got, expected);
}

/* Reports a check that cannot run here, with the reason. */
static inline void check_skip(const char *name, const char *reason)
{
	printf("ok %d - %s # SKIP %s\n", ++check_count, name, reason);
}

/* Reads every prefix of the input from exact heap memory, so that sanitizers detect overruns. */
static inline void check_prefixes(const char *input, size_t length,
				  void (*read)(const char *text, size_t length))
{
	for (size_t cut = 0; cut <= length; cut++) {
		char *const copy = malloc(cut);

		if (cut > 0)
			memcpy(copy, input, cut);
		read(copy, cut);
		free(copy);
	}
}

/* Prints the plan; returns the exit status for main. */
static inline int check_end(void)
{
	printf("1..%d\n", check_count);
	return check_failures != 0;
}

#endif
