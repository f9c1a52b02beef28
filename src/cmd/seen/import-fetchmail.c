/*
 * fetchmail's ~/.fetchids: "USER@HOST UID" a line. A user may hold blanks before an "@" and more
 * of those; fetchmail itself takes the first blank behind the first "@" for the end.
 */
#include <string.h>

#include "cmd/seen/import-format.h"

static int read_line(struct import_parse *parse, struct import_text line, struct pop3_error *err)
{
	const char *const first = memchr(line.text, '@', line.length);
	const size_t before = first != NULL ? (size_t)(first - line.text) : line.length;
	struct import_text rest = { line.text + before, line.length - before };
	const struct import_text tail = import_cut(&rest, ' ');
	const char *const at = memrchr(line.text, '@', before + tail.length);

	if (at == NULL || at == line.text || at + 1 == tail.text + tail.length)
		return import_damaged(parse, "expected 'USER@HOST UID'", err);
	parse->user = (struct import_text){ line.text, (size_t)(at - line.text) };
	parse->host = (struct import_text){ at + 1, (size_t)(tail.text + tail.length - at - 1) };
	return import_pass(parse, rest, 0, err);
}

const struct import_format import_fetchmail = {
	.name = "fetchmail", .names_mailboxes = true, .read_line = read_line,
};
