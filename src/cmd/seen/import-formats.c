/* Reads lists of UIDs line by line: one reader per format, and the table of formats. */
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "cmd/seen/import.h"

/* The position in a list. The texts point into the list. */
struct import_parse {
	struct import_sink *sink;
	size_t line;		       /* from 1; 0 = an operand, not a line */
	struct import_text user, host; /* of the UIDs, where the format names them */
	uint64_t left;		       /* lines that must follow before the list may end */
};

/* Removes the part before the separator, or everything, from rest and returns it. */
static struct import_text cut(struct import_text *rest, char separator)
{
	const char *const end = memchr(rest->text, separator, rest->length);
	const size_t length = end != NULL ? (size_t)(end - rest->text) : rest->length;
	const size_t taken = length + (end != NULL);
	const struct import_text field = { rest->text, length };

	*rest = (struct import_text){ rest->text + taken, rest->length - taken };
	return field;
}

static int fail_line(const struct import_parse *parse, const char *reason, struct pop3_error *err)
{
	pop3_fail(err, POP3_E_USAGE, "%s", reason);
	return parse->line > 0 ? pop3_context(err, "line %zu", parse->line) : -1;
}

enum form { PLAIN, ESCAPED };

static int pass(struct import_parse *parse, enum form form, struct import_text uid, int64_t fetched,
		struct pop3_error *err)
{
	struct buffer copy = { .limit = IMPORT_UID_MAX };
	struct import_entry entry = {
		.user = parse->user, .host = parse->host, .fetched = fetched,
	};
	int result;

	if (form == ESCAPED)
		text_unescape(&copy, uid.text, uid.length);
	else
		buffer_append(&copy, uid.text, uid.length);
	entry.uid = buffer_text(&copy);
	if (copy.over_limit)
		result = fail_line(parse, "the UID is too long", err);
	else if (buffer_check(&copy, POP3_E_USAGE, err) < 0)
		result = -1;
	else if (copy.length == 0)
		result = fail_line(parse, "the UID is missing", err);
	else if (strlen(entry.uid) != copy.length)
		result = fail_line(parse, "the UID contains a NUL", err);
	else
		result = parse->sink->take(parse->sink, &entry, err);
	buffer_release(&copy);
	return result;
}

/* --- our own export --- */

/* One UID per line, escaped as in records, a blank as \x20: a line is one field to any reader. */
void import_escape(struct buffer *out, const char *uid)
{
	for (size_t part; *uid != '\0'; uid += part) {
		part = strcspn(uid, " ");
		text_escape(out, uid, part);
		if (uid[part] == ' ') {
			buffer_append_text(out, "\\x20");
			part++;
		}
	}
}

static int read_export(struct import_parse *parse, struct import_text line, struct pop3_error *err)
{
	/* Every line of the other programs' lists has one of these: --from was forgotten. */
	for (size_t i = 0; i < line.length; i++)
		if ((unsigned char)line.text[i] <= ' ' || line.text[i] == 0x7f)
			return fail_line(parse, "not a line of 'seen export' (use --from for lists "
						"of other programs)", err);
	return pass(parse, ESCAPED, line, 0, err);
}

/* --- mpop --- */

/*
 * ~/.mpop_uidls/USER_at_HOST, or the file that uidls_file names: comments, then lists. Each begins
 * with " COUNT HOST USER", and COUNT UIDs follow, one per line.
 */
static int read_mpop(struct import_parse *parse, struct import_text line, struct pop3_error *err)
{
	struct import_text nothing, count;

	if (parse->left > 0) {
		parse->left--;
		return pass(parse, PLAIN, line, 0, err);
	}
	/* Comments end where the first list begins. */
	if (line.text[0] == '#' && parse->host.text == NULL)
		return 0;
	nothing = cut(&line, ' ');
	count = cut(&line, ' ');
	parse->host = cut(&line, ' ');
	parse->user = line;
	if (nothing.length > 0 || parse->host.length == 0 || parse->user.length == 0 ||
	    !number_parse(count.text, count.length, UINT32_MAX, &parse->left) || parse->left == 0)
		return fail_line(parse, "expected ' NUMBER-OF-UIDS HOST USER'", err);
	return 0;
}

/* --- getmail --- */

/*
 * oldmail-HOST-PORT-USER: a UID, a NUL, and the seconds since 1970 when it was first seen. getmail
 * writes each "/" of a UID as "-": the two cannot be told apart.
 */
static int read_getmail(struct import_parse *parse, struct import_text line,
			struct pop3_error *err)
{
	const struct import_text uid = cut(&line, '\0');
	uint64_t fetched;

	if (!number_parse(line.text, line.length, IMPORT_TIME_MAX, &fetched))
		return fail_line(parse, "expected a UID, a NUL and a time", err);
	return pass(parse, PLAIN, uid, (int64_t)fetched, err);
}

/* --- fetchmail --- */

/*
 * ~/.fetchids: "USER@HOST UID" per line. USER may contain blanks before an "@", and more than one
 * "@"; like fetchmail, take the first blank after the first "@" as the end.
 */
static int read_fetchmail(struct import_parse *parse, struct import_text line,
			  struct pop3_error *err)
{
	const char *const first = memchr(line.text, '@', line.length);
	const size_t before = first != NULL ? (size_t)(first - line.text) : line.length;
	struct import_text rest = { line.text + before, line.length - before };
	const struct import_text tail = cut(&rest, ' ');
	const char *const at = memrchr(line.text, '@', before + tail.length);

	if (at == NULL || at == line.text || at + 1 == tail.text + tail.length)
		return fail_line(parse, "expected 'USER@HOST UID'", err);
	parse->user = (struct import_text){ line.text, (size_t)(at - line.text) };
	parse->host = (struct import_text){ at + 1, (size_t)(tail.text + tail.length - at - 1) };
	return pass(parse, PLAIN, rest, 0, err);
}

/* --- fdm --- */

/* The cache of a pop3 account with new-only: "LENGTH UID" per line. */
static int read_fdm(struct import_parse *parse, struct import_text line, struct pop3_error *err)
{
	const struct import_text digits = cut(&line, ' ');
	uint64_t length;

	if (!number_parse(digits.text, digits.length, SIZE_MAX, &length))
		return fail_line(parse, "expected 'LENGTH UID'", err);
	if (line.length != length)
		return fail_line(parse, "the UID does not have the length given before it", err);
	return pass(parse, PLAIN, line, 0, err);
}

/* --- records of our own subcommands --- */

static bool is_word(struct import_text field, const char *word)
{
	return field.length == strlen(word) && memcmp(field.text, word, field.length) == 0;
}

/* Several blanks separate as one does; each TAB separates. */
static struct import_text cut_field(struct import_text *line, char separator)
{
	const struct import_text field = cut(line, separator);

	while (separator == ' ' && line->length > 0 && line->text[0] == ' ')
		cut(line, ' ');
	return field;
}

static struct import_text trim_record(struct import_text line)
{
	while (line.length > 0 && line.text[line.length - 1] == '\r')
		line.length--;
	if (memchr(line.text, '\t', line.length) != NULL)
		return line;
	while (line.length > 0 && line.text[0] == ' ')
		cut(&line, ' ');
	while (line.length > 0 && line.text[line.length - 1] == ' ')
		line.length--;
	return line;
}

/*
 * A single field is a UID; of several the second is, as everywhere, except in the records of "seen
 * list", which begin with the UID and a time.
 */
static int read_record(struct import_parse *parse, struct import_text line, struct pop3_error *err)
{
	struct import_text rest = trim_record(line);
	const char separator = memchr(rest.text, '\t', rest.length) != NULL ? '\t' : ' ';
	const bool is_alone = memchr(rest.text, separator, rest.length) == NULL;
	const struct import_text first = cut_field(&rest, separator);
	const struct import_text second = cut_field(&rest, separator);
	const bool is_dated = text_has_form(second.text, second.length, "0000-00-00T00:00:00Z");

	if (is_alone && first.length == 0)
		return 0;
	if ((is_word(first, "number") && is_word(second, "uid")) ||
	    (is_word(first, "uid") && is_word(second, "fetched")))
		return 0;
	return pass(parse, ESCAPED, is_alone || is_dated ? first : second, 0, err);
}

/* --- all of them --- */

const struct import_format import_formats[] = {
	{ "export", false, read_export },
	{ "mpop", true, read_mpop },
	{ "getmail", false, read_getmail },
	{ "fetchmail", true, read_fetchmail },
	{ "fdm", false, read_fdm },
	{ NULL, false, NULL },
};

const struct import_format import_records = { "records", false, read_record };

int import_operand(const char *text, struct import_sink *sink, struct pop3_error *err)
{
	struct import_parse parse = { .sink = sink };

	return pass(&parse, ESCAPED, (struct import_text){ text, strlen(text) }, 0, err);
}

int import_read(const struct import_format *format, const struct import_list *list,
		struct import_sink *sink, struct pop3_error *err)
{
	struct import_parse parse = { .sink = sink };
	struct import_text rest = list->octets;

	while (rest.length > 0) {
		const struct import_text line = cut(&rest, list->line_end);

		parse.line++;
		/* An empty line is skipped, unless it stands for a UID of mpop's. */
		if ((line.length > 0 || parse.left > 0) &&
		    format->read_line(&parse, line, err) < 0)
			return -1;
	}
	if (parse.left > 0)
		return fail_line(&parse, "the list ends before its last UID", err);
	return 0;
}
