#ifndef MAIL_FILTER_H
#define MAIL_FILTER_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pop3/error.h"

/*
 * What a header block must say for its message to be selected: fields that match, and a date. A
 * zeroed filter lets everything pass.
 */
#define FILTER_PATTERNS 64

struct filter_pattern {
	const char *field; /* borrowed, not NUL-terminated */
	size_t field_length;
	bool negated;
	regex_t regex;
};

struct filter {
	struct filter_pattern patterns[FILTER_PATTERNS];
	size_t count;
	int64_t before, after; /* seconds since 1970: the Date lies before, after; 0 = any */
};

/*
 * Adds "field~REGEX" or "field!~REGEX": a POSIX extended regex, without regard to case, on each
 * field of that name, decoded; negated, none of them may match. POP3_E_USAGE says what is wrong.
 * text must outlive the filter.
 */
int filter_add(struct filter *filter, const char *text, struct pop3_error *err);
void filter_release(struct filter *filter);

/* Whether there is anything in it that needs header blocks. */
bool filter_is_empty(const struct filter *filter);

/* Whether all of it holds. A message without a Date that can be read has none to compare. */
bool filter_passes(const struct filter *filter, const char *block, size_t length);

#endif
