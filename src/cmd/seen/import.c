/* UIDs out of lists: what all formats share. */
#include "cmd/seen/import.h"

#include <string.h>

#include "base/text.h"
#include "cmd/seen/import-format.h"

const struct import_format *const import_formats[] = {
	&import_export, &import_mpop, &import_getmail, &import_fetchmail, &import_fdm, NULL,
};

const char *import_name(const struct import_format *format)
{
	return format->name;
}

bool import_names_mailboxes(const struct import_format *format)
{
	return format->names_mailboxes;
}

struct import_text import_cut(struct import_text *rest, char separator)
{
	const char *const end = memchr(rest->text, separator, rest->length);
	const size_t length = end != NULL ? (size_t)(end - rest->text) : rest->length;
	const size_t taken = length + (end != NULL);
	const struct import_text field = { rest->text, length };

	*rest = (struct import_text){ rest->text + taken, rest->length - taken };
	return field;
}

int import_damaged(const struct import_parse *parse, const char *reason, struct pop3_error *err)
{
	pop3_fail(err, POP3_E_USAGE, "%s", reason);
	return parse->line > 0 ? pop3_context(err, "line %zu", parse->line) : -1;
}

static int pass_copy(struct import_parse *parse, const struct buffer *uid, int64_t fetched,
		     struct pop3_error *err)
{
	const struct import_entry entry = {
		.user = parse->user, .host = parse->host,
		.uid = buffer_text(uid), .fetched = fetched,
	};

	if (uid->over_limit)
		return import_damaged(parse, "the UID is too long", err);
	if (buffer_check(uid, POP3_E_USAGE, err) < 0)
		return -1;
	if (uid->length == 0)
		return import_damaged(parse, "the UID is missing", err);
	if (strlen(entry.uid) != uid->length)
		return import_damaged(parse, "no UID holds a NUL", err);
	return parse->sink->take(parse->sink, &entry, err);
}

int import_pass(struct import_parse *parse, struct import_text uid, int64_t fetched,
		struct pop3_error *err)
{
	struct buffer copy = { .limit = IMPORT_UID_MAX };
	int result;

	buffer_append(&copy, uid.text, uid.length);
	result = pass_copy(parse, &copy, fetched, err);
	buffer_release(&copy);
	return result;
}

int import_pass_escaped(struct import_parse *parse, struct import_text uid,
			struct pop3_error *err)
{
	struct buffer copy = { .limit = IMPORT_UID_MAX };
	int result;

	text_unescape(&copy, uid.text, uid.length);
	result = pass_copy(parse, &copy, 0, err);
	buffer_release(&copy);
	return result;
}

int import_operand(const char *text, struct import_sink *sink, struct pop3_error *err)
{
	struct import_parse parse = { .sink = sink };

	return import_pass_escaped(&parse, (struct import_text){ text, strlen(text) }, err);
}

int import_read(const struct import_format *format, const struct import_list *list,
		struct import_sink *sink, struct pop3_error *err)
{
	struct import_parse parse = { .sink = sink };
	struct import_text rest = list->octets;

	while (rest.length > 0) {
		const struct import_text line = import_cut(&rest, list->line_end);

		parse.line++;
		if ((line.length > 0 || parse.left > 0) &&
		    format->read_line(&parse, line, err) < 0)
			return -1;
	}
	if (parse.left > 0)
		return import_damaged(&parse, "the list ends before all of its UIDs", err);
	return 0;
}
