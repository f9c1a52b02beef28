/* Message selectors: parsing operands and records, and applying them to a mailbox. */
#include "mail/selection.h"

#include "base/buffer.h"
#include "check.h"

#define UINT32_TEXT "4294967295"
#define EXPECTED "expected numbers, all, first:N, last:N, last, new or uid:UID"
#define LIMITS "numbers go from 1 to " UINT32_TEXT
#define NOT(text, reason) "'" text "' is not a message selector: " reason

/* The result of parsing as "number(7) range(3,9) …", or the error. */
static const struct {
	const char *name;
	const char *operand;
	const char *expected;
} operands[] = {
	{ "a number", "7", "number(7)" },
	{ "a number with zeros", "007", "number(7)" },
	{ "the last number", UINT32_TEXT, "number(" UINT32_TEXT ")" },
	{ "a range", "3-9", "range(3,9)" },
	{ "a range of one", "3-3", "range(3,3)" },
	{ "an open range", "12-", "range(12," UINT32_TEXT ")" },
	{ "a list", "1,4,6-8", "number(1) number(4) range(6,8)" },
	{ "a list that repeats", "8,8,1-,2",
	  "number(8) number(8) range(1," UINT32_TEXT ") number(2)" },
	{ "all", "all", "all" },
	{ "new", "new", "new" },
	{ "last", "last", "last" },
	{ "first:N", "first:5", "first(5)" },
	{ "last:N", "last:10", "last(10)" },
	{ "a UID", "uid:abc", "uid(abc)" },
	{ "a UID that looks like a list", "uid:1,2-3", "uid(1,2-3)" },
	{ "a UID with a colon", "uid:top:00ff", "uid(top:00ff)" },
	{ "a UID with a blank", "uid:a b", "uid(a b)" },
	{ "a UID as escaped in records", "uid:a\\\\b\\x41", "uid(a\\bA)" },

	{ "nothing", "", NOT("", EXPECTED) },
	{ "stdin is not handled here", "-", NOT("-", EXPECTED) },
	{ "zero", "0", NOT("0", LIMITS) },
	{ "a number too large", "4294967296", NOT("4294967296", LIMITS) },
	{ "a number far too large", "99999999999999999999999",
	  NOT("99999999999999999999999", LIMITS) },
	{ "a sign", "+7", NOT("+7", EXPECTED) },
	{ "a blank", " 7", NOT(" 7", EXPECTED) },
	{ "a word", "seven", NOT("seven", EXPECTED) },
	{ "a word in capitals", "ALL", NOT("ALL", EXPECTED) },
	{ "text after a number", "7x", NOT("7x", EXPECTED) },
	{ "a range backwards", "9-3", NOT("9-3", "the range runs backwards") },
	{ "a range from zero", "0-3", NOT("0-3", LIMITS) },
	{ "a range to zero", "3-0", NOT("3-0", LIMITS) },
	{ "a range too long", "3-4294967296", NOT("3-4294967296", LIMITS) },
	{ "a range without beginning", "-3", NOT("-3", EXPECTED) },
	{ "a range of three", "1-2-3", NOT("1-2-3", EXPECTED) },
	{ "a range of dashes", "1--3", NOT("1--3", EXPECTED) },
	{ "a list with a gap", "1,,3", NOT("1,,3", EXPECTED) },
	{ "a list with a trailing comma", "1,", NOT("1,", EXPECTED) },
	{ "a list of words", "1,all", NOT("1,all", EXPECTED) },
	{ "first: without number", "first:", NOT("first:", EXPECTED) },
	{ "first:0", "first:0", NOT("first:0", LIMITS) },
	{ "last:0", "last:0", NOT("last:0", LIMITS) },
	{ "last: of a range", "last:1-3", NOT("last:1-3", EXPECTED) },
	{ "first", "first", NOT("first", EXPECTED) },
	{ "uid: without UID", "uid:", NOT("uid:", "the UID is missing") },
	{ "a NUL in a UID", "uid:a\\x00b", NOT("uid:a\\x00b", "the UID contains a NUL") },
};

static const struct {
	const char *name;
	const char *line;
	size_t length;
	const char *expected;
} records[] = {
	{ "record of list", OCTETS("7\tabc\t1200"), "uid(abc)" },
	{ "record of uidl", OCTETS("7\tabc"), "uid(abc)" },
	{ "record with a line end", OCTETS("7\tabc\n"), "uid(abc)" },
	{ "record with CRLF", OCTETS("7\tabc\r\n"), "uid(abc)" },
	{ "record of headers", OCTETS("7\ta b\tSubject: c d"), "uid(a b)" },
	{ "record with an escaped UID", OCTETS("7\ta\\tb\\\\\\xFF\t9"), "uid(a\tb\\\xff)" },
	{ "record with blanks around the UID", OCTETS("7\t a \t9"), "uid( a )" },
	{ "record with a blank at the end", OCTETS("7\ta "), "uid(a )" },
	{ "record whose UID is a number", OCTETS("7\t3"), "uid(3)" },
	{ "record whose UID is a word", OCTETS("7\tall"), "uid(all)" },
	{ "record without number", OCTETS("\tabc"), "uid(abc)" },
	{ "record of aligned columns", OCTETS("  7   abc   1200  "), "uid(abc)" },
	{ "record of two columns", OCTETS("7 abc\n"), "uid(abc)" },
	{ "JSON", OCTETS("{\"number\":7,\"uid\":\"abc\",\"octets\":3}\n"), "uid(abc)" },
	{ "JSON with blanks", OCTETS("{ \"uid\" : \"a b\" }"), "uid(a b)" },
	{ "JSON with nested values", OCTETS("{\"x\":{\"uid\":\"no\"},\"y\":[\"}\",1],\"uid\":\"b\"}"),
	  "uid(b)" },
	{ "JSON with escapes", OCTETS("{\"a\\\"b\":null,\"uid\":\"\\\"\\\\\\t\\u00e9\\uEFFF\"}"),
	  "uid(\"\\\t\xc3\xa9\xff)" },
	{ "JSON with a TAB", OCTETS("{\"uid\":\t\"a\"}"), "uid(a)" },
	{ "record that ends at the NUL separator", OCTETS("12\tx\\ny"), "uid(x\ny)" },
	{ "one field", OCTETS("7"), "number(7)" },
	{ "one field with blanks", OCTETS("  7 \r\n"), "number(7)" },
	{ "one field is an operand", OCTETS("1,4-6"), "number(1) range(4,6)" },
	{ "one field of UID", OCTETS("uid:abc\n"), "uid(abc)" },
	{ "one word", OCTETS("new\n"), "new" },
	{ "empty line", OCTETS(""), "" },
	{ "empty line with its end", OCTETS("\r\n"), "" },
	{ "blank line", OCTETS("  \t "), "" },
	{ "header line", OCTETS("number\tuid\toctets\n"), "" },
	{ "header line of aligned columns", OCTETS("number  uid  octets"), "" },
	{ "a header line in capitals is not one", OCTETS("NUMBER\tUID"), "uid(UID)" },
	{ "UID uid", OCTETS("7\tuid"), "uid(uid)" },

	{ "stdin in stdin", OCTETS("-\n"), NOT("-", EXPECTED) },
	{ "one field that is not an operand", OCTETS("hello"), NOT("hello", EXPECTED) },
	{ "JSON without a UID", OCTETS("{\"number\":7}"), NOT("{\"number\":7}", "the record has no UID") },
	{ "JSON with a UID that is null", OCTETS("{\"uid\":null}"),
	  NOT("{\"uid\":null}", "the record has no UID") },
	{ "truncated JSON", OCTETS("{\"uid\":\"a"), NOT("{\"uid\":\"a", "expected a JSON record") },
	{ "JSON with an empty UID", OCTETS("{\"uid\":\"\"}"),
	  NOT("{\"uid\":\"\"}", "the UID is missing") },
	{ "JSON with half a character", OCTETS("{\"uid\":\"\\ud800\"}"),
	  NOT("{\"uid\":\"\\ud800\"}", "the UID is not a JSON string") },
	{ "record with an empty UID", OCTETS("7\t\t1200"), NOT("7\t\t1200", "the UID is missing") },
	{ "record that ends before the UID", OCTETS("7\t"), NOT("7\t", "the UID is missing") },
	{ "NUL in a record", OCTETS("7\0\tabc"), NOT("7", "the record contains a NUL") },
	{ "NUL in a UID", OCTETS("7\ta\\x00b"), NOT("7\ta\\x00b", "the UID contains a NUL") },
};

static const struct {
	const char *operand;
	bool is_one, is_all, needs_uids;
} forms[] = {
	{ "7", true, false, false },	 { "last", true, false, false },
	{ "uid:a", true, false, true },	 { "7-7", false, false, false },
	{ "7-", false, false, false },	 { "7,7", false, false, false },
	{ "first:1", false, false, false }, { "last:1", false, false, false },
	{ "all", false, true, false },	 { "new", false, false, true },
};

/* A mailbox with numbers 2 4 6 8 and UIDs b d f h; f and h are new. */
static const struct {
	const char *operands;
	const char *expected;
} choices[] = {
	{ "", "" },
	{ "all", "2 4 6 8" },
	{ "4", "4" },
	{ "8 2", "2 8" },
	{ "2,6-8", "2 6 8" },
	{ "4 4 4", "4" },
	{ "2-8 4-6 3-", "2 4 6 8" },
	{ "3-5", "4" },
	{ "1-4", "2 4" },
	{ "6-100", "6 8" },
	{ "8-", "8" },
	{ "1-", "2 4 6 8" },
	{ "1-" UINT32_TEXT, "2 4 6 8" },
	{ "first:1", "2" },
	{ "first:3", "2 4 6" },
	{ "first:" UINT32_TEXT, "2 4 6 8" },
	{ "last", "8" },
	{ "last:2", "6 8" },
	{ "last:" UINT32_TEXT, "2 4 6 8" },
	{ "first:1 last:1", "2 8" },
	{ "new", "6 8" },
	{ "new new 2", "2 6 8" },
	{ "uid:d", "4" },
	{ "uid:h uid:b uid:h", "2 8" },
	{ "uid:f new 2-3", "2 6 8" },
	{ "5", "no message '5'" },
	{ "9", "no message '9'" },
	{ UINT32_TEXT, "no message '" UINT32_TEXT "'" },
	{ "2,5,9", "no message '5'" },
	{ "5-5", "no messages '5-5'" },
	{ "9-12", "no messages '9-12'" },
	{ "9-", "no messages '9-'" },
	{ "all 1", "no message '1'" },
	{ "uid:x", "no message 'uid:x'" },
	{ "uid:", "'uid:' is not a message selector: the UID is missing" },
	{ "uid:b uid:D uid:a", "no message 'uid:D'" },
	{ "uid:x 9", "no message 'uid:x'" },
	{ "9 uid:x", "no message '9'" },
};

static const struct {
	const char *operands;
	const char *expected;
} empty_choices[] = {
	{ "all", "" },
	{ "new", "" },
	{ "first:3", "" },
	{ "last:3", "" },
	{ "last", "no message 'last': the mailbox is empty" },
	{ "1", "no message '1'" },
	{ "1-", "no messages '1-'" },
	{ "uid:a", "no message 'uid:a'" },
};

static void show_selector(struct buffer *out, const struct selector *selector)
{
	switch (selector->kind) {
	case SELECTOR_ALL:
		buffer_append_text(out, "all");
		return;
	case SELECTOR_NUMBER:
		buffer_append_format(out, "number(%u)", selector->first);
		return;
	case SELECTOR_RANGE:
		buffer_append_format(out, "range(%u,%u)", selector->first, selector->last);
		return;
	case SELECTOR_FIRST:
		buffer_append_format(out, "first(%u)", selector->first);
		return;
	case SELECTOR_LAST:
		buffer_append_format(out, "last(%u)", selector->last);
		return;
	case SELECTOR_LAST_ONE:
		buffer_append_text(out, "last");
		return;
	case SELECTOR_NEW:
		buffer_append_text(out, "new");
		return;
	case SELECTOR_UID:
		buffer_append_format(out, "uid(%s)", selector->uid);
		return;
	}
}

static void check_parsed(const char *name, int result, struct selection *selection,
			 const struct pop3_error *err, const char *expected)
{
	struct buffer shown = { 0 };

	for (size_t i = 0; result == 0 && i < selection->count; i++) {
		buffer_append_text(&shown, i > 0 ? " " : "");
		show_selector(&shown, &selection->selectors[i]);
	}
	if (result < 0)
		buffer_append_text(&shown, err->text);
	check_text(name, buffer_text(&shown), expected);
	if (result < 0 && err->code != POP3_E_USAGE)
		check_number(name, err->code, POP3_E_USAGE);
	buffer_release(&shown);
	selection_release(selection);
}

static void read_record(const char *line, size_t length)
{
	struct selection selection = { 0 };
	struct pop3_error err;

	selection_parse_record(line, length, &selection, &err);
	selection_release(&selection);
}

static void read_operand(const char *text, size_t length)
{
	char *const copy = strndup(text, length);
	struct selection selection = { 0 };
	struct pop3_error err;

	selection_parse(copy, &selection, &err);
	selection_release(&selection);
	free(copy);
}

static void check_parsers(void)
{
	struct selection selection = { 0 };
	struct pop3_error err;

	for (size_t i = 0; i < ROWS(operands); i++) {
		const int result = selection_parse(operands[i].operand, &selection, &err);

		check_parsed(operands[i].name, result, &selection, &err, operands[i].expected);
		check_prefixes(operands[i].operand, strlen(operands[i].operand), read_operand);
	}
	for (size_t i = 0; i < ROWS(records); i++) {
		const int result = selection_parse_record(records[i].line, records[i].length,
							  &selection, &err);

		check_parsed(records[i].name, result, &selection, &err, records[i].expected);
		check_prefixes(records[i].line, records[i].length, read_record);
	}
	read_record(NULL, 0);
}

static void check_forms(void)
{
	for (size_t i = 0; i < ROWS(forms); i++) {
		struct selection selection = { 0 };
		struct pop3_error err;
		char name[64];

		selection_parse(forms[i].operand, &selection, &err);
		snprintf(name, sizeof name, "form of %s", forms[i].operand);
		check_report(name, selection_is_one(&selection) == forms[i].is_one &&
				   selection_is_all(&selection) == forms[i].is_all &&
				   selection_has(&selection, SELECTOR_UID | SELECTOR_NEW) ==
					   forms[i].needs_uids);
		selection_release(&selection);
	}
}

static const char *const four_uids[] = { "b", "d", "f", "h" };

static bool is_listed(void *arg, size_t i)
{
	return strchr(arg, four_uids[i][0]) != NULL;
}

/* text is a list of operands separated by spaces. */
static int parse_operands(const char *text, struct selection *selection, struct pop3_error *err)
{
	int result = 0;

	while (result == 0 && *text != '\0') {
		char *const operand = strndup(text, strcspn(text, " "));

		text += strlen(operand);
		text += *text == ' ';
		result = selection_parse(operand, selection, err);
		free(operand);
	}
	return result;
}

static void check_choice(const char *text, const struct selection_mailbox *mailbox,
			 const char *expected)
{
	struct selection selection = { 0 };
	struct buffer shown = { 0 };
	struct pop3_error err;
	bool chosen[4];
	char name[80];

	snprintf(name, sizeof name, "choose '%s' of %zu", text, mailbox->count);
	if (parse_operands(text, &selection, &err) < 0 ||
	    selection_apply(&selection, mailbox, chosen, &err) < 0) {
		buffer_append_text(&shown, err.text);
	} else {
		for (size_t i = 0; i < mailbox->count; i++)
			if (chosen[i])
				buffer_append_format(&shown, "%s%u", shown.length > 0 ? " " : "",
						     mailbox->numbers[i]);
	}
	check_text(name, buffer_text(&shown), expected);
	buffer_release(&shown);
	selection_release(&selection);
}

static void check_choices(void)
{
	static const uint32_t numbers[] = { 2, 4, 6, 8 };
	static char fresh[] = "fh";
	const struct selection_mailbox mailbox = { 4, numbers, four_uids, is_listed, fresh };
	const struct selection_mailbox empty = { .is_new = is_listed };

	for (size_t i = 0; i < ROWS(choices); i++)
		check_choice(choices[i].operands, &mailbox, choices[i].expected);
	for (size_t i = 0; i < ROWS(empty_choices); i++)
		check_choice(empty_choices[i].operands, &empty, empty_choices[i].expected);
}

/* 100,000 messages, UIDs and ranges would show quadratic time. */
static void check_many(void)
{
	enum { MANY = 100000 };
	char (*const texts)[8] = calloc(MANY, sizeof *texts);
	const char **const uids = calloc(MANY, sizeof *uids);
	uint32_t *const numbers = calloc(MANY, sizeof *numbers);
	bool *const chosen = calloc(MANY, sizeof *chosen);
	const struct selection_mailbox mailbox = { MANY, numbers, uids, NULL, NULL };
	struct selection selection = { 0 };
	struct pop3_error err;
	size_t count = 0;

	for (uint32_t i = 0; i < MANY; i++) {
		char record[24];

		snprintf(texts[i], sizeof texts[i], "u%u", i);
		uids[i] = texts[i];
		numbers[i] = i + 1;
		snprintf(record, sizeof record, "%u\tu%u", i + 1, (i * 7 + 3) % MANY);
		selection_parse_record(record, strlen(record), &selection, &err);
		selection_parse("2-", &selection, &err);
	}
	check_number("apply many", selection_apply(&selection, &mailbox, chosen, &err), 0);
	for (size_t i = 0; i < MANY; i++)
		count += chosen[i];
	check_number("many are chosen", (int64_t)count, MANY);
	selection_release(&selection);
	free(texts);
	free(uids);
	free(numbers);
	free(chosen);
}

/* Two messages may have the same UID: both are selected. */
static void check_repeated_uid(void)
{
	static const uint32_t numbers[] = { 1, 2, 3 };
	static const char *const uids[] = { "same", "other", "same" };
	const struct selection_mailbox mailbox = { .count = 3, .numbers = numbers, .uids = uids };

	check_choice("uid:same", &mailbox, "1 3");
	check_choice("uid:same uid:same uid:same", &mailbox, "1 3");
}

int main(void)
{
	check_parsers();
	check_forms();
	check_choices();
	check_repeated_uid();
	check_many();
	return check_end();
}
