#ifndef MAIL_FILTER_H
#define MAIL_FILTER_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pop3/error.h"

/*
 * Conditions on a message's header: fields that match a pattern, and its date. A zeroed filter
 * passes every message.
 */
#define FILTER_PATTERNS 64
#define FILTER_TEXT_OCTETS 32768 /* maximum size of a field; regexec may take seconds for more */

struct filter_pattern {
	const char *field; /* borrowed, not NUL-terminated */
	size_t field_length;
	bool negated;
	const char *expression; /* borrowed */
	regex_t regex;
	bool compiled;
	size_t searched; /* octets searched since it was compiled */
};

struct filter {
	struct filter_pattern patterns[FILTER_PATTERNS];
	size_t count;
	int64_t before, after; /* limits for the Date field, seconds since 1970; 0 = none */
};

/*
 * Adds "field~REGEX" or "field!~REGEX": a case-insensitive POSIX extended regular expression for
 * each decoded field with that name. With "!", none of them may match. Blanks around the name and
 * the operator are ignored. Fails with POP3_E_USAGE. text must outlive the filter.
 */
int filter_add(struct filter *filter, const char *text, struct pop3_error *err);
void filter_release(struct filter *filter);

/* Whether the filter has no conditions, so that headers are not needed. */
bool filter_is_empty(const struct filter *filter);

/* Whether a field that is missing decides, so that the header must be whole. */
bool filter_any_negated(const struct filter *filter);

enum filter_verdict {
	FILTER_PASSES,
	FILTER_FAILS,
	FILTER_UNDATED, /* fails because there is no valid Date field */
	FILTER_UNJUDGED /* cannot be decided; err is filled in */
};

/*
 * Whether a header meets all conditions. Before matching, U+FFFD replaces octets that are not
 * UTF-8, and a blank replaces NUL. When a pattern cannot be decided, because the field is too long
 * or memory is short, the message still fails if another pattern rejects it.
 */
enum filter_verdict filter_judge(struct filter *filter, const char *block, size_t length,
				 struct pop3_error *err);

#endif
