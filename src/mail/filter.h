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
#define FILTER_TEXT_OCTETS 32768 /* of a field: regexec takes seconds for more of a bad one */

struct filter_pattern {
	const char *field; /* borrowed, not NUL-terminated */
	size_t field_length;
	bool negated;
	const char *expression; /* borrowed */
	regex_t regex;
	bool compiled;
	size_t searched; /* octets since it was compiled */
};

struct filter {
	struct filter_pattern patterns[FILTER_PATTERNS];
	size_t count;
	int64_t before, after; /* seconds since 1970: the Date lies before, after; 0 = any */
};

/*
 * Adds "field~REGEX" or "field!~REGEX": a POSIX extended regex, without regard to case, on each
 * field of that name, decoded; negated, none of them may match. Blanks around the name and the
 * operator do not count. POP3_E_USAGE says what is wrong. text must outlive the filter.
 */
int filter_add(struct filter *filter, const char *text, struct pop3_error *err);
void filter_release(struct filter *filter);

/* Whether there is anything in it that needs header blocks. */
bool filter_is_empty(const struct filter *filter);

enum filter_verdict {
	FILTER_PASSES,
	FILTER_FAILS,
	FILTER_UNDATED, /* it fails, for want of a Date that names a moment */
	FILTER_UNJUDGED /* it cannot be told, and err says why */
};

/*
 * Whether all of it holds. In texts, U+FFFD stands for what is not UTF-8, and a blank for NUL. What
 * a field's length or want of memory keep from being judged fails all the same where another
 * pattern says so.
 */
enum filter_verdict filter_judge(struct filter *filter, const char *block, size_t length,
				 struct pop3_error *err);

#endif
