/* Selects messages by their header fields. */
#include "mail/filter.h"

#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/text.h"
#include "mail/date.h"
#include "mail/header.h"

/* --- patterns --- */

/* The length of the bracket expression at text, such as "[^]a[:alpha:]]". */
static size_t bracket_length(const char *text)
{
	size_t at = text[1] == '^' ? 2 : 1;

	if (text[at] == ']')
		at++;
	while (text[at] != '\0' && text[at] != ']') {
		const char kind = text[at] == '[' ? text[at + 1] : '\0';
		const char *const end = kind == ':' || kind == '.' || kind == '='
						? strchr(text + at + 2, kind)
						: NULL;

		at = end != NULL && end[1] == ']' ? (size_t)(end - text) + 2 : at + 1;
	}
	return text[at] == ']' ? at + 1 : at;
}

/*
 * Explains why an expression is refused although regcomp accepts it: a back-reference makes regexec
 * take unbounded time and memory, and a ")" without "(" would close the group that compile adds.
 */
static const char *find_objection(const char *expression)
{
	size_t depth = 0;

	for (const char *c = expression; *c != '\0'; c++) {
		if (*c == '[') {
			c += bracket_length(c) - 1;
		} else if (*c == '\\' && c[1] != '\0') {
			if (*++c >= '1' && *c <= '9')
				return "back-references are not supported";
		} else if (*c == '(') {
			depth++;
		} else if (*c == ')' && depth-- == 0) {
			return "')' without '(' (write '\\)' for the character itself)";
		}
	}
	return NULL;
}

/*
 * Before a search in length octets. Compiles from time to time: regexec caches data that only
 * regfree releases. Anchors the expression so that regexec scans a text once: otherwise it tries to
 * match at each offset, which takes minutes for a long text.
 */
static int compile(struct filter_pattern *pattern, size_t length)
{
	struct buffer anchored = { 0 };
	int failure = REG_ESPACE;

	pattern->searched += length;
	if (pattern->compiled && pattern->searched <= FILTER_TEXT_OCTETS)
		return 0;
	if (pattern->compiled)
		regfree(&pattern->regex);
	buffer_append_text(&anchored, "^.*(");
	buffer_append_text(&anchored, pattern->expression);
	buffer_append_octet(&anchored, ')');
	if (!anchored.no_memory)
		failure = regcomp(&pattern->regex, anchored.data,
				  REG_EXTENDED | REG_ICASE | REG_NOSUB);
	buffer_release(&anchored);
	pattern->compiled = failure == 0;
	pattern->searched = 0;
	return failure;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Splits "field!~REGEX"; blanks around the name and the operator are ignored. */
static bool split_pattern(struct filter_pattern *pattern, const char *text)
{
	const char *const tilde = strchr(text, '~');
	const char *end = tilde;

	if (tilde == NULL)
		return false;
	while (is_blank(*text))
		text++;
	*pattern = (struct filter_pattern){ .negated = end > text && end[-1] == '!' };
	end -= pattern->negated;
	while (end > text && is_blank(end[-1]))
		end--;
	pattern->field = text;
	pattern->field_length = (size_t)(end - text);
	pattern->expression = tilde + 1;
	while (is_blank(*pattern->expression))
		pattern->expression++;
	return true;
}

/*
 * Whether a header may have the field. Names with quotes or operators are valid (RFC 5322, section
 * 3.6.8), but not in use. Some shells pass "subject!~x" on with a backslash before the "!": no
 * message has that field, so the pattern would select them all.
 */
static bool is_field(const char *name, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (strchr("!\"$',;<=>\\`~", name[i]) != NULL)
			return false;
	return header_is_name(name, length) && *name != '@';
}

int filter_add(struct filter *filter, const char *text, struct pop3_error *err)
{
	struct filter_pattern *const pattern = &filter->patterns[filter->count];
	const char *objection;
	char reason[128];
	regex_t regex;
	int failure;

	if (filter->count == FILTER_PATTERNS)
		return pop3_fail(err, POP3_E_USAGE, "more than %d patterns", FILTER_PATTERNS);
	if (!split_pattern(pattern, text) || pattern->field_length == 0)
		return pop3_fail(err, POP3_E_USAGE,
				 "'%s' is not of the form FIELD~REGEX, such as 'subject~invoice'",
				 text);
	if (!is_field(pattern->field, pattern->field_length))
		return pop3_fail(err, POP3_E_USAGE,
				 "invalid field name '%.*s' (use a form such as 'subject~invoice')",
				 (int)pattern->field_length, pattern->field);
	failure = regcomp(&regex, pattern->expression, REG_EXTENDED | REG_ICASE | REG_NOSUB);
	if (failure != 0)
		regerror(failure, &regex, reason, sizeof reason);
	else
		regfree(&regex);
	objection = find_objection(pattern->expression);
	if (failure != 0 || objection != NULL)
		return pop3_fail(err, POP3_E_USAGE, "invalid regular expression '%s': %s",
				 pattern->expression, objection != NULL ? objection : reason);
	if (compile(pattern, 0) != 0)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	filter->count++;
	return 0;
}

void filter_release(struct filter *filter)
{
	for (size_t i = 0; i < filter->count; i++)
		if (filter->patterns[i].compiled)
			regfree(&filter->patterns[i].regex);
	filter->count = 0;
}

bool filter_is_empty(const struct filter *filter)
{
	return filter->count == 0 && filter->before == 0 && filter->after == 0;
}

bool filter_any_negated(const struct filter *filter)
{
	bool any = false;

	for (size_t i = 0; i < filter->count; i++)
		any = any || filter->patterns[i].negated;
	return any;
}

/* --- messages --- */

/* FILTER_PASSES when the expression matches; ignores negation. */
static enum filter_verdict search_field(struct filter_pattern *pattern,
					const struct header_field *field, struct pop3_error *err)
{
	struct buffer decoded = { 0 }, text = { 0 };
	int result = REG_ESPACE;
	bool too_long;

	header_decode(&decoded, field);
	/* regexec needs valid UTF-8 without NUL. */
	text_append_valid(&text, buffer_text(&decoded), decoded.length);
	for (size_t i = 0; i < text.length; i++)
		if (text.data[i] == '\0')
			text.data[i] = ' ';
	too_long = text.length > FILTER_TEXT_OCTETS;
	if (!decoded.no_memory && !text.no_memory && !too_long &&
	    compile(pattern, text.length) == 0)
		result = regexec(&pattern->regex, buffer_text(&text), 0, NULL, 0);
	buffer_release(&decoded);
	buffer_release(&text);
	if (result == 0)
		return FILTER_PASSES;
	if (result == REG_NOMATCH)
		return FILTER_FAILS;
	if (too_long)
		pop3_fail(err, POP3_E_PROTOCOL, "field '%.*s' is too long for --match",
			  (int)pattern->field_length, pattern->field);
	else
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
	return FILTER_UNJUDGED;
}

static enum filter_verdict judge_pattern(struct filter_pattern *pattern, const char *block,
					 size_t length, struct pop3_error *err)
{
	enum filter_verdict verdict = FILTER_FAILS;
	struct header_field field;

	for (size_t at = 0; verdict != FILTER_PASSES && header_next(block, length, &at, &field);) {
		enum filter_verdict one;

		if (field.name_length != pattern->field_length ||
		    strncasecmp(field.name, pattern->field, field.name_length) != 0)
			continue;
		one = search_field(pattern, &field, err);
		if (one != FILTER_FAILS)
			verdict = one;
	}
	if (!pattern->negated || verdict == FILTER_UNJUDGED)
		return verdict;
	return verdict == FILTER_PASSES ? FILTER_FAILS : FILTER_PASSES;
}

static enum filter_verdict judge_date(const struct filter *filter, const char *block, size_t length)
{
	struct header_field field;
	int64_t date;

	if (filter->before == 0 && filter->after == 0)
		return FILTER_PASSES;
	if (!header_find(block, length, "Date", &field) ||
	    !date_parse(field.value, field.value_length, &date))
		return FILTER_UNDATED;
	if ((filter->before != 0 && date >= filter->before) ||
	    (filter->after != 0 && date <= filter->after))
		return FILTER_FAILS;
	return FILTER_PASSES;
}

enum filter_verdict filter_judge(struct filter *filter, const char *block, size_t length,
				 struct pop3_error *err)
{
	enum filter_verdict verdict = judge_date(filter, block, length);

	for (size_t i = 0; i < filter->count && verdict != FILTER_FAILS; i++) {
		const enum filter_verdict one =
			judge_pattern(&filter->patterns[i], block, length, err);

		if (one == FILTER_FAILS || (one == FILTER_UNJUDGED && verdict == FILTER_PASSES))
			verdict = one;
	}
	return verdict;
}
