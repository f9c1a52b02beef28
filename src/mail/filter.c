/* What a header block must say for its message to be selected. */
#include "mail/filter.h"

#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "mail/date.h"
#include "mail/encoded.h"
#include "mail/header.h"

int filter_add(struct filter *filter, const char *text, struct pop3_error *err)
{
	struct filter_pattern *const pattern = &filter->patterns[filter->count];
	const char *const tilde = strchr(text, '~');
	int failure;

	if (filter->count == FILTER_PATTERNS)
		return pop3_fail(err, POP3_E_USAGE, "more than %d patterns", FILTER_PATTERNS);
	pattern->field = text;
	pattern->field_length = tilde != NULL ? (size_t)(tilde - text) : 0;
	pattern->negated = pattern->field_length > 0 && tilde[-1] == '!';
	pattern->field_length -= pattern->negated;
	if (pattern->field_length == 0)
		return pop3_fail(err, POP3_E_USAGE,
				 "'%s' is not field~REGEX, such as 'subject~invoice'", text);
	failure = regcomp(&pattern->regex, tilde + 1, REG_EXTENDED | REG_ICASE | REG_NOSUB);
	if (failure != 0) {
		char reason[128];

		regerror(failure, &pattern->regex, reason, sizeof reason);
		return pop3_fail(err, POP3_E_USAGE, "'%s' is no regular expression: %s", tilde + 1,
				 reason);
	}
	filter->count++;
	return 0;
}

void filter_release(struct filter *filter)
{
	for (size_t i = 0; i < filter->count; i++)
		regfree(&filter->patterns[i].regex);
	filter->count = 0;
}

bool filter_is_empty(const struct filter *filter)
{
	return filter->count == 0 && filter->before == 0 && filter->after == 0;
}

static bool field_matches(const struct filter_pattern *pattern, const struct header_field *field)
{
	struct buffer unfolded = { 0 }, text = { 0 };
	bool matches;

	header_unfold(&unfolded, field->value, field->value_length);
	encoded_decode(&text, buffer_text(&unfolded), unfolded.length);
	matches = regexec(&pattern->regex, buffer_text(&text), 0, NULL, 0) == 0;
	buffer_release(&unfolded);
	buffer_release(&text);
	return matches;
}

static bool pattern_holds(const struct filter_pattern *pattern, const char *block, size_t length)
{
	struct header_field field;
	bool found = false;

	for (size_t at = 0; !found && header_next(block, length, &at, &field);)
		found = field.name_length == pattern->field_length &&
			strncasecmp(field.name, pattern->field, field.name_length) == 0 &&
			field_matches(pattern, &field);
	return found != pattern->negated;
}

static bool date_holds(const struct filter *filter, const char *block, size_t length)
{
	struct header_field field;
	int64_t date;

	if (filter->before == 0 && filter->after == 0)
		return true;
	if (!header_find(block, length, "Date", &field) ||
	    !date_parse(field.value, field.value_length, &date))
		return false;
	return (filter->before == 0 || date < filter->before) &&
	       (filter->after == 0 || date > filter->after);
}

bool filter_passes(const struct filter *filter, const char *block, size_t length)
{
	for (size_t i = 0; i < filter->count; i++)
		if (!pattern_holds(&filter->patterns[i], block, length))
			return false;
	return date_holds(filter, block, length);
}
