/*
 * What "pop3 seen export" writes: one UID a line, escaped as in records, a blank as \x20: so a
 * line is one field to whoever reads it.
 */
#include <string.h>

#include "base/text.h"
#include "cmd/seen/import-format.h"

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

static int read_line(struct import_parse *parse, struct import_text line, struct pop3_error *err)
{
	/* None of the other programs' lists is without: a --from forgotten ends here. */
	for (size_t i = 0; i < line.length; i++)
		if ((unsigned char)line.text[i] <= ' ' || line.text[i] == 0x7f)
			return import_damaged(parse, "no line of 'seen export': lists of other "
						     "programs need --from", err);
	return import_pass_escaped(parse, line, err);
}

const struct import_format import_export = { .name = "export", .read_line = read_line };
