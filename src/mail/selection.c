/* Parses message selectors, from operands and from records. */
#include "mail/selection.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/number.h"
#include "base/text.h"

#define SHOWN 100 /* maximum size of the user's text in an error */
#define DIGITS "0123456789"
#define BLANKS " \t"

static const char not_a_form[] =
	"expected numbers, all, first:N, last:N, last, new or uid:UID";
static const char not_in_range[] = "numbers go from 1 to 4294967295";

struct span {
	const char *text;
	size_t length;
};

void selection_release(struct selection *selection)
{
	for (size_t i = 0; i < selection->count; i++)
		free((char *)selection->selectors[i].uid);
	free(selection->selectors);
	*selection = (struct selection){ 0 };
}

static int refuse(struct pop3_error *err, const char *text, const char *reason)
{
	return pop3_fail(err, POP3_E_USAGE, "'%.*s' is not a message selector: %s", SHOWN, text,
			 reason);
}

static int add(struct selection *out, const struct selector *selector, struct pop3_error *err)
{
	struct selector *const selectors =
		array_room(out->selectors, out->count, &out->capacity, sizeof *selectors);

	if (selectors == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	out->selectors = selectors;
	out->selectors[out->count++] = *selector;
	return 0;
}

static int add_unescaped(struct selection *out, const struct buffer *uid, const char *shown,
			 struct pop3_error *err)
{
	struct selector selector = { .kind = SELECTOR_UID };

	if (buffer_check(uid, POP3_E_USAGE, err) < 0)
		return -1;
	if (uid->length == 0)
		return refuse(err, shown, "the UID is missing");
	if (strlen(uid->data) != uid->length)
		return refuse(err, shown, "the UID contains a NUL");
	selector.uid = strdup(uid->data);
	if (selector.uid == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	if (add(out, &selector, err) == 0)
		return 0;
	free((char *)selector.uid);
	return -1;
}

/* shown is the operand or record, for errors. */
static int add_uid(struct selection *out, struct span uid, const char *shown,
		   struct pop3_error *err)
{
	struct buffer unescaped = { 0 };
	int result;

	text_unescape(&unescaped, uid.text, uid.length);
	result = add_unescaped(out, &unescaped, shown, err);
	buffer_release(&unescaped);
	return result;
}

/* Returns NULL, or the reason why it is not a number. */
static const char *parse_number(struct span digits, uint32_t *number)
{
	uint64_t value;

	if (digits.length == 0 || strspn(digits.text, DIGITS) < digits.length)
		return not_a_form;
	if (!number_parse(digits.text, digits.length, UINT32_MAX, &value) || value == 0)
		return not_in_range;
	*number = (uint32_t)value;
	return NULL;
}

/* Parses "7", "3-9" or "12-"; returns NULL or the reason why it is invalid. */
static const char *parse_range(struct span text, struct selector *selector)
{
	const char *const dash = memchr(text.text, '-', text.length);
	const size_t first = dash != NULL ? (size_t)(dash - text.text) : text.length;
	const char *reason = parse_number((struct span){ text.text, first }, &selector->first);

	selector->kind = dash != NULL ? SELECTOR_RANGE : SELECTOR_NUMBER;
	selector->last = dash != NULL ? UINT32_MAX : selector->first;
	if (reason == NULL && first + 1 < text.length)
		reason = parse_number((struct span){ dash + 1, text.length - first - 1 },
				      &selector->last);
	if (reason == NULL && selector->first > selector->last)
		reason = "the range runs backwards";
	return reason;
}

static int parse_list(const char *text, struct selection *out, struct pop3_error *err)
{
	for (const char *part = text;; part++) {
		const size_t length = strcspn(part, ",");
		struct selector selector = { 0 };
		const char *const reason = parse_range((struct span){ part, length }, &selector);

		if (reason != NULL)
			return refuse(err, text, reason);
		if (add(out, &selector, err) < 0)
			return -1;
		part += length;
		if (*part == '\0')
			return 0;
	}
}

const struct selection_form selection_forms[] = {
	{ "all", "", "every message", SELECTOR_ALL },
	{ "first:", "N", "the first N", SELECTOR_FIRST },
	{ "last", "", "the last one", SELECTOR_LAST_ONE },
	{ "last:", "N", "the last N", SELECTOR_LAST },
	{ "new", "", "messages not fetched yet", SELECTOR_NEW },
	{ "uid:", "UID", "the message with this UID; UIDs do not change", SELECTOR_UID },
	{ .text = NULL },
};

int selection_parse(const char *text, struct selection *out, struct pop3_error *err)
{
	const struct selection_form *form = selection_forms;
	struct selector selector = { 0 };
	const char *rest;
	size_t length;

	for (;; form++) {
		if (form->text == NULL)
			return parse_list(text, out, err);
		length = strlen(form->text);
		if (strncmp(text, form->text, length) == 0 &&
		    (form->text[length - 1] == ':' || text[length] == '\0'))
			break;
	}
	rest = text + length;
	if (form->kind == SELECTOR_UID)
		return add_uid(out, (struct span){ rest, strlen(rest) }, text, err);
	selector.kind = form->kind;
	if (form->kind == SELECTOR_FIRST || form->kind == SELECTOR_LAST) {
		const char *const reason = parse_number(
			(struct span){ rest, strlen(rest) },
			form->kind == SELECTOR_FIRST ? &selector.first : &selector.last);
		if (reason != NULL)
			return refuse(err, text, reason);
	}
	return add(out, &selector, err);
}

/* --- records --- */

/* The length of a JSON value, or 0 when it is incomplete. */
static size_t json_length(const char *text)
{
	size_t i = 0, depth = 0;

	while (text[i] != '\0' && (depth > 0 || strchr(",}] \t:", text[i]) == NULL)) {
		if (text[i] == '{' || text[i] == '[')
			depth++;
		else if (text[i] == '}' || text[i] == ']')
			depth--;
		else if (text[i] == '"')
			for (i++; text[i] != '"'; i++)
				if (text[i] == '\0' || (text[i] == '\\' && text[++i] == '\0'))
					return 0;
		i++;
	}
	return depth == 0 ? i : 0;
}

static int parse_json(const char *record, struct selection *out, struct pop3_error *err)
{
	static const char key[] = "\"uid\"";
	const char *name = record + 1, *value;
	size_t value_length;
	struct buffer uid = { 0 };
	int result;

	for (;; name = value + value_length) {
		size_t name_length;

		name += strspn(name, " \t,");
		if (*name == '}')
			return refuse(err, record, "the record has no UID");
		name_length = *name == '"' ? json_length(name) : 0;
		value = name + name_length + strspn(name + name_length, BLANKS);
		if (name_length == 0 || *value != ':')
			return refuse(err, record, "expected a JSON record");
		value += 1 + strspn(value + 1, BLANKS);
		value_length = json_length(value);
		if (value_length == 0)
			return refuse(err, record, "expected a JSON record");
		if (name_length == strlen(key) && memcmp(name, key, name_length) == 0)
			break;
	}
	if (*value != '"')
		return refuse(err, record, "the record has no UID");
	if (text_unjson(&uid, value + 1, value_length - 2))
		result = add_unescaped(out, &uid, record, err);
	else
		result = refuse(err, record, "the UID is not a JSON string");
	buffer_release(&uid);
	return result;
}

static bool is_text(const char *text, size_t length, const char *word)
{
	return length == strlen(word) && memcmp(text, word, length) == 0;
}

/* The record has no line end and no NUL. */
static int parse_fields(const char *record, struct selection *out, struct pop3_error *err)
{
	const bool tabs = strchr(record, '\t') != NULL;
	const char *const separator = tabs ? "\t" : " ";
	const char *const number = tabs ? record : record + strspn(record, " ");
	const size_t number_length = strcspn(number, separator);
	const char *uid = number + number_length;
	size_t uid_length;

	if (record[strspn(record, BLANKS)] == '\0')
		return 0;
	if (record[0] == '{')
		return parse_json(record, out, err);
	if (*uid == '\0')
		return selection_parse(number, out, err);
	uid += tabs ? 1 : strspn(uid, " ");
	uid_length = strcspn(uid, separator);
	if (is_text(number, number_length, "number") && is_text(uid, uid_length, "uid"))
		return 0;
	return add_uid(out, (struct span){ uid, uid_length }, record, err);
}

int selection_parse_record(const char *line, size_t length, struct selection *out,
			   struct pop3_error *err)
{
	struct buffer record = { 0 };
	int result;

	while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
		length--;
	/* Where TABs separate fields, trailing blanks are part of the last one. */
	if (length > 0 && memchr(line, '\t', length) == NULL)
		while (length > 0 && line[length - 1] == ' ')
			length--;
	buffer_append(&record, line, length);
	result = buffer_check(&record, POP3_E_USAGE, err);
	if (result == 0 && strlen(record.data) != record.length)
		result = refuse(err, record.data, "the record contains a NUL");
	else if (result == 0)
		result = parse_fields(record.data, out, err);
	buffer_release(&record);
	return result;
}

bool selection_is_one(const struct selection *selection)
{
	if (selection->count != 1)
		return false;
	switch (selection->selectors[0].kind) {
	case SELECTOR_NUMBER:
	case SELECTOR_LAST_ONE:
	case SELECTOR_UID:
		return true;
	case SELECTOR_ALL:
	case SELECTOR_RANGE:
	case SELECTOR_FIRST:
	case SELECTOR_LAST:
	case SELECTOR_NEW:
		return false;
	}
	return false;
}

bool selection_is_all(const struct selection *selection)
{
	return selection->count > 0 && !selection_has(selection, ~(unsigned)SELECTOR_ALL);
}

bool selection_has(const struct selection *selection, unsigned kinds)
{
	for (size_t i = 0; i < selection->count; i++)
		if ((selection->selectors[i].kind & kinds) != 0)
			return true;
	return false;
}
